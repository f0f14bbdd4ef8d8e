"""Numbers about the whole, for the coverage section and for `status`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, literal, select, update

from techwatch.model import (
    ClockReading,
    DeliveryState,
    Heartbeat,
    QueueCounts,
    StoreCounts,
    Verdict,
)
from techwatch.storage import tables as t
from techwatch.storage.dropping import hour
from techwatch.storage.locks import Area

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from techwatch.storage.database import Database


class Overview:
    """Counts, and when the parts of the service were last alive."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self, since: datetime | None, until: datetime) -> StoreCounts:
        """Count what was seen and judged in a period, the end included.

        What was dropped since, for its age, is counted by whole hours.
        """
        i, a, d = t.items.c, t.assessments.c, t.dropped_counts.c
        seen = select(func.count()).select_from(t.items).where(i.seen_at <= until)
        dropped = select(
            func.coalesce(func.sum(d.seen), 0), func.coalesce(func.sum(d.judged), 0)
        ).where(d.hour <= until)
        judged = select(func.count()).select_from(t.assessments).where(a.judged_at <= until)
        related = select(a.verdict, func.count()).where(t.related, a.judged_at <= until)
        if since is not None:
            seen = seen.where(i.seen_at > since)
            judged = judged.where(a.judged_at > since)
            related = related.where(a.judged_at > since)
            dropped = dropped.where(d.hour >= hour(since))
        waiting = select(func.count()).select_from(t.items).where(i.judged_revision < i.revision)
        with self._database.read() as connection:
            found = connection.execute(related.group_by(a.verdict))
            by_verdict = {Verdict(v): n for v, n in found}
            seen_dropped, judged_dropped = connection.execute(dropped).one()
            of_all = (connection.scalar(judged) or 0) + judged_dropped
            if unrelated := of_all - sum(by_verdict.values()):
                by_verdict[Verdict.UNRELATED] = unrelated
            return StoreCounts(
                items_seen=(connection.scalar(seen) or 0) + seen_dropped,
                items_judged=sum(by_verdict.values()),
                items_waiting=connection.scalar(waiting) or 0,
                by_verdict=by_verdict,
            )

    def queue(self, now: datetime) -> QueueCounts:
        """Count what waits to be done; read by indexes, so that it may be asked often."""
        f, i, d = t.feeds.c, t.items.c, t.deliveries.c
        feeds = select(
            func.count(),
            func.count().filter(f.failures > 0),
            func.count().filter(~f.paused & (f.next_poll_at.is_(None) | (f.next_poll_at <= now))),
        ).where(f.listed)
        waiting = select(func.count(), func.min(i.seen_at)).where(i.judged_revision < i.revision)
        states = select(d.state, func.count()).group_by(d.state)
        due = select(func.count()).where(d.state == DeliveryState.DUE, d.next_attempt_at <= now)
        digests = select(t.digests.c.edition_id, func.max(t.digests.c.slot)).group_by(
            t.digests.c.edition_id
        )
        with self._database.read() as connection:
            listed, failing, feeds_due = connection.execute(feeds).one()
            items, since = connection.execute(waiting).one()
            return QueueCounts(
                feeds=listed,
                feeds_failing=failing,
                feeds_due=feeds_due,
                items_waiting=items,
                waiting_since=since,
                deliveries=dict(connection.execute(states).all()),
                deliveries_due=connection.scalar(due) or 0,
                digests_at=dict(connection.execute(digests).all()),
            )

    def note_clock(self, reading: ClockReading) -> None:
        """Keep how our clock stands beside those of feeds' hosts."""
        c, name = t.clock_readings, "feeds"
        values = {"seconds": reading.seconds, "hosts": reading.hosts, "at": reading.at}
        with self._database.write(Area.SERVICE) as connection:
            there = update(c).where(c.c.name == name).values(**values)
            if connection.execute(there).rowcount == 0:
                connection.execute(insert(c).values(name=name, **values))

    def clock(self) -> ClockReading | None:
        """Return what was kept last; None if nothing was."""
        c = t.clock_readings.c
        with self._database.read() as connection:
            row = connection.execute(select(c.seconds, c.hosts, c.at)).first()
            return ClockReading(*row) if row else None

    def beat(self, name: str, now: datetime) -> None:
        """Note that a job of the service has just done its work."""
        self._note(name, at=now, failing_since=None, error=None)

    def stumble(self, name: str, now: datetime, error: str) -> None:
        """Note that a job of the service has failed, and since when it has been failing."""
        self._note(
            name,
            failing_since=func.coalesce(t.heartbeats.c.failing_since, literal(now, t.Utc)),
            error=error,
        )

    def rest(self) -> None:
        """Note that the service was stopped on purpose: nobody waits for a sign of life."""
        with self._database.write(Area.SERVICE) as connection:
            connection.execute(delete(t.heartbeats))

    def heartbeats(self) -> tuple[Heartbeat, ...]:
        """Return how each job of the service is."""
        wanted = select(t.heartbeats).order_by(t.heartbeats.c.name)
        with self._database.read() as connection:
            rows = connection.execute(wanted)
            return tuple(Heartbeat(r.name, r.at, r.failing_since, r.error) for r in rows)

    def _note(self, name: str, **values: Any) -> None:  # noqa: ANN401 - columns
        h = t.heartbeats
        with self._database.write(Area.SERVICE) as connection:
            if not connection.scalar(select(func.count()).where(h.c.name == name)):
                connection.execute(insert(h).values(name=name))
            connection.execute(update(h).where(h.c.name == name).values(**values))
