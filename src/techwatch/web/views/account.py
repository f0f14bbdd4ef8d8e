"""The account of who asks: their logins and tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from techwatch.web.identity.roles import Role, Scope
from techwatch.web.identity.sessions import HANDLE

if TYPE_CHECKING:
    from techwatch.model import Account, Login, Token
    from techwatch.watch import Watch
    from techwatch.web.identity.roles import Person


@dataclass(frozen=True, slots=True)
class OwnLogin:
    """A browser that somebody is logged in with."""

    id: str
    made_at: datetime
    seen_at: datetime
    until: datetime
    address: str
    browser: str
    is_this: bool  # by which the request comes


@dataclass(frozen=True, slots=True)
class OwnToken:
    """A token of the API, without what it proves."""

    id: int
    name: str
    scopes: tuple[Scope, ...]
    made_at: datetime
    until: datetime | None
    used_at: datetime | None
    is_over: bool  # it opens nothing any more


@dataclass(frozen=True, slots=True)
class OwnTokens:
    """The tokens of an account, the first made first."""

    tokens: tuple[OwnToken, ...]


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A token as it is shown once."""

    secret: str
    token: OwnToken


@dataclass(frozen=True, slots=True)
class Mine:
    """An account, as its owner sees it."""

    name: str
    role: Role
    scopes: tuple[Scope, ...]  # of this request
    language: str | None
    has_password: bool
    has_provider: bool
    logins: tuple[OwnLogin, ...]
    tokens: tuple[OwnToken, ...]


def mine(watch: Watch, person: Person, account: Account) -> Mine:
    """Return what somebody sees of their own account."""
    now = watch.clock()
    idle = timedelta(hours=watch.settings.web.idle_hours)
    logins = watch.store.logins.logins(account.id, now, now - idle)
    return Mine(
        name=account.name,
        role=person.role,
        scopes=tuple(sorted(person.scopes)),
        language=account.language,
        has_password=account.password is not None,
        has_provider=account.subject is not None,
        logins=tuple(_login(one, person) for one in logins),
        tokens=tokens(watch, account).tokens,
    )


def _login(of: Login, person: Person) -> OwnLogin:
    handle = of.key[:HANDLE]
    return OwnLogin(
        id=handle,
        made_at=of.made_at,
        seen_at=of.seen_at,
        until=of.until,
        address=of.address,
        browser=of.browser,
        is_this=handle == person.login_id,
    )


def tokens(watch: Watch, account: Account) -> OwnTokens:
    """Return the tokens of an account."""
    now, found = watch.clock(), watch.store.credentials.tokens(account.id)
    return OwnTokens(tuple(token(one, now) for one in found))


def token(of: Token, now: datetime) -> OwnToken:
    """Return a token as it is shown."""
    scopes = tuple(Scope(scope) for scope in of.scopes)
    is_over = of.until is not None and now >= of.until
    return OwnToken(of.id, of.name, scopes, of.made_at, of.until, of.used_at, is_over)
