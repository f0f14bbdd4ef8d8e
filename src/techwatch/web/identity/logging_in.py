"""Logging in by name and password."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from techwatch.web.identity.names import folded, normal
from techwatch.web.identity.proofs import knows
from techwatch.web.identity.refusals import NotRightError, TooManyError
from techwatch.web.identity.roles import Person, Role
from techwatch.web.identity.sessions import person_of
from techwatch.web.identity.throttle import KEPT, keys, keys_of_browser

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from techwatch.model import Account
    from techwatch.storage.credentials import CredentialStore
    from techwatch.storage.people import PeopleStore
    from techwatch.web.identity.auditing import Audit
    from techwatch.web.identity.passwords import Passwords
    from techwatch.web.identity.throttle import Keys

# Who typed a name that nobody has: it is not noted, as it may be a password.
_UNKNOWN = "unknown name"


@dataclass(frozen=True, slots=True)
class PasswordGate:
    """Lets in who knows a password; the same work and the same words for whoever does not."""

    people: PeopleStore
    credentials: CredentialStore
    passwords: Passwords
    audit: Audit
    clock: Callable[[], datetime]

    def account(self, name: str, password: str, address: str, mark: str = "") -> Account:
        """Return the account that a name and a password belong to.

        Args:
            name: as typed.
            password: as typed.
            address: of the network, from which it comes.
            mark: what a browser was given when this account logged in with it before: its tries
                are counted by themselves, so that nobody elsewhere can keep its owner out.

        Raises NotRightError, or TooManyError after failures for this name or from this address.
        """
        typed = folded(name)
        account = self.people.account(typed) if typed.isprintable() else None
        known = account is not None and knows(account, mark)
        counted = keys_of_browser(mark) if known else keys(typed, address)
        return self._proven(account, password, counted, address)

    def again(self, account: Account, password: str, person: Person) -> Account:
        """Have somebody who is logged in type their password again; raises as `account` does."""
        return self._proven(account, password, keys_of_browser(person.login_id), person.address)

    def _proven(
        self, account: Account | None, password: str, counted: Keys, address: str
    ) -> Account:
        wait = self.credentials.begin(counted.waits, self.clock(), KEPT)
        if wait:
            raise TooManyError(wait)
        kept = account.password if account and account.disabled_at is None else None
        try:
            right = self.passwords.verify(kept, password)
        except TooManyError:  # it was not looked at
            self.credentials.succeeded((), counted.waits)
            raise
        if not right or account is None or kept is None:
            self._fail(account, address)
            raise NotRightError
        self.credentials.succeeded({counted.who}, counted.waits.keys() - {counted.who})
        return self._renewed(account, kept, password)

    def _fail(self, account: Account | None, address: str) -> None:
        """Note a failure, also where nobody has the name: the time it takes would tell."""
        nobody = Person(None, _UNKNOWN, Role.READER, frozenset(), address=address)
        person = person_of(account, address) if account else nobody
        self.audit.note(person, "login.fail", person.name)

    def _renewed(self, account: Account, kept: str, password: str) -> Account:
        """Return the account, its hash made anew where that was made with other parameters."""
        if not self.passwords.is_outdated(kept):
            return account
        fresh = self.passwords.hash(normal(password))
        return replace(account, password=fresh) if self.people.rehash(account, fresh) else account
