"""Browsers that people are logged in with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, exists, insert, select, update

from techwatch.model import Account, Login
from techwatch.storage import tables as t
from techwatch.storage.locks import Area
from techwatch.storage.people import end_logins

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from techwatch.storage.database import Database

_A, _L = t.accounts.c, t.logins.c


class LoginStore:
    """Logins, under the hashes of what proves them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enter(
        self, key: str, account: Account, now: datetime, until: datetime, address: str, browser: str
    ) -> bool:
        """Note a login under the hash of its token.

        False, and nothing noted, where the account was disabled meanwhile, or what it logs in by
        is another than it was: the login would outlast what ended all others.
        """
        row = {
            "key": key,
            "account_id": account.id,
            "made_at": now,
            "seen_at": now,
            "until": until,
            "address": address,
            "browser": browser,
        }
        same = and_(
            _A.id == account.id,
            _A.disabled_at.is_(None),
            _A.password.is_not_distinct_from(account.password),
            _A.subject.is_not_distinct_from(account.subject),
        )
        with self._database.write(Area.PEOPLE) as connection:
            if not connection.scalar(select(exists().where(same))):
                return False
            connection.execute(delete(t.logins).where(_L.until < now))
            connection.execute(insert(t.logins).values(row))
        return True

    def login(self, key: str) -> tuple[Login, Account] | None:
        """Find a login with its account."""
        with self._database.read() as connection:
            row = connection.execute(select(t.logins).where(_L.key == key)).mappings().first()
            if row is None:
                return None
            of = select(t.accounts).where(_A.id == row["account_id"])
            return Login(**row), Account(**connection.execute(of).mappings().one())

    def logins(self, account_id: int, now: datetime, used_since: datetime) -> Sequence[Login]:
        """List an account's logins in force, the one in use last first; at most 100."""
        wanted = (
            select(t.logins)
            .where(_L.account_id == account_id, _L.until > now, _L.seen_at >= used_since)
            .order_by(_L.seen_at.desc(), _L.key)
            .limit(100)
        )
        with self._database.read() as connection:
            return [Login(**row) for row in connection.execute(wanted).mappings()]

    def saw(self, key: str, now: datetime) -> None:
        """Note that a login is in use."""
        with self._database.write(Area.PEOPLE) as connection:
            connection.execute(update(t.logins).where(_L.key == key).values(seen_at=now))

    def leave(self, key: str) -> None:
        """End a login."""
        with self._database.write(Area.PEOPLE) as connection:
            connection.execute(delete(t.logins).where(_L.key == key))

    def end(self, account_id: int, beginning: str) -> bool:
        """End a login of an account, by the beginning of its key; False where it has none such."""
        mine = and_(_L.account_id == account_id, _L.key.startswith(beginning, autoescape=True))
        with self._database.write(Area.PEOPLE) as connection:
            return connection.execute(delete(t.logins).where(mine)).rowcount > 0

    def end_all(self, account_id: int) -> None:
        """End every login of an account."""
        with self._database.write(Area.PEOPLE) as connection:
            end_logins(connection, account_id)
