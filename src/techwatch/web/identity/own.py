"""What people change of their own accounts: password, logins, tokens, language."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from techwatch.errors import NotFoundError
from techwatch.web.identity.names import proper
from techwatch.web.identity.refusals import RefusedError, UnfitError
from techwatch.web.identity.roles import Scope
from techwatch.web.identity.sessions import HANDLE, hashed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from techwatch.model import Account, Token
    from techwatch.storage.credentials import CredentialStore
    from techwatch.storage.logins import LoginStore
    from techwatch.storage.people import PeopleStore
    from techwatch.web.identity.auditing import Audit
    from techwatch.web.identity.logging_in import PasswordGate
    from techwatch.web.identity.passwords import Passwords
    from techwatch.web.identity.roles import Person

_TOKENS = 50  # of one account, at most
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """Changes the account of who asks."""

    people: PeopleStore
    logins: LoginStore
    credentials: CredentialStore
    passwords: Passwords
    gate: PasswordGate
    audit: Audit
    clock: Callable[[], datetime]

    def account(self, person: Person) -> Account:
        """Return the account; raises NotFoundError."""
        found = self.people.account_of(person.account_id) if person.account_id else None
        if found is None:
            raise NotFoundError("account", person.name)
        return found

    def change_password(self, person: Person, old: str, new: str) -> Account:
        """Change a password, and end every login of the account, this one too.

        Raises NotRightError or TooManyError as a login does, UnfitError for the new one, and
        RefusedError where there is none.
        """
        account = self.retyped(person, old)
        kept = self.passwords.hash(proper(new, account.name))
        self.people.set_password(account.id, kept)
        self.audit.note(person, "account.password", account.name)
        return replace(account, password=kept)

    def retyped(self, person: Person, password: str) -> Account:
        """Return the account where its password is right; raises as `change_password` does."""
        account = self.account(person)
        if account.password is None:
            raise RefusedError("this account has no password; an admin can give you a link")
        return self.gate.again(account, password, person)

    def tie(self, person: Person, subject: str) -> None:
        """Let an identity at the provider log in to one's account; raises RefusedError."""
        account = self.account(person)
        if not self.people.tie(account, subject):
            raise RefusedError("this account is tied to somebody there, or they to another account")
        self.audit.note(person, "account.tie", account.name)

    def untie(self, person: Person) -> Account:
        """Log in by the password only, and end every login of the account, this one too.

        Raises RefusedError where there is no password, or nothing to untie.
        """
        account = self.account(person)
        if not self.people.untie(account.id):
            raise RefusedError("an account without a password can't do without the provider")
        self.audit.note(person, "account.untie", account.name)
        return replace(account, subject=None)

    def end_login(self, person: Person, handle: str) -> None:
        """End one of one's own logins; raises NotFoundError."""
        account = self.account(person)
        ended = len(handle) == HANDLE and self.logins.end(account.id, handle)
        if not ended:
            raise NotFoundError("login", handle)
        self.audit.note(person, "account.end_login", handle)

    def speak(self, person: Person, language: str) -> None:
        """Keep a language with the account."""
        if person.account_id is not None and language != person.language:
            self.people.speak(person.account_id, language)
            self.audit.note(person, "account.language", language)

    def make_token(
        self, person: Person, name: str, scopes: Collection[Scope], days: int | None
    ) -> tuple[str, Token]:
        """Make a token of the API; it is shown this once.

        Args:
            person: in whose name it asks.
            name: what it is for, 1 to 100 characters.
            scopes: what it may do: of those that the person has.
            days: after which it ends, 1 to 3,650; None: it is revoked one day.

        Raises UnfitError, or RefusedError where the account has as many as it may.
        """
        account = self.account(person)
        named, wanted = name.strip(), frozenset(scopes)
        if not 1 <= len(named) <= _LONGEST_NAME or not named.isprintable():
            raise UnfitError(f"a token's name has 1 to {_LONGEST_NAME} characters, on one line")
        if not wanted or not wanted <= person.scopes:
            raise UnfitError(f"a token has scopes of yours: {', '.join(sorted(person.scopes))}")
        secret, now = "tw_" + secrets.token_urlsafe(32), self.clock()
        until = None if days is None else now + timedelta(days=days)
        key = hashed(secret)
        made = self.credentials.add_token(key, account.id, named, wanted, now, until, most=_TOKENS)
        if made is None:
            raise RefusedError(f"an account has at most {_TOKENS} tokens; revoke one first")
        self.audit.note(person, "tokens.make", named, {"id": made.id, "scopes": _list(wanted)})
        return secret, made

    def revoke(self, person: Person, token_id: int) -> None:
        """Take one of one's own tokens away; raises NotFoundError."""
        revoked = self.credentials.revoke(token_id, self.account(person).id)
        if revoked is None:
            raise NotFoundError("token", str(token_id))
        self.audit.note(person, "tokens.revoke", revoked.name, {"id": token_id})


def _list(scopes: Collection[Scope]) -> str:
    return " ".join(sorted(scopes))
