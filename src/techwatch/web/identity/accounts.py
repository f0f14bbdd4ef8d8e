"""What admins change of accounts, and the one-time links by which people come to theirs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from techwatch.errors import NotFoundError
from techwatch.web.identity.names import account_name, free_names, proper
from techwatch.web.identity.refusals import LinkGoneError, RefusedError
from techwatch.web.identity.roles import ALLOWED, LOCAL, Person, Role
from techwatch.web.identity.sessions import hashed, person_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from techwatch.model import Account, Invitation
    from techwatch.storage.credentials import CredentialStore
    from techwatch.storage.logins import LoginStore
    from techwatch.storage.people import PeopleStore
    from techwatch.web.identity.auditing import Audit
    from techwatch.web.identity.passwords import Passwords

INVITED = timedelta(days=3)  # for somebody who reads mail on Monday
BROUGHT_BACK = timedelta(days=1)
_LAST = "nobody would be admin any more; make somebody else admin first"
# Whoever runs the machine can do all of this anyway.
MACHINE = Person(None, "command line", Role.ADMIN, ALLOWED[Role.ADMIN])


@dataclass(frozen=True, slots=True)
class Accounts:
    """Changes accounts, each change with its line in the audit log."""

    people: PeopleStore
    logins: LoginStore
    credentials: CredentialStore
    passwords: Passwords
    audit: Audit
    clock: Callable[[], datetime]

    # ------------------------------------------------------------------ links

    def first_link(self) -> str | None:
        """Return what a link to become the first admin brings; None where there is an admin."""
        return None if self.people.has_admin() else self.invite(MACHINE, Role.ADMIN, instead=True)

    def invite(self, by: Person, role: Role, *, instead: bool = False) -> str:
        """Return what a link brings by which somebody makes an account; 3 days, once.

        `instead`: earlier links of the same maker for new accounts end.
        """
        key, now = secrets.token_urlsafe(24), self.clock()
        until = now + INVITED
        self.credentials.invite(hashed(key), role, None, by.name, now, until, instead=instead)
        self.audit.note(by, "people.invite", role)
        return key

    def reset(self, by: Person, account_id: int) -> str:
        """Return what a link brings by which somebody comes back to an account; a day, once.

        Raises NotFoundError, or RefusedError where it is disabled.
        """
        account = self.account(account_id)
        if account.disabled_at is not None or account.name == LOCAL:
            raise RefusedError("nobody can log in to this account")
        key, now = secrets.token_urlsafe(24), self.clock()
        until, role = now + BROUGHT_BACK, account.role
        self.credentials.invite(hashed(key), role, account.id, by.name, now, until, instead=True)
        self.audit.note(by, "people.reset", account.name)
        return key

    def withdraw(self, by: Person, invitation_id: int) -> None:
        """End a link; raises NotFoundError."""
        if not self.credentials.withdraw(invitation_id):
            raise NotFoundError("invitation", str(invitation_id))
        self.audit.note(by, "people.withdraw", str(invitation_id))

    def invitation(self, key: str) -> tuple[Invitation, Account | None]:
        """Find a link in force, and the account that it leads back to; raises LinkGoneError."""
        found = self.credentials.invitation(hashed(key), self.clock())
        if found is None:
            raise LinkGoneError
        account_id = found.account_id
        return found, None if account_id is None else self.people.account_of(account_id)

    def accept(self, key: str, name: str, password: str, address: str) -> Account:
        """Use a link up by choosing a name, where the account is new, and a password.

        Raises LinkGoneError, UnfitError, or RefusedError where somebody has the name.
        """
        _, account = self.invitation(key)
        chosen = account.name if account else account_name(name)
        if account is None and self.people.account(chosen) is not None:
            raise RefusedError("somebody has this name; take another")
        kept = self.passwords.hash(proper(password, chosen))
        made = self.people.accept(hashed(key), self.clock(), name=chosen, password=kept)
        return self._accepted(made, address, "password")

    def accept_as(self, key: str, subject: str, called: str, address: str) -> Account:
        """Use a link up by an identity at a provider; raises LinkGoneError."""
        now = self.clock()
        _, account = self.invitation(key)
        name = account.name if account else self._free(called)
        made = self.people.accept(hashed(key), now, name=name, subject=subject)
        return self._accepted(made, address, "provider")

    def _accepted(self, made: Account | None, address: str, way: str) -> Account:
        if made is None:
            raise LinkGoneError
        self.audit.note(person_of(made, address), "people.accept", made.name, {"by": way})
        return made

    def welcome(self, subject: str, called: str, role: Role, address: str) -> Account:
        """Make an account for somebody whom only the provider knows; raises RefusedError."""
        made = self.people.add(self._free(called), role, self.clock(), subject=subject)
        if made is None:
            raise RefusedError("somebody else took this name just now; log in again")
        self.audit.note(person_of(made, address), "people.add", made.name, {"role": role})
        return made

    def _free(self, called: str) -> str:
        for name in free_names(called):
            if self.people.account(name) is None:
                return name
        raise RefusedError("too many people have this name; ask an admin for a link")

    # ------------------------------------------------------------------ accounts

    def change_role(self, by: Person, account_id: int, role: Role) -> None:
        """Change a role; logins end. Raises NotFoundError, RefusedError for the last admin's."""
        account = self.account(account_id)
        if account.name == LOCAL:
            raise RefusedError("whoever reaches a desk without login is admin")
        if account.role == role:
            return
        if not self.people.set_role(account_id, role):
            raise RefusedError(_LAST)
        self.audit.note(by, "people.role", account.name, {"from": account.role, "to": role})

    def disable(self, by: Person, account_id: int) -> None:
        """Disable an account: logins, tokens and links end. Raises as `change_role` does."""
        account = self.account(account_id)
        if account.name == LOCAL:
            raise RefusedError("whoever reaches a desk without login needs it")
        if account.disabled_at is not None:
            return
        if not self.people.disable(account_id, self.clock()):
            raise RefusedError(_LAST)
        self.audit.note(by, "people.disable", account.name)

    def enable(self, by: Person, account_id: int) -> None:
        """Let somebody log in again; raises NotFoundError."""
        account = self.account(account_id)
        if account.disabled_at is not None:
            self.people.enable(account_id)
            self.audit.note(by, "people.enable", account.name)

    def end_logins(self, by: Person, account_id: int) -> None:
        """End every login of an account; raises NotFoundError."""
        account = self.account(account_id)
        self.logins.end_all(account_id)
        self.audit.note(by, "people.end_logins", account.name)

    def account(self, account_id: int) -> Account:
        """Find an account; raises NotFoundError."""
        found = self.people.account_of(account_id)
        if found is None:
            raise NotFoundError("account", str(account_id))
        return found
