"""Items, their assessments, stories and standings: what judging reads and writes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from techwatch.errors import NotFoundError
from techwatch.model import (
    Assessment,
    Decision,
    Judged,
    JudgedStory,
    Standing,
    StoredItem,
    Story,
    Verdict,
)
from techwatch.storage import tables as t
from techwatch.storage.emerging import save_sightings
from techwatch.storage.evidence import dump_assessment, load_assessment
from techwatch.storage.judgements import in_force, judgement
from techwatch.storage.rows import items_with_feeds, read_story, stored_item

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection, Table

    from techwatch.model import Sighting
    from techwatch.storage.database import Database


class JudgingStore:
    """The memory of judging."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unjudged(self, most: int) -> tuple[StoredItem, ...]:
        """Return items, or revisions of items, that have no verdict yet; oldest first.

        By the time of the news, not of the poll: which feed answered first decides nothing.
        """
        wanted = (
            items_with_feeds()
            .where(t.items.c.judged_revision < t.items.c.revision)
            .order_by(func.coalesce(t.items.c.published, t.items.c.first_seen_at), t.items.c.id)
            .limit(most)
        )
        with self._database.read() as connection:
            return tuple(stored_item(row) for row in connection.execute(wanted))

    def seen_since(self, since: datetime) -> Iterator[StoredItem]:
        """Give the items, in their present text, that were first seen or changed since a time."""
        wanted = items_with_feeds().where(t.items.c.seen_at >= since).order_by(t.items.c.id)
        with self._database.read() as connection:
            for row in connection.execution_options(yield_per=500).execute(wanted):
                yield stored_item(row)

    @contextmanager
    def judging(self) -> Iterator[Judging]:
        """Read stories, decide, and write, with nobody writing in between."""
        with self._database.write() as connection:
            yield Judging(connection)

    def item(self, name: str) -> StoredItem:
        """Find an item by its id, the beginning of its id, or its link; raises NotFoundError."""
        c = t.items.c
        by_name = (c.id == name) | (c.link == name)
        if len(name) >= 6:  # noqa: PLR2004 - shorter beginnings are too likely to be ambiguous
            by_name |= c.id.startswith(name, autoescape=True)
        with self._database.read() as connection:
            rows = connection.execute(items_with_feeds().where(by_name).limit(2)).all()
        if not rows:
            raise NotFoundError("item", name, "give its id as a digest shows it, or its link")
        if len(rows) > 1 and rows[0].id != name:
            raise NotFoundError("item", name, "several begin like this; give more of the id")
        return stored_item(rows[0])

    def assessment(self, item_id: str) -> tuple[Assessment, str | None] | None:
        """Return the newest assessment of an item and its story's id; None if not judged yet."""
        a = t.assessments.c
        wanted = select(t.assessments).where(a.item_id == item_id).order_by(a.revision.desc())
        with self._database.read() as connection:
            row = connection.execute(wanted.limit(1)).first()
        return None if row is None else (load_assessment(row), row.story_id)

    def headlines(self, item_id: str) -> tuple[str, ...]:
        """Return the titles an item has had, oldest first."""
        r = t.revisions.c
        wanted = select(r.title).where(r.item_id == item_id).order_by(r.revision)
        with self._database.read() as connection:
            return tuple(connection.scalars(wanted))

    def story(self, story_id: str) -> Story:
        """Return a story; raises NotFoundError."""
        with self._database.read() as connection:
            row = connection.execute(select(t.stories).where(t.stories.c.id == story_id)).first()
            if row is None:
                raise NotFoundError("story", story_id)
            return read_story(connection, row)

    def publishers(self, story_id: str) -> int:
        """Count who tells a story, all its items included."""
        c = t.story_items.c
        telling = (
            select(func.count(func.distinct(t.feeds.c.publisher)))
            .select_from(t.story_items)
            .join(t.items, t.items.c.id == c.item_id)
            .join(t.feeds, t.feeds.c.url == t.items.c.feed_url)
            .where(c.story_id == story_id)
        )
        with self._database.read() as connection:
            return connection.scalar(telling) or 0

    def standings(self, entity_ids: Collection[str]) -> tuple[Standing, ...]:
        """Return the standings that reports, not the baseline, gave these entities."""
        with self._database.read() as connection:
            return _standings(connection, entity_ids, without_story=None)

    def mentioning(self, entity_id: str, most: int) -> tuple[int, tuple[StoredItem, ...]]:
        """Return how many items mention an entity, and the newest of them."""
        e = t.item_entities.c
        with self._database.read() as connection:
            ids = list(connection.scalars(select(e.item_id).where(e.entity_id == entity_id)))
            newest = (
                items_with_feeds()
                .join(t.item_entities, e.item_id == t.items.c.id)
                .where(e.entity_id == entity_id)
                .order_by(t.items.c.seen_at.desc(), t.items.c.id)
                .limit(most)
            )
            return len(ids), tuple(stored_item(row) for row in connection.execute(newest))


class Judging:
    """One transaction of judging."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open_stories(
        self, anchors: Collection[str], at: datetime, window: timedelta
    ) -> tuple[Story, ...]:
        """Return the stories of these anchors that are told within `window` of `at`."""
        if not anchors:
            return ()
        anchored = select(t.story_anchors.c.story_id).where(
            t.story_anchors.c.anchor.in_(sorted(anchors))
        )
        wanted = (
            select(t.stories)
            .where(t.stories.c.id.in_(anchored))
            .where(t.stories.c.last_at >= at - window, t.stories.c.first_at <= at + window)
            .order_by(t.stories.c.first_at, t.stories.c.id)
        )
        rows = self._connection.execute(wanted).all()
        return tuple(read_story(self._connection, row) for row in rows)

    def judged_stories(
        self, anchors: Collection[str], at: datetime, window: timedelta
    ) -> tuple[JudgedStory, ...]:
        """Return the stories of these anchors, told within `window` of `at`, that people judged."""
        rows = in_force(self._connection) if anchors else {}
        if not rows:
            return ()
        stories = self.open_stories(anchors, at, window)
        return tuple(JudgedStory(s, judgement(rows[s.id])) for s in stories if s.id in rows)

    def standings(
        self, entity_ids: Collection[str], *, without_story: str | None
    ) -> tuple[Standing, ...]:
        """Return what reports of other stories made of these entities' state."""
        return _standings(self._connection, entity_ids, without_story)

    def save(
        self,
        judged: Judged,
        anchors: Collection[str],
        moved: Sequence[Standing],
        at: datetime,
        names: Sequence[Sighting] = (),
    ) -> None:
        """Store a verdict with all that follows from it; repeating it changes nothing."""
        item_id = judged.stored.item.id
        again = self._save_assessment(judged)
        if names or again:
            save_sightings(self._connection, item_id, names, at, judged.judged_at)
        self._connection.execute(delete(t.standings).where(t.standings.c.item_id == item_id))
        if judged.story_id is not None:
            self._tell(judged, judged.story_id, anchors, at)
        if moved:
            rows = [asdict(standing) | {"item_id": item_id} for standing in moved]
            self._connection.execute(insert(t.standings), rows)

    def _save_assessment(self, judged: Judged) -> bool:
        """Store the verdict; returns whether the item had one before."""
        item, assessment = judged.stored.item, judged.assessment
        key = {"item_id": item.id, "revision": judged.stored.revision}
        a, e = t.assessments.c, t.item_entities.c
        before = self._connection.execute(
            delete(t.assessments).where(a.item_id == item.id, a.revision == key["revision"])
        )
        self._connection.execute(
            insert(t.assessments).values(
                **key,
                verdict=assessment.verdict,
                score=assessment.score,
                story_id=judged.story_id,
                evidence=dump_assessment(assessment),
                model_version=assessment.model_version,
                judged_at=judged.judged_at,
            )
        )
        self._connection.execute(delete(t.item_entities).where(e.item_id == item.id))
        entities = sorted({mention.entity_id for mention in assessment.mentions})
        if entities:
            rows = [{"item_id": item.id, "entity_id": entity} for entity in entities]
            self._connection.execute(insert(t.item_entities), rows)
        self._connection.execute(
            update(t.items)
            .where(t.items.c.id == item.id)
            .values(judged_revision=judged.stored.revision)
        )
        return before.rowcount > 0 or judged.stored.revision > 1

    def _tell(self, judged: Judged, story_id: str, anchors: Collection[str], at: datetime) -> None:
        item_id, assessment = judged.stored.item.id, judged.assessment
        if judged.opens_story:
            self._open(judged, story_id, at)
        self._insert_missing(
            t.story_anchors, [{"story_id": story_id, "anchor": a} for a in sorted(anchors)]
        )
        self._insert_missing(t.story_items, [{"story_id": story_id, "item_id": item_id, "at": at}])
        c = t.stories.c
        own = update(t.stories).where(c.id == story_id)
        self._connection.execute(own.where(c.first_at > at).values(first_at=at))
        self._connection.execute(own.where(c.last_at < at).values(last_at=at))
        if assessment.verdict.flagged:
            self._connection.execute(
                own.where(c.verdict.in_([Verdict.UNRELATED, Verdict.KNOWN])).values(
                    verdict=assessment.verdict
                )
            )
            development = {"id": story_id, "story_id": story_id, "item_id": item_id}
            self._insert_missing(t.developments, [development | {"created_at": judged.judged_at}])

    def _open(self, judged: Judged, story_id: str, at: datetime) -> None:
        event = judged.assessment.event
        story = {
            "id": story_id,
            "entity_ids": list(event.entity_ids) if event else [],
            "event_type": event.event_type if event else None,
            "track": event.track if event else None,
            "rung": event.rung if event else None,
            "jurisdiction": event.jurisdiction if event else None,
            "verdict": judged.assessment.verdict,
            "first_at": at,
            "last_at": at,
        }
        self._insert_missing(t.stories, [story])

    def _insert_missing(self, table: Table, rows: list[dict[str, Any]]) -> None:
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        if rows:
            self._connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def _standings(
    connection: Connection, entity_ids: Collection[str], without_story: str | None
) -> tuple[Standing, ...]:
    """Read what reports made of the state, as people judged them.

    What a rejected story brought is left out. What one brought that was accepted, or known
    before, is no longer that story's but part of what is known.
    """
    if not entity_ids:
        return ()
    s = t.standings.c
    wanted = select(t.standings).where(s.entity_id.in_(sorted(entity_ids))).order_by(s.id)
    if without_story is not None:
        wanted = wanted.where(s.story_id != without_story)
    rows = connection.execute(wanted).all()
    judged = {i: row.decision for i, row in in_force(connection).items()} if rows else {}
    return tuple(
        Standing(
            entity_id=row.entity_id,
            track=row.track,
            rung=row.rung,
            jurisdiction=row.jurisdiction,
            since=row.since,
            reason=row.reason,
            source=row.source,
            story_id=None if row.story_id in judged else row.story_id,
        )
        for row in rows
        if judged.get(row.story_id) != Decision.REJECT
    )
