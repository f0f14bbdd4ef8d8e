"""What a dead man's switch was told: each digest once, whatever fails or is killed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, insert, select, update

from techwatch.model import DeliveryState, Ping
from techwatch.storage import tables as t
from techwatch.storage.locks import Area

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.storage.database import Database

_CLOSED = (DeliveryState.SENT, DeliveryState.DROPPED)


class PingStore:
    """Which digests a dead man's switch was told of, by edition."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[Ping, ...]:
        """Return how it stands with each edition that was pinged for, by its id."""
        wanted = select(t.pings).order_by(t.pings.c.edition_id)
        with self._database.read() as connection:
            return tuple(Ping(**row._mapping) for row in connection.execute(wanted))  # noqa: SLF001 - SQLAlchemy's public name

    def of(self, edition_id: str) -> Ping:
        """Return how it stands with an edition, pinged for or not."""
        return next((p for p in self.all() if p.edition_id == edition_id), Ping(edition_id, None))

    def due(self, edition_id: str, now: datetime) -> datetime | None:
        """Return the slot of the edition's last scheduled digest, if it is to be told; else None.

        It is once all its deliveries are sent or given up by a person, or there were none, since
        an empty digest that nobody wants was due all the same.
        """
        d, sent, told = t.digests.c, t.deliveries.c, self.of(edition_id)
        last = select(func.max(d.slot)).where(d.edition_id == edition_id, d.scheduled)
        with self._database.read() as connection:
            slot: datetime | None = connection.scalar(last)
            if slot is None or (told.slot is not None and told.slot >= slot):
                return None
            if told.next_at is not None and told.next_at > now:
                return None
            under_way = exists().where(
                sent.edition_id == edition_id, sent.slot == slot, sent.state.not_in(_CLOSED)
            )
            return None if connection.scalar(select(under_way)) else slot

    def sent(self, edition_id: str, slot: datetime, now: datetime) -> None:
        """Note that the switch was told of a digest."""
        well = {"failing_since": None, "failures": 0, "next_at": None, "error": None}
        self._note(edition_id, slot=slot, at=now, **well)

    def failed(self, edition_id: str, error: str, now: datetime, again: datetime) -> None:
        """Note that it could not be told, and when to try again."""
        c = t.pings.c
        since = func.coalesce(c.failing_since, now)
        self._note(
            edition_id, failing_since=since, failures=c.failures + 1, next_at=again, error=error
        )

    def _note(self, edition_id: str, **values: Any) -> None:  # noqa: ANN401 - columns
        there = t.pings.c.edition_id == edition_id
        with self._database.write(Area.SERVICE) as connection:
            if not connection.scalar(select(exists().where(there))):
                connection.execute(insert(t.pings).values(edition_id=edition_id, failures=0))
            connection.execute(update(t.pings).where(there).values(**values))
