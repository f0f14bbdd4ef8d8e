"""What was heard of each entity day by day, counted where the items are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from techwatch.assessment.bursts import BurstSettings, Heard, bursts
from techwatch.model import Verdict
from techwatch.storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from techwatch.model import Burst
    from techwatch.storage.database import Database

_FLAGGED = [verdict for verdict in Verdict if verdict.flagged]


class BurstStore:
    """Bursts of the items that are stored. The same items always give the same bursts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def between(
        self,
        since: datetime,
        until: datetime,
        names: Mapping[str, str],
        settings: BurstSettings | None = None,
        shown: int | None = None,
    ) -> tuple[Burst, ...]:
        """Return the bursts of a period, the least likely first.

        Whole UTC days by the time of the news, from that of `since` to that of `until`; `names`
        are those of the entities that are reported, by id. Counts are given for the days of the
        period, or for the last `shown` days.
        """
        settings = settings or BurstSettings()
        first, last = since.astimezone(UTC).date(), until.astimezone(UTC).date()
        days = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
        bars = tuple(last - timedelta(days=n) for n in reversed(range(shown or len(days))))
        with self._database.read() as connection:
            heard = _heard(connection, first - timedelta(days=settings.usual_days), last)
            found = bursts(heard, days, names, settings, bars)
            explained = _moved(connection, first, last) if found else frozenset()
        return tuple(replace(b, known_event=b.entity_id in explained) for b in found)


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return start, datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)


def _heard(connection: Connection, first: date, last: date) -> list[Heard]:
    """Count who told of whom on which day."""
    i, e, f = t.items.c, t.item_entities.c, t.feeds.c
    start, end = _span(first, last)
    wanted = (  # once a day and publisher: a busy month has far fewer of these than items
        select(e.entity_id, func.date(e.at).label("day"), f.publisher)
        .distinct()
        .select_from(t.item_entities)
        .join(t.items, i.id == e.item_id)
        .join(t.feeds, f.url == i.feed_url)
        .where(e.at >= start, e.at < end)
    )
    told: dict[tuple[str, date], set[str]] = {}
    for row in connection.execute(wanted):
        day = date.fromisoformat(str(row.day))  # a date of PostgreSQL, a text of SQLite
        told.setdefault((row.entity_id, day), set()).add(row.publisher)
    return [Heard(entity, day, frozenset(who)) for (entity, day), who in sorted(told.items())]


def _moved(connection: Connection, first: date, last: date) -> frozenset[str]:
    """Return the entities of which a flagged story was told in a period."""
    s = t.stories.c
    start, end = _span(first, last)
    wanted = select(s.entity_ids).where(
        s.verdict.in_(_FLAGGED), s.last_at >= start, s.first_at < end
    )
    return frozenset(entity for ids in connection.scalars(wanted) for entity in ids)
