"""Hooks: where developments of saved filters are posted to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from techwatch.errors import LedgerError, NotFoundError
from techwatch.model import Hook
from techwatch.storage import tables as t
from techwatch.storage.locks import Area
from techwatch.storage.saved import saved_filter

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import RowMapping

    from techwatch.model import SavedFilter
    from techwatch.storage.database import Database

MOST = 10  # hooks of one filter


class HookStore:
    """Hooks. What they are told stands in the ledger of digests, like that of any edition."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, saved: SavedFilter) -> tuple[Hook, ...]:
        """Return the hooks of a filter, oldest first."""
        c = t.hooks.c
        wanted = select(t.hooks).where(c.filter_id == saved.id).order_by(c.made_at, c.id)
        with self._database.read() as connection:
            return tuple(Hook(**row) for row in connection.execute(wanted).mappings())

    def find(self, hook_id: str) -> Hook | None:
        """Find a hook, whoever it belongs to."""
        with self._database.read() as connection:
            wanted = select(t.hooks).where(t.hooks.c.id == hook_id)
            row = connection.execute(wanted).mappings().first()
            return Hook(**row) if row else None

    def own(self, saved: SavedFilter, hook_id: str) -> Hook:
        """Find a hook of a filter; raises NotFoundError."""
        found = self.find(hook_id)
        if found is None or found.filter_id != saved.id:
            raise NotFoundError("webhook", hook_id, "see the page of the saved filter")
        return found

    def in_use(self) -> tuple[tuple[Hook, SavedFilter], ...]:
        """Return the hooks that are posted to, each with its filter, oldest first.

        Those that are paused are left out, and those whose owner may use the desk no more.
        """
        h, f, a = t.hooks.c, t.saved_filters.c, t.accounts.c
        wanted = (
            select(t.hooks, *(column.label(f"of_{column.key}") for column in f))
            .join_from(t.hooks, t.saved_filters, f.id == h.filter_id)
            .join(t.accounts, a.id == f.account_id)
            .where(h.paused_at.is_(None), a.disabled_at.is_(None))
            .order_by(h.made_at, h.id)
        )
        with self._database.read() as connection:
            return tuple(_with_filter(row) for row in connection.execute(wanted).mappings())

    def gone(self, hook_ids: Collection[str]) -> frozenset[str]:
        """Return which of these hooks are deleted."""
        wanted = select(t.hooks.c.id).where(t.hooks.c.id.in_(hook_ids))
        with self._database.read() as connection:
            return frozenset(hook_ids) - set(connection.scalars(wanted))

    def add(self, hook: Hook) -> None:
        """Add a hook; raises LedgerError where its filter has as many as it may have."""
        c = t.hooks.c
        with self._database.write(Area.PEOPLE) as connection:
            count = connection.scalar(select(func.count()).where(c.filter_id == hook.filter_id))
            if (count or 0) >= MOST:
                raise LedgerError(f"a filter has {MOST} webhooks at the most; delete one first")
            values = {name: getattr(hook, name) for name in Hook.__slots__}
            connection.execute(insert(t.hooks).values(values))

    def pause(self, hook_id: str, at: datetime | None) -> None:
        """Post nothing to a hook from now on; None: go on."""
        with self._database.write(Area.PEOPLE) as connection:
            own = update(t.hooks).where(t.hooks.c.id == hook_id)
            connection.execute(own.values(paused_at=at))

    def delete(self, hook_id: str) -> None:
        """Delete a hook; what was posted to it stays in the ledger."""
        with self._database.write(Area.PEOPLE) as connection:
            connection.execute(delete(t.hooks).where(t.hooks.c.id == hook_id))


def _with_filter(row: RowMapping) -> tuple[Hook, SavedFilter]:
    of = {name.removeprefix("of_"): value for name, value in row.items() if name.startswith("of_")}
    return Hook(**{name: row[name] for name in Hook.__slots__}), saved_filter(of)
