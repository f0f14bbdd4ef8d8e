"""Logging in by name and password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.web.identity.names import folded
from techwatch.web.identity.refusals import NotRightError, TooManyError
from techwatch.web.identity.sessions import person_of
from techwatch.web.identity.throttle import KEPT, keys

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from techwatch.model import Account
    from techwatch.storage.credentials import CredentialStore
    from techwatch.storage.people import PeopleStore
    from techwatch.web.identity.auditing import Audit
    from techwatch.web.identity.passwords import Passwords


@dataclass(frozen=True, slots=True)
class PasswordGate:
    """Lets in who knows a password; the same work and the same words for whoever does not."""

    people: PeopleStore
    credentials: CredentialStore
    passwords: Passwords
    audit: Audit
    clock: Callable[[], datetime]

    def account(self, name: str, password: str, address: str) -> Account:
        """Return the account that a name and a password belong to.

        Raises NotRightError, or TooManyError after failures for this name or from this address.
        """
        typed = folded(name)
        counted = keys(typed, address)
        wait = self.credentials.begin(counted.waits, self.clock(), KEPT)
        if wait:
            raise TooManyError(wait)
        account = self.people.account(typed) if typed.isprintable() else None
        kept = account.password if account and account.disabled_at is None else None
        if not self.passwords.verify(kept, password) or account is None or kept is None:
            if account is not None:
                self.audit.note(person_of(account, address), "login.fail", account.name)
            raise NotRightError
        self.credentials.succeeded({counted.account}, {counted.address})
        if self.passwords.is_outdated(kept):
            self.people.rehash(account.id, self.passwords.hash(password))
        return account
