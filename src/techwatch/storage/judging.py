"""Items, their assessments, stories and standings, as judging and people read them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from string import hexdigits
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from techwatch.errors import NotFoundError
from techwatch.storage import aside, dropping, standings, stories
from techwatch.storage import tables as t
from techwatch.storage.articles import not_waiting
from techwatch.storage.evidence import load_assessment
from techwatch.storage.judging_transaction import Judging
from techwatch.storage.locks import Area
from techwatch.storage.rows import items_with_feeds, read_story, stored_item

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from techwatch.model import Assessment, SetAside, Standing, StoredItem, Story, Waiting
    from techwatch.storage.database import Database


_LONGEST_SAGA = 20
_PREFIX = 6  # characters of an id; shorter beginnings are too likely to be ambiguous
_LAST = "g"  # comes after every digit of an id


class JudgingStore:
    """The memory of judging."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unjudged(self, most: int, without: Waiting | None = None) -> tuple[StoredItem, ...]:
        """Return items, or revisions of items, that have no verdict yet; oldest first.

        By the time of the news, not of the poll: which feed answered first decides nothing.
        `without` names those that are left out: they were set aside, or wait for their article.
        """
        wanted = (
            items_with_feeds()
            .where(t.items.c.judged_revision < t.items.c.revision, *aside.left_out(without))
            .order_by(t.news_at, t.items.c.id)
            .limit(most)
        )
        if without is not None:
            wanted = wanted.where(not_waiting(without.now))
        with self._database.read() as connection:
            return tuple(stored_item(row) for row in connection.execute(wanted))

    def seen_since(self, since: datetime) -> Iterator[StoredItem]:
        """Give the items, in their present text, that were first seen or changed since a time.

        Those whose text was dropped for its age are left out.
        """
        i = t.items.c
        wanted = items_with_feeds().where(i.seen_at >= since, i.text_gone_at.is_(None))
        wanted = wanted.order_by(i.id)
        with (
            self._database.read() as connection,
            connection.execution_options(yield_per=500).execute(wanted) as rows,
        ):
            for row in rows:
                yield stored_item(row)

    def seen_last(self, most: int) -> tuple[StoredItem, ...]:
        """Return the items that were first seen or changed last and have their text, newest first.

        Bounded by `most` before those without text are left out.
        """
        i = t.items.c
        newest = select(i.id).order_by(i.seen_at.desc()).limit(most)
        wanted = items_with_feeds().where(i.id.in_(newest), i.text_gone_at.is_(None))
        with self._database.read() as connection:
            rows = connection.execute(wanted.order_by(i.seen_at.desc(), i.id))
            return tuple(stored_item(row) for row in rows)

    def set_aside(
        self, stored: StoredItem, error: str, now: datetime, again_at: datetime, model_version: str
    ) -> None:
        """Note that a text can't be judged, so that it holds up nothing until it is tried again."""
        with self._database.write(Area.JUDGING) as connection:
            aside.put(connection, stored, error, now, again_at, model_version)

    def aside(self) -> tuple[SetAside, ...]:
        """Return the texts that can't be judged, those that failed first before the others."""
        with self._database.read() as connection:
            return aside.waiting(connection)

    @contextmanager
    def judging(self) -> Iterator[Judging]:
        """Read stories, decide, and write, with nobody writing in between."""
        with self._database.write(Area.JUDGING) as connection:
            judging = Judging(connection)
            yield judging
            judging.finish()

    def item(self, name: str) -> StoredItem:
        """Find an item by its id, the beginning of its id, or its link; raises NotFoundError."""
        wanted = items_with_feeds().where(_named(name))
        wanted = wanted.order_by((t.items.c.id == name).desc(), t.items.c.id)
        with self._database.read() as connection:
            rows = connection.execute(wanted.limit(2)).all()
            dropped = not rows and dropping.named(connection, name)
        if dropped:
            gone = "it matched nothing; of such items only identity and hash are kept for long"
            raise NotFoundError("item", name, f"{gone} (retention.unrelated_days)")
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

    def assessed(
        self, item_ids: Collection[str]
    ) -> dict[str, tuple[StoredItem, Assessment, str | None]]:
        """Return items with what `assessment` returns, by id; those that have a verdict."""
        a = t.assessments.c
        wanted = select(t.assessments).where(a.item_id.in_(item_ids)).order_by(a.revision)
        with self._database.read() as connection:
            newest = {row.item_id: row for row in connection.execute(wanted)}
            rows = connection.execute(items_with_feeds().where(t.items.c.id.in_(list(newest))))
            return {
                row.id: (
                    stored_item(row), load_assessment(newest[row.id]), newest[row.id].story_id,
                )
                for row in rows
            }  # fmt: skip

    def headlines(self, item_id: str) -> tuple[str, ...]:
        """Return the titles an item has had, oldest first."""
        i, r = t.items.c, t.revisions.c
        former = select(r.title).where(r.item_id == item_id).order_by(r.revision)
        present = select(i.title).where(i.id == item_id)
        with self._database.read() as connection:
            return (*connection.scalars(former), *connection.scalars(present))

    def story(self, story_id: str) -> Story:
        """Return a story; raises NotFoundError."""
        with self._database.read() as connection:
            row = connection.execute(select(t.stories).where(t.stories.c.id == story_id)).first()
            if row is None:
                raise NotFoundError("story", story_id)
            story = read_story(connection, row)
            return replace(story, follows=stories.step_before(connection, story))

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

    def saga(self, story_id: str) -> tuple[Story, ...]:
        """Return the stories of the steps before a story's, the latest first; none for the first.

        Raises NotFoundError.
        """
        found: list[Story] = []
        step = self.story(story_id)
        while step.follows is not None and len(found) < _LONGEST_SAGA:
            step = self.story(step.follows)
            found.append(step)
        return tuple(found)

    def standings(self, entity_ids: Collection[str]) -> tuple[Standing, ...]:
        """Return the standings that reports, not the baseline, gave these entities."""
        with self._database.read() as connection:
            return standings.read(connection, entity_ids)

    def mentioning(
        self, entity_id: str, most: int, counted: int | None = None
    ) -> tuple[int, tuple[StoredItem, ...]]:
        """Return how many items mention an entity, and the newest of them.

        No more than one beyond `counted` are counted; None: all are.
        """
        e = t.item_entities.c
        each = select(e.item_id).where(e.entity_id == entity_id)
        each = each if counted is None else each.limit(counted + 1)
        with self._database.read() as connection:
            items = connection.scalar(select(func.count()).select_from(each.subquery()))
            newest = (
                items_with_feeds()
                .join(t.item_entities, e.item_id == t.items.c.id)
                .where(e.entity_id == entity_id)
                .order_by(e.at.desc(), e.item_id)
                .limit(most)
            )
            return items or 0, tuple(stored_item(row) for row in connection.execute(newest))


def _named(name: str) -> ColumnElement[bool]:
    """Say which items have this id, link or, if it is long enough, beginning of their id."""
    c = t.items.c
    named = (c.id == name) | (c.link == name)
    beginning = name.lower()
    if len(name) >= _PREFIX and set(beginning) <= set(hexdigits):
        named |= c.id.between(beginning, beginning + _LAST)  # an index finds it, whatever the case
    return named
