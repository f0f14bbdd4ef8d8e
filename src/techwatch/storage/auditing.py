"""What people changed at the desk, kept for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from techwatch.model import Audited
from techwatch.storage import tables as t
from techwatch.storage.locks import Area

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from techwatch.storage.database import Database


class AuditStore:
    """The audit log: rows are added, and read newest first."""

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
