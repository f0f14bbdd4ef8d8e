"""Who may use the desk: accounts, and how they come to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, exists, func, insert, or_, select, update

from techwatch.model import Account, Invitation
from techwatch.storage import tables as t
from techwatch.storage.locks import Area

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy import ColumnElement, Connection, RowMapping

    from techwatch.storage.database import Database

_A = t.accounts.c


class PeopleStore:
    """Accounts. Of what proves somebody only hashes are kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ------------------------------------------------------------------ accounts

    def account(self, name: str) -> Account | None:
        """Find an account by its name."""
        return self._one(_A.name == name)

    def account_of(self, account_id: int) -> Account | None:
        """Find an account by its id."""
        return self._one(_A.id == account_id)

    def account_at(self, subject: str) -> Account | None:
        """Find an account by issuer and subject at an identity provider."""
        return self._one(_A.subject == subject)

    def _one(self, condition: ColumnElement[bool]) -> Account | None:
        with self._database.read() as connection:
            return _found(connection, condition)

    def accounts(self, most: int, after: str | None) -> Sequence[Account]:
        """List accounts by name, those after a name where one is given."""
        wanted = select(t.accounts).order_by(_A.name).limit(most)
        if after is not None:
            wanted = wanted.where(_A.name > after)
        with self._database.read() as connection:
            return [Account(**row) for row in connection.execute(wanted).mappings()]

    def has_admin(self) -> bool:
        """Whether somebody who can log in is admin."""
        with self._database.read() as connection:
            return bool(connection.scalar(select(exists().where(_in_charge()))))

    def add(
        self,
        name: str,
        role: str,
        now: datetime,
        *,
        password: str | None = None,
        subject: str | None = None,
    ) -> Account | None:
        """Make an account; None where one has that name, or that subject."""
        with self._database.write(Area.PEOPLE) as connection:
            return _added(connection, name, role, now, password, subject)

    def rehash(self, account: Account, password: str) -> bool:
        """Keep the same password under another hash; False where it was changed meanwhile."""
        with self._database.write(Area.PEOPLE) as connection:
            same = (_A.id == account.id, _A.password == account.password)
            of = update(t.accounts).where(*same).values(password=password)
            return connection.execute(of).rowcount > 0

    def speak(self, account_id: int, language: str) -> None:
        """Keep the language that somebody chose."""
        self._change(account_id, {"language": language})

    def _change(self, account_id: int, values: Mapping[str, Any]) -> None:
        with self._database.write(Area.PEOPLE) as connection:
            connection.execute(update(t.accounts).where(_A.id == account_id).values(**values))

    def set_password(self, account_id: int, password: str) -> None:
        """Keep another password's hash; every login ends, and the links back to the account."""
        with self._database.write(Area.PEOPLE) as connection:
            of = update(t.accounts).where(_A.id == account_id)
            connection.execute(of.values(password=password))
            end_logins(connection, account_id)
            _end_back(connection, account_id)

    def tie(self, account: Account, subject: str) -> bool:
        """Let an identity at a provider log in to an account.

        False, and nothing changed, where it is another account's, or where the account is
        disabled, tied already, or has another password than it had.
        """
        same = (_A.password == account.password, _A.disabled_at.is_(None), _A.subject.is_(None))
        with self._database.write(Area.PEOPLE) as connection:
            if _found(connection, _A.subject == subject):
                return False
            of = update(t.accounts).where(_A.id == account.id, *same).values(subject=subject)
            return connection.execute(of).rowcount > 0

    def untie(self, account_id: int) -> bool:
        """Log in by a password only, and end every login; False where there is no password."""
        left = (_A.id == account_id, _A.subject.is_not(None), _A.password.is_not(None))
        with self._database.write(Area.PEOPLE) as connection:
            of = update(t.accounts).where(*left).values(subject=None)
            if not connection.execute(of).rowcount:
                return False
            end_logins(connection, account_id)
        return True

    def set_role(self, account_id: int, role: str) -> bool:
        """Change a role; the account's logins end, and the links that it made.

        False: nobody would be admin any more.
        """
        with self._database.write(Area.PEOPLE) as connection:
            if not _spared(connection, account_id):
                return False
            connection.execute(update(t.accounts).where(_A.id == account_id).values(role=role))
            end_logins(connection, account_id)
            _end_made(connection, account_id)
        return True

    def disable(self, account_id: int, now: datetime) -> bool:
        """Disable an account; its logins and tokens end, and the links to it and those it made.

        False: as for `set_role`.
        """
        with self._database.write(Area.PEOPLE) as connection:
            if not _spared(connection, account_id):
                return False
            of = update(t.accounts).where(_A.id == account_id)
            connection.execute(of.values(disabled_at=now))
            end_logins(connection, account_id)
            _end_made(connection, account_id)
            _end_back(connection, account_id)
            connection.execute(delete(t.tokens).where(t.tokens.c.account_id == account_id))
        return True

    def enable(self, account_id: int) -> None:
        """Let somebody log in again."""
        self._change(account_id, {"disabled_at": None})

    # ------------------------------------------------------------------ one-time links

    def accept(
        self,
        key: str,
        now: datetime,
        *,
        name: str,
        password: str | None = None,
        subject: str | None = None,
    ) -> Account | None:
        """Use a link up: make its account, or let in whose password was lost.

        Args:
            key: the hash of what the link brings.
            now: the time.
            name: of a new account; without meaning where the link is one account's.
            password: its hash, where one was chosen.
            subject: at an identity provider, where that is to be the way to log in.

        None, and nothing changed, where the link is not in force, or name or subject is taken.
        """
        link = t.invitations.c
        with self._database.write(Area.PEOPLE) as connection:
            wanted = select(t.invitations).where(link.key == key, link.until > now)
            row = connection.execute(wanted).mappings().first()
            if row is None:
                return None
            invitation = _invitation(row)
            if invitation.account_id is None:
                made = _added(connection, name, invitation.role, now, password, subject)
            else:
                made = _let_back(connection, invitation.account_id, password, subject)
            if made is not None:
                connection.execute(delete(t.invitations).where(link.key == key))
                _end_back(connection, made.id)
            return made


def _found(connection: Connection, condition: ColumnElement[bool]) -> Account | None:
    row = connection.execute(select(t.accounts).where(condition)).mappings().first()
    return Account(**row) if row else None


def _added(
    connection: Connection,
    name: str,
    role: str,
    now: datetime,
    password: str | None,
    subject: str | None,
) -> Account | None:
    taken = _A.name == name
    if subject is not None:
        taken = or_(taken, _A.subject == subject)
    if _found(connection, taken):
        return None
    row = {"name": name, "role": role, "made_at": now, "password": password, "subject": subject}
    connection.execute(insert(t.accounts).values(row))
    return _found(connection, _A.name == name)


def _let_back(
    connection: Connection, account_id: int, password: str | None, subject: str | None
) -> Account | None:
    enabled = and_(_A.id == account_id, _A.disabled_at.is_(None))
    others = and_(_A.subject == subject, _A.id != account_id)
    if _found(connection, enabled) is None or (subject and _found(connection, others)):
        return None
    # The password was lost, perhaps to somebody: it goes also where the provider takes its place.
    chosen = {"password": password} if subject is None else {"password": None, "subject": subject}
    connection.execute(update(t.accounts).where(_A.id == account_id).values(**chosen))
    end_logins(connection, account_id)
    return _found(connection, enabled)


def end_logins(connection: Connection, account_id: int) -> None:
    """End every login of an account, within a transaction."""
    connection.execute(delete(t.logins).where(t.logins.c.account_id == account_id))


def _end_back(connection: Connection, account_id: int) -> None:
    """End the links by which somebody comes back to an account."""
    connection.execute(delete(t.invitations).where(t.invitations.c.account_id == account_id))


def _end_made(connection: Connection, account_id: int) -> None:
    """End the links that somebody made: they may have kept one for themselves."""
    maker = select(_A.name).where(_A.id == account_id).scalar_subquery()
    connection.execute(delete(t.invitations).where(t.invitations.c.made_by == maker))


def _in_charge() -> ColumnElement[bool]:
    """Say who is admin and can log in."""
    able = or_(_A.password.is_not(None), _A.subject.is_not(None))
    return and_(_A.role == "admin", _A.disabled_at.is_(None), able)


def _spared(connection: Connection, account_id: int) -> bool:
    """Whether the desk still has an admin without this one, or has none anyway."""
    wanted = select(func.count()).select_from(t.accounts).where(_in_charge(), _A.id != account_id)
    mine = select(exists().where(_in_charge(), _A.id == account_id))
    return bool(connection.scalar(wanted)) or not connection.scalar(mine)


def _invitation(row: RowMapping) -> Invitation:
    return Invitation(**{name: value for name, value in row.items() if name != "key"})
