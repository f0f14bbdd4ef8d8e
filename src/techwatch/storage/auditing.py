"""What people changed at the desk, kept for years."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from techwatch.model import Audited
from techwatch.storage import tables as t
from techwatch.storage.locks import Area

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from techwatch.storage.database import Database


class AuditStore:
    """The audit log: rows are added, read newest first, and dropped when they are too old."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(
        self,
        at: datetime,
        account_id: int | None,
        person: str,
        action: str,
        target: str,
        details: Mapping[str, object],
        address: str,
    ) -> None:
        """Add a row; `details` is of JSON."""
        row = {
            "at": at,
            "account_id": account_id,
            "person": person,
            "action": action,
            "target": target,
            "details": dict(details),
            "address": address,
        }
        with self._database.write(Area.PEOPLE) as connection:
            connection.execute(insert(t.audit).values(row))

    def page(self, most: int, before: int | None, person: str | None) -> tuple[Audited, ...]:
        """Return rows, newest first.

        Args:
            most: how many, at most.
            before: only rows that were added before the one of this id.
            person: only rows of this name.
        """
        wanted = select(t.audit).order_by(t.audit.c.id.desc()).limit(most)
        if before is not None:
            wanted = wanted.where(t.audit.c.id < before)
        if person is not None:
            wanted = wanted.where(t.audit.c.person == person)
        with self._database.read() as connection:
            return tuple(Audited(**row) for row in connection.execute(wanted).mappings())

    def count(self, before: datetime) -> int:
        """Count rows that are older."""
        wanted = select(func.count()).select_from(t.audit).where(t.audit.c.at < before)
        with self._database.read() as connection:
            return connection.scalar(wanted) or 0

    def drop(self, before: datetime, most: int) -> int:
        """Drop rows that are older, the first added first; returns how many, 0: none is left.

        Rows are added in the order of time, so that only the first ones are looked at.
        """
        first = select(t.audit.c.id).order_by(t.audit.c.id).limit(most).subquery()
        old = select(t.audit.c.id).where(t.audit.c.id.in_(select(first.c.id)))
        old = old.where(t.audit.c.at < before)
        with self._database.write(Area.PEOPLE) as connection:
            ids = connection.scalars(old).all()
            connection.execute(delete(t.audit).where(t.audit.c.id.in_(ids)))
        return len(ids)
