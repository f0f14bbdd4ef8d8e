"""One transaction of judging: what an item is compared with is read, its outcome stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from techwatch.model import Judged, JudgedStory
from techwatch.storage import judgements, outcomes, plain, standings, stories, taught, teaching
from techwatch.storage import tables as t
from techwatch.storage.articles import want
from techwatch.storage.rows import items_with_feeds, stored_item
from techwatch.storage.sighted import save_sightings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

    from techwatch.model import Article, Judgement, Sighting, Standing, StoredItem, Story, WrongName

_MOST_SETTLED = 2000  # items judged again in one transaction: bounded, and far more than there are


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
            outcomes.tell(self._connection, judged, judged.story_id, anchors, at)
        changed = outcomes.move(self._connection, item_id, moved, at)
        return changed or told != ([judged.story_id] if judged.story_id else [])

    def _save_assessment(self, judged: Judged, at: datetime) -> bool:
        """Store the verdict; returns whether the item had one before."""
        return outcomes.save_assessment(self._connection, judged, at)
