"""Who asks: a browser by its cookie, a program by its token."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from techwatch.web.identity.refusals import RefusedError
from techwatch.web.identity.roles import ALLOWED, LOCAL, Person, Role, Scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from techwatch.model import Account
    from techwatch.storage.credentials import CredentialStore
    from techwatch.storage.logins import LoginStore
    from techwatch.storage.people import PeopleStore
    from techwatch.web.settings import WebSettings

_SEEN_EVERY = timedelta(minutes=5)  # what is read often is written seldom
HANDLE = 16  # digits of a login's key by which it is named: they prove nothing
_BROWSER = 200  # characters that are kept of what it says of itself


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Lets people in, and knows them again."""

    people: PeopleStore
    logins: LoginStore
    credentials: CredentialStore
    settings: WebSettings
    clock: Callable[[], datetime]

    def enter(self, account: Account, address: str = "", browser: str = "") -> str:
        """Log somebody in; returns the token that their browser is to keep.

        Args:
            account: whose login it is.
            address: of the network, from which it comes.
            browser: what it says of itself; cut at 200 characters.

        Raises RefusedError where the account changed since it was looked at.
        """
        token, now = secrets.token_urlsafe(32), self.clock()
        until = now + timedelta(days=self.settings.login_days)
        browser = browser[:_BROWSER]
        if not self.logins.enter(hashed(token), account, now, until, address, browser):
            raise RefusedError("your account was changed just now; log in again")
        return token

    def leave(self, token: str) -> None:
        """Log a browser out."""
        self.logins.leave(hashed(token))

    def person(self, token: str | None, address: str = "") -> Person | None:
        """Say who brings a cookie; None where nobody does, or their login has ended."""
        found = self.logins.login(hashed(token)) if token else None
        if token is None or found is None:
            return None
        login, account = found
        now, idle = self.clock(), timedelta(hours=self.settings.idle_hours)
        if not self.admits(account) or now - login.seen_at > idle or now >= login.until:
            return None
        if now - login.seen_at > min(_SEEN_EVERY, idle / 4):
            self.logins.saw(login.key, now)
        known = person_of(account, address)
        return replace(known, csrf=csrf_of(token), login_id=login.key[:HANDLE])

    def program(self, token: str, address: str = "") -> Person | None:
        """Say in whose name a token of the API asks, with the scopes that both still have."""
        found = self.credentials.token(hashed(token))
        if found is None:
            return None
        kept, account = found
        now = self.clock()
        if not self.admits(account) or (kept.until is not None and now >= kept.until):
            return None
        if kept.used_at is None or now - kept.used_at > _SEEN_EVERY:
            self.credentials.used(kept.id, now)
        known = person_of(account, address)
        scopes = known.scopes & {Scope(scope) for scope in kept.scopes}
        return replace(known, token_id=kept.id, scopes=scopes)

    def admits(self, account: Account) -> bool:
        """Whether an account may be used: whoever came without login only while there is none."""
        local = account.name == LOCAL and self.settings.login != "none"
        return account.disabled_at is None and not local

    def local(self) -> Account:
        """Return the account of whoever reaches a desk without login."""
        found = self.people.account(LOCAL) or self.people.add(LOCAL, Role.ADMIN, self.clock())
        return found or self.local()  # another process made it meanwhile


def person_of(account: Account, address: str) -> Person:
    """Return somebody by their account, and the address of the network from which they ask."""
    role = Role(account.role)
    return Person(
        account_id=account.id,
        name=account.name,
        role=role,
        scopes=ALLOWED[role],
        language=account.language,
        address=address,
    )


def hashed(token: str) -> str:
    """Return what is kept of a token: it is random, so that a plain hash can't be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """Return what the forms of a login must bring; only who knows the token can make it."""
    return hashlib.sha256(b"csrf " + token.encode()).hexdigest()[:32]
