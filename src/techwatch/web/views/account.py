"""The account of who asks: their logins and tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
    logins = watch.store.people.logins(account.id, watch.clock())
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
    return OwnTokens(tuple(token(one) for one in watch.store.credentials.tokens(account.id)))


def token(of: Token) -> OwnToken:
    """Return a token as it is shown."""
    scopes = tuple(Scope(scope) for scope in of.scopes)
    return OwnToken(of.id, of.name, scopes, of.made_at, of.until, of.used_at)
