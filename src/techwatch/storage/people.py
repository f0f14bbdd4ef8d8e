"""Who may use the desk: accounts and their logins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from techwatch.model import Account, Login
from techwatch.storage import tables as t
from techwatch.storage.locks import Area

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.storage.database import Database


class PeopleStore:
    """Accounts and logins. Of what proves somebody only hashes are kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def account(self, name: str) -> Account | None:
        """Find an account by its name."""
        wanted = select(t.accounts).where(t.accounts.c.name == name)
        with self._database.read() as connection:
            row = connection.execute(wanted).mappings().first()
        return Account(**row) if row else None

    def add(self, name: str, role: str, now: datetime) -> Account:
        """Make an account, or return the one of this name."""
        with self._database.write(Area.PEOPLE) as connection:
            wanted = select(t.accounts).where(t.accounts.c.name == name)
            if connection.execute(wanted).first() is None:
                connection.execute(insert(t.accounts).values(name=name, role=role, made_at=now))
            return Account(**connection.execute(wanted).mappings().one())

    def enter(self, key: str, account_id: int, now: datetime, until: datetime) -> None:
        """Note a login under the hash of its token."""
        row = {"key": key, "account_id": account_id, "made_at": now, "seen_at": now, "until": until}
        with self._database.write(Area.PEOPLE) as connection:
            connection.execute(delete(t.logins).where(t.logins.c.until < now))
            connection.execute(insert(t.logins).values(row))

    def login(self, key: str) -> tuple[Login, Account] | None:
        """Find a login with its account."""
        wanted = select(t.logins).where(t.logins.c.key == key)
        with self._database.read() as connection:
            row = connection.execute(wanted).mappings().first()
            if row is None:
                return None
            of = select(t.accounts).where(t.accounts.c.id == row["account_id"])
            return Login(**row), Account(**connection.execute(of).mappings().one())

    def saw(self, key: str, now: datetime) -> None:
        """Note that a login is in use."""
        with self._database.write(Area.PEOPLE) as connection:
            connection.execute(update(t.logins).where(t.logins.c.key == key).values(seen_at=now))

    def leave(self, key: str) -> None:
        """End a login."""
        with self._database.write(Area.PEOPLE) as connection:
            connection.execute(delete(t.logins).where(t.logins.c.key == key))
