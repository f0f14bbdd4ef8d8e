"""What people of the desk keep for themselves: how far they looked, and filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import delete, func, insert, select, update

from techwatch.errors import LedgerError, NotFoundError
from techwatch.model import Filter, SavedFilter
from techwatch.storage import tables as t
from techwatch.storage.locks import Area

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping

    from techwatch.storage.database import Database

MOST = 100  # filters of one account
_FILTER = TypeAdapter(Filter)


class SavedStore:
    """How far people looked, and filters that they saved."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def looked_at(self, account_id: int | None) -> datetime | None:
        """Return until when somebody has seen what is new; None: never."""
        c = t.accounts.c
        with self._database.read() as connection:
            at: datetime | None = connection.scalar(select(c.looked_at).where(c.id == account_id))
            return at

    def looked(
        self, account_id: int | None, until: datetime | None, *, back: bool = False
    ) -> tuple[datetime | None, datetime | None]:
        """Note until when somebody has seen what is new; returns what it was, and what it is.

        It goes back only where that is asked for: a page that was opened earlier than another
        knows less.
        """
        own, looked_at = t.accounts.c.id == account_id, t.accounts.c.looked_at
        with self._database.write(Area.PEOPLE) as connection:
            before: datetime | None = connection.scalar(select(looked_at).where(own))
            if not back and before is not None and (until is None or until < before):
                return before, before
            connection.execute(update(t.accounts).where(own).values(looked_at=until))
            return before, until

    def filters(self, account_id: int | None) -> tuple[SavedFilter, ...]:
        """Return what somebody saved, by name."""
        c = t.saved_filters.c
        wanted = select(t.saved_filters).where(c.account_id == account_id).order_by(c.name, c.id)
        with self._database.read() as connection:
            return tuple(saved_filter(row) for row in connection.execute(wanted).mappings())

    def filter(self, filter_id: int, account_id: int | None) -> SavedFilter:
        """Find one of somebody's filters; raises NotFoundError, as where it is another's."""
        with self._database.read() as connection:
            return _own(connection, filter_id, account_id)

    def by_key(self, key: str) -> SavedFilter | None:
        """Find the filter whose feeds have this key, unless its owner may use the desk no more."""
        c, a = t.saved_filters.c, t.accounts.c
        wanted = select(t.saved_filters).join(t.accounts, a.id == c.account_id)
        wanted = wanted.where(c.key == key, a.disabled_at.is_(None))
        with self._database.read() as connection:
            row = connection.execute(wanted).mappings().first()
            return saved_filter(row) if row else None

    def save(
        self, account_id: int, name: str, query: tuple[str, Filter], key: str, now: datetime
    ) -> SavedFilter:
        """Save a filter, or save another one under a name that is there.

        `query` is that of an address, with the filter that it comes to. Raises LedgerError where
        somebody has as many as one may have.
        """
        c = t.saved_filters.c
        same = (c.account_id == account_id, c.name == name)
        asked = {"query": query[0], "filter": _FILTER.dump_python(query[1], mode="json")}
        row = asked | {"account_id": account_id, "name": name, "key": key, "made_at": now}
        with self._database.write(Area.PEOPLE) as connection:
            there = connection.execute(select(c.id).where(*same)).first()
            count = select(func.count()).where(c.account_id == account_id)
            if there:
                connection.execute(update(t.saved_filters).where(*same).values(**asked))
            elif (connection.scalar(count) or 0) >= MOST:
                raise LedgerError(f"{MOST} filters are saved already; delete one first")
            else:
                connection.execute(insert(t.saved_filters).values(row))
            found = connection.execute(select(t.saved_filters).where(*same)).mappings().one()
            return saved_filter(found)

    def rename(self, filter_id: int, account_id: int | None, name: str) -> SavedFilter:
        """Give a filter another name; raises NotFoundError, LedgerError where it has that name."""
        c = t.saved_filters.c
        with self._database.write(Area.PEOPLE) as connection:
            _own(connection, filter_id, account_id)
            same = (c.account_id == account_id, c.name == name, c.id != filter_id)
            if connection.execute(select(c.id).where(*same)).first():
                raise LedgerError(f"another filter is called {name!r} already")
            own = update(t.saved_filters).where(c.id == filter_id)
            connection.execute(own.values(name=name))
            return _own(connection, filter_id, account_id)

    def renew_key(self, filter_id: int, account_id: int | None, key: str) -> SavedFilter:
        """Give the feeds of a filter another key: who has the old one reads no more."""
        with self._database.write(Area.PEOPLE) as connection:
            _own(connection, filter_id, account_id)
            own = update(t.saved_filters).where(t.saved_filters.c.id == filter_id)
            connection.execute(own.values(key=key))
            return _own(connection, filter_id, account_id)

    def delete(self, filter_id: int, account_id: int | None) -> None:
        """Delete a filter with its hooks; raises NotFoundError."""
        with self._database.write(Area.PEOPLE) as connection:
            _own(connection, filter_id, account_id)
            connection.execute(delete(t.hooks).where(t.hooks.c.filter_id == filter_id))
            c = t.saved_filters.c
            connection.execute(delete(t.saved_filters).where(c.id == filter_id))


def saved_filter(row: Mapping[str, Any] | RowMapping) -> SavedFilter:
    """Make a saved filter of its row."""
    return SavedFilter(**dict(row) | {"filter": _FILTER.validate_python(row["filter"])})


def _own(connection: Connection, filter_id: int, account_id: int | None) -> SavedFilter:
    c = t.saved_filters.c
    wanted = select(t.saved_filters).where(c.id == filter_id, c.account_id == account_id)
    row = connection.execute(wanted).mappings().first()
    if row is None:
        raise NotFoundError("saved filter", str(filter_id), "see the page Filters")
    return saved_filter(row)
