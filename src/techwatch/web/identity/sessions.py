"""Who asks: a browser by its cookie."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from techwatch.web.identity.roles import ALLOWED, LOCAL, Person, Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from techwatch.model import Account
    from techwatch.storage.people import PeopleStore
    from techwatch.web.settings import WebSettings

_SEEN_EVERY = timedelta(minutes=5)  # what is read often is written seldom


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Lets people in, and knows them again."""

    people: PeopleStore
    settings: WebSettings
    clock: Callable[[], datetime]

    def enter(self, account: Account, address: str = "", browser: str = "") -> str:
        """Log somebody in; returns the token that their browser is to keep.

        Args:
            account: whose login it is.
            address: of the network, from which it comes.
            browser: what it says of itself; cut at 200 characters.
        """
        token, now = secrets.token_urlsafe(32), self.clock()
        until = now + timedelta(days=self.settings.login_days)
        self.people.enter(hashed(token), account.id, now, until, address, browser[:200])
        return token

    def leave(self, token: str) -> None:
        """Log a browser out."""
        self.people.leave(hashed(token))

    def person(self, token: str | None) -> Person | None:
        """Say who brings a token; None where nobody does, or their login has ended."""
        found = self.people.login(hashed(token)) if token else None
        if token is None or found is None:
            return None
        login, account = found
        now = self.clock()
        idle = now - login.seen_at > timedelta(hours=self.settings.idle_hours)
        if account.disabled_at or idle or now >= login.until:
            return None
        if now - login.seen_at > _SEEN_EVERY:
            self.people.saw(login.key, now)
        return _person(account, token)

    def local(self) -> Account:
        """Return the account of whoever reaches a desk without login."""
        found = self.people.account(LOCAL) or self.people.add(LOCAL, Role.ADMIN, self.clock())
        return found or self.local()  # another process made it meanwhile


def hashed(token: str) -> str:
    """Return what is kept of a token: it is random, so that a plain hash can't be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """Return what the forms of a login must bring; only who knows the token can make it."""
    return hashlib.sha256(b"csrf " + token.encode()).hexdigest()[:32]


def _person(account: Account, token: str) -> Person:
    role = Role(account.role)
    return Person(
        account_id=account.id,
        name=account.name,
        role=role,
        scopes=ALLOWED[role],
        csrf=csrf_of(token),
        language=account.language,
    )
