"""What news made of one entity: how often it is mentioned, beside whom, which developments."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select, tuple_

from techwatch.model import Decision, EntityDevelopment, Verdict
from techwatch.storage import standings
from techwatch.storage import tables as t
from techwatch.storage.judgements import in_force

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from techwatch.model import ReportedStanding
    from techwatch.storage.database import Database

MOST_ITEMS = 1_000  # of an entity in which is looked who else is mentioned
_GLANCED = 8  # newest tellings that are looked at first for one development: one in four opens it
_WEEK = timedelta(days=7)


class EntityStore:
    """What the store holds of entities; nothing here reads more as the store grows old."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def weekly(self, entity_id: str, first: datetime, weeks: int) -> tuple[int, ...]:
        """Count the items that mention an entity in each of so many weeks from `first` on."""
        e = t.item_entities.c
        starts = [first + n * _WEEK for n in range(weeks)]
        counts = [
            select(func.count())
            .where(e.entity_id == entity_id, e.at >= start, e.at < start + _WEEK)
            .scalar_subquery()
            for start in starts
        ]
        with self._database.read() as connection:
            return tuple(connection.execute(select(*counts)).one())

    def beside(self, entity_id: str, since: datetime, most: int) -> tuple[tuple[str, int], ...]:
        """Return who is mentioned in the same items, with their number, the most frequent first.

        Of the newest MOST_ITEMS items since a time that mention the entity.
        """
        e, other = t.item_entities.c, t.item_entities.alias()
        own = (
            select(e.item_id)
            .where(e.entity_id == entity_id, e.at >= since)
            .order_by(e.at.desc())
            .limit(MOST_ITEMS)
            .subquery()
        )
        items = func.count()
        wanted = (
            select(other.c.entity_id, items)
            .join(own, own.c.item_id == other.c.item_id)
            .where(other.c.entity_id != entity_id)
            .group_by(other.c.entity_id)
            .order_by(items.desc(), other.c.entity_id)
            .limit(most)
        )
        with self._database.read() as connection:
            return tuple((row[0], row[1]) for row in connection.execute(wanted))

    def developments(
        self, entity_id: str, most: int, after: tuple[datetime, str] | None = None
    ) -> tuple[EntityDevelopment, ...]:
        """Return developments that concern an entity, by the time of their news, newest first.

        Args:
            entity_id: whom they concern.
            most: so many at the most.
            after: time and story of the one after which to go on; None: from the newest on.
        """
        with self._database.read() as connection:
            rows: Sequence[Row[Any]] = ()
            for glance in (most * _GLANCED, None):
                rows = connection.execute(_newest(entity_id, most, after, glance)).all()
                if len(rows) == most:
                    break
            return tuple(_developments(connection, rows))

    def reached(self, entity_id: str) -> tuple[ReportedStanding, ...]:
        """Return the first standing that news gave an entity on each rung, by each power."""
        with self._database.read() as connection:
            return standings.first_of_each(connection, entity_id)


def _newest(
    entity_id: str, most: int, after: tuple[datetime, str] | None, glance: int | None
) -> Select[Any]:
    """Select the newest developments; `glance`: looking only at so many of the newest tellings.

    Most often there are enough among these. PostgreSQL, which can't know how many tellings open
    their stories, would read all that were ever told of the entity.
    """
    a, d, s, i = t.story_anchors.c, t.developments.c, t.stories.c, t.items.c
    told = select(a.at, a.story_id, a.item_id).where(a.anchor == entity_id)
    if after is not None:
        at, story_id = after
        place = tuple_(literal(at, t.Utc()), literal(story_id))
        told = told.where(a.at <= at, tuple_(a.at, a.story_id) < place)
    near = told.order_by(a.at.desc(), a.story_id.desc()).limit(glance).subquery()
    n = near.c
    return (
        select(n.at, d.id, d.story_id, s.verdict, s.event_type, s.rung, s.jurisdiction)
        .add_columns(i.title, i.link, i.language, t.feeds.c.publisher)
        .select_from(near)
        .join(t.developments, (d.story_id == n.story_id) & (d.item_id == n.item_id))
        .join(t.stories, s.id == n.story_id)
        .join(t.items, i.id == n.item_id)
        .join(t.feeds, t.feeds.c.url == i.feed_url)
        .order_by(n.at.desc(), n.story_id.desc())
        .limit(most)
    )


def _developments(connection: Connection, rows: Sequence[Row[Any]]) -> list[EntityDevelopment]:
    ids = select(t.stories.c.id).where(t.stories.c.id.in_([row.story_id for row in rows]))
    judged = in_force(connection, ids) if rows else {}
    return [
        EntityDevelopment(
            id=row.id,
            story_id=row.story_id,
            at=row.at,
            verdict=Verdict(row.verdict),
            title=row.title,
            link=row.link,
            publisher=row.publisher,
            language=row.language,
            event_type=row.event_type,
            rung=row.rung,
            jurisdiction=row.jurisdiction,
            decision=Decision(judged[row.story_id].decision) if row.story_id in judged else None,
        )
        for row in rows
    ]
