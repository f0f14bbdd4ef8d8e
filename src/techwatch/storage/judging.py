"""Items, their assessments, stories and standings: what judging reads and writes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, replace
from string import hexdigits
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from techwatch.errors import NotFoundError
from techwatch.model import (
    Assessment,
    Judged,
    JudgedStory,
    Standing,
    StoredItem,
    Story,
    Verdict,
)
from techwatch.storage import (
    aside,
    dropping,
    judgements,
    plain,
    standings,
    stories,
    taught,
    teaching,
)
from techwatch.storage import tables as t
from techwatch.storage.articles import not_waiting, want
from techwatch.storage.emerging import save_sightings
from techwatch.storage.evidence import dump_assessment, load_assessment
from techwatch.storage.locks import Area
from techwatch.storage.rows import items_with_feeds, read_story, stored_item

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import ColumnElement, Connection

    from techwatch.model import Article, Judgement, SetAside, Sighting, Waiting, WrongName
    from techwatch.storage.database import Database


_LONGEST_SAGA = 20
_PREFIX = 6  # characters of an id; shorter beginnings are too likely to be ambiguous
_LAST = "g"  # comes after every digit of an id
_MOST_SETTLED = 2000  # items judged again in one transaction: bounded, and far more than there are


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


class Judging:
    """One transaction of judging."""

    _defers = True  # verdicts from which nothing follows, to the end
    keeps_names = True  # that the baseline lacks; where False they need not be looked for

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._unsettled: dict[str, datetime] = {}
        self._plain: dict[str, tuple[Judged, datetime]] = {}
        self._anything_judged: bool | None = None  # by a person; None: not asked yet
        self._anything_taught: bool | None = None  # likewise

    def open_stories(
        self, anchors: Collection[str], at: datetime, window: timedelta, item_id: str = ""
    ) -> tuple[Story, ...]:
        """Return the stories of these anchors that are told within `window` of `at`.

        Of many, those that share most anchors and are nearest in time, as many before the item
        as after it at the most; a bounded number.
        """
        return stories.candidates(self._connection, anchors, at, window, item_id)

    def is_taken(self, story_id: str, item_id: str) -> bool:
        """Whether a story of this id is told by items other than this one."""
        return stories.is_taken(self._connection, story_id, item_id)

    def unsettle(self, items: Mapping[str, datetime]) -> None:
        """Note items, with the times of their news, that are to be judged again: see `settling`."""
        self._unsettled.update(items)

    def settling(self) -> Iterator[StoredItem]:
        """Give the items noted as unsettled, the earliest news first, until none is left.

        Judging one of them may note later ones, never earlier ones, so that it comes to an end.
        """
        self.finish()
        for _ in range(_MOST_SETTLED):
            if not self._unsettled:
                return
            item_id = min(self._unsettled, key=lambda i: (self._unsettled[i], i))
            del self._unsettled[item_id]
            wanted = items_with_feeds().where(t.items.c.id == item_id)
            row = self._connection.execute(wanted).one()
            if row.text_gone_at is not None:
                continue  # of a title alone it might get another verdict
            if row.judged_revision == row.revision:  # else it waits for its verdict anyway
                self.finish()
                self._defers = False  # what it told before, others may depend on
                yield stored_item(row)

    def wait_for(self, articles: Iterable[Article]) -> None:
        """Note that items wait for their articles."""
        for article in articles:
            want(self._connection, article)

    def is_first(self, stored: StoredItem) -> bool:
        """Whether an item gets its first verdict, on which none hangs that was reached before."""
        return self._defers and stored.revision == 1

    def judged_stories(
        self, anchors: Collection[str], at: datetime, window: timedelta
    ) -> tuple[JudgedStory, ...]:
        """Return the stories of these anchors, told within `window` of `at`, that people judged."""
        if self._anything_judged is None:
            judged = select(stories.anything_judged())
            self._anything_judged = bool(self._connection.scalar(judged))
        if not anchors or not self._anything_judged:
            return ()
        rows = judgements.in_force(self._connection, stories.judged_near(anchors, at, window))
        near = stories.read(self._connection, sorted(rows), at)
        return tuple(JudgedStory(s, judgements.judgement(rows[s.id])) for s in near)

    def wrong_names(
        self, item_id: str, entity_ids: Collection[str], at: datetime, window: timedelta
    ) -> tuple[WrongName, ...]:
        """Return what people said of names of these entities, in an item or told near a time."""
        if not entity_ids or not self._is_taught():
            return ()
        return taught.wrong_names(self._connection, item_id, entity_ids, at, window)

    def apart(self, item_id: str) -> frozenset[str]:
        """Return the stories (their `part`) that a person said an item does not tell."""
        return taught.apart(self._connection, item_id) if self._is_taught() else frozenset()

    def told_with(self, story_id: str, at: datetime) -> Story | None:
        """Return the story that a new one is told with; None: none, as nobody joined it."""
        if not self._is_taught():
            return None
        found = taught.told_as(self._connection, story_id)
        return None if found == story_id else stories.read(self._connection, [found], at)[0]

    def _is_taught(self) -> bool:
        if self._anything_taught is None:
            self._anything_taught = taught.anything(self._connection)
        return self._anything_taught

    def teach(self, said: Judgement, names: Collection[str]) -> Judgement:
        """Record that something was misread; the items concerned are noted as unsettled.

        `names` are the folded names of a wrong entity. Raises JudgementError, NotFoundError.
        """
        made = judgements.add(self._connection, said)
        self.unsettle(teaching.teach(self._connection, made, names))
        self._anything_taught = None
        return made

    def take_back(self, judgement_id: int, by: str, at: datetime) -> Judgement:
        """Take a judgement back; the items concerned are noted as unsettled.

        Raises NotFoundError if it is not in force.
        """
        undone = judgements.take_back(self._connection, judgement_id, by, at)
        self.unsettle(teaching.unteach(self._connection, undone))
        return undone

    def standings(
        self,
        entity_ids: Collection[str],
        *,
        without_story: str | None,
        before: tuple[datetime, str] | None = None,
        recent: datetime | None = None,
    ) -> tuple[Standing, ...]:
        """Return what reports of other stories made of these entities' state.

        `before` is the time of an item's news, and its id: what was reported later is left out. Of
        what was reported before `recent` the first of each kind is returned.
        """
        return standings.read(self._connection, entity_ids, without_story, before, recent)

    def save(
        self,
        judged: Judged,
        anchors: Collection[str],
        moved: Sequence[Standing],
        at: datetime,
        names: Sequence[Sighting] = (),
    ) -> bool:
        """Store a verdict with all that follows from it; repeating it changes nothing.

        Returns whether what later items are compared with is now another: the item's story, or
        the standings that it moved.
        """
        if self._defers and plain.is_plain(judged) and not moved and not names:
            self._plain[judged.stored.item.id] = judged, at
            return False
        self._plain.pop(judged.stored.item.id, None)
        return self._save(judged, anchors, moved, at, names)

    def finish(self) -> None:
        """Store what was put off to the end of the transaction, as it is quicker together."""
        put_off, self._plain = self._plain, {}
        if not put_off:
            return
        told = plain.told(self._connection, [judged for judged, _ in put_off.values()])
        for item_id in told:
            judged, at = put_off.pop(item_id)
            self._save(judged, (), (), at, ())
        if put_off:
            plain.save(self._connection, list(put_off.values()))

    def _save(
        self,
        judged: Judged,
        anchors: Collection[str],
        moved: Sequence[Standing],
        at: datetime,
        names: Sequence[Sighting],
    ) -> bool:
        item_id, revision = judged.stored.item.id, judged.stored.revision
        again = self._save_assessment(judged, at)
        if names or again:
            save_sightings(self._connection, item_id, names, at, judged.judged_at)
        told = stories.leave(self._connection, item_id, revision, judged.story_id)
        if judged.story_id is not None:
            self._tell(judged, judged.story_id, anchors, at)
        changed = self._move(item_id, moved, at)
        return changed or told != ([judged.story_id] if judged.story_id else [])

    def _move(self, item_id: str, moved: Sequence[Standing], at: datetime) -> bool:
        """Replace the standings that an item brought; returns whether they are others."""
        s = t.standings.c
        key = (s.entity_id, s.track, s.rung, s.jurisdiction, s.story_id)
        wanted = select(*key).where(s.item_id == item_id)
        before = {tuple(row) for row in self._connection.execute(wanted)}
        after = {(m.entity_id, m.track, m.rung, m.jurisdiction, m.story_id) for m in moved}
        if before != after:
            self._connection.execute(delete(t.standings).where(s.item_id == item_id))
            rows = [asdict(standing) | {"item_id": item_id, "at": at} for standing in moved]
            if rows:
                self._connection.execute(insert(t.standings), rows)
        return before != after

    def _save_assessment(self, judged: Judged, at: datetime) -> bool:
        """Store the verdict; returns whether the item had one before."""
        item, assessment = judged.stored.item, judged.assessment
        key = {"item_id": item.id, "revision": judged.stored.revision}
        a, e = t.assessments.c, t.item_entities.c
        aside.take_up(self._connection, item.id)
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
            rows = [{"item_id": item.id, "entity_id": entity, "at": at} for entity in entities]
            self._connection.execute(insert(t.item_entities), rows)
        self._connection.execute(
            update(t.items)
            .where(t.items.c.id == item.id)
            .values(judged_revision=judged.stored.revision)
        )
        return before.rowcount > 0 or judged.stored.revision > 1

    def _tell(self, judged: Judged, story_id: str, anchors: Collection[str], at: datetime) -> None:
        item_id, assessment = judged.stored.item.id, judged.assessment
        stories.tell(self._connection, judged, story_id, anchors, at)
        if assessment.verdict.flagged:
            c = t.stories.c
            self._connection.execute(
                update(t.stories)
                .where(c.id == story_id, c.verdict.in_([Verdict.UNRELATED, Verdict.KNOWN]))
                .values(verdict=assessment.verdict)
            )
            development = {"id": story_id, "story_id": story_id, "item_id": item_id}
            stories.insert_missing(
                self._connection,
                t.developments,
                [development | {"created_at": judged.judged_at}],
            )


def _named(name: str) -> ColumnElement[bool]:
    """Say which items have this id, link or, if it is long enough, beginning of their id."""
    c = t.items.c
    named = (c.id == name) | (c.link == name)
    beginning = name.lower()
    if len(name) >= _PREFIX and set(beginning) <= set(hexdigits):
        named |= c.id.between(beginning, beginning + _LAST)  # an index finds it, whatever the case
    return named
