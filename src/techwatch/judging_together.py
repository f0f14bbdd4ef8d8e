"""Judging by several processes on one database: the step `judge` of the pipeline, side by side.

A process takes some items, reads what they say, and then, with what they are compared with locked,
judges them as one process would. What that unsettles is judged again afterwards, by whoever comes
to it. In the end every item has the verdict that one process gives it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from techwatch.errors import StorageError
from techwatch.model import Verdict, Waiting
from techwatch.pipeline import (
    JUDGING_BATCH,
    judge_each,
    judge_reading,
    put_aside,
    taught,
    wanted_articles,
)
from techwatch.storage.conflicts import repeated

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from techwatch.assessment.reading import Reading
    from techwatch.feeds.article_settings import ArticleSettings
    from techwatch.judging import Judge
    from techwatch.model import Judged, Mention, StoredItem
    from techwatch.storage import Store
    from techwatch.storage.together import Together

    Clock = Callable[[], datetime]
    Read = list[tuple[StoredItem, tuple[Mention, ...]]]

_SETTLED = 20  # items judged again in one transaction: all of them lock something
_ROUNDS = 10  # of new items, until those that were unsettled meanwhile are judged again


def judge_together(
    store: Store,
    by: Judge,
    clock: Clock,
    told: Callable[[Judged], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    reading: ArticleSettings | None = None,
) -> Counter[Verdict]:
    """Give items without a verdict their own, beside others who do the same; see `judge`.

    Returns how many got which here. Items that others have in hand are left to them.
    """
    counts: Counter[Verdict] = Counter()
    bench = Bench(store, by, clock, reading)
    more = True
    while more and not stop():
        for _ in range(_ROUNDS):
            judged = bench.judge_some()
            more = bool(bench.taken)
            for one in judged:
                counts[one.assessment.verdict] += 1
                told(one)
            if stop() or not more:
                break
        bench.settle(stop)
    return counts


@dataclass
class Bench:
    """What judging needs, and the items that it has in hand."""

    store: Store
    by: Judge
    clock: Clock
    settings: ArticleSettings | None = None
    taken: Sequence[StoredItem] = field(default=(), init=False)

    def judge_some(self) -> list[Judged]:
        """Take some items and judge them; those that fail are set aside."""
        try:
            return repeated(self._judge)
        except StorageError:
            raise
        except Exception:  # noqa: BLE001 - one of them: each is judged alone
            return self._singly(self.taken)

    def _judge(self, only: Collection[str] | None = None) -> list[Judged]:
        self.taken = ()
        with self.store.together.judging() as judging:
            waiting = Waiting(self.by.assessor.model_version, self.clock())
            self.taken = judging.take(JUDGING_BATCH, waiting, only)
            found = self._mentions(self.taken)
            wanted = (
                wanted_articles(found, self.by, self.settings, self.clock())
                if self.settings
                else {}
            )
            judging.wait_for(wanted.values())
            read = self._readings([pair for pair in found if pair[0].item.id not in wanted])
            read = [(one, taught(one, found, self.by, judging)) for one, found in read]
            self._lock(read, judging)
            return [self._reach(stored, reading, judging) for stored, reading in read]

    def _singly(self, items: Sequence[StoredItem]) -> list[Judged]:
        done = judge_each(items, self._alone, self.store, self.by, self.clock)
        self.taken = items
        return done

    def _alone(self, stored: StoredItem) -> list[Judged]:
        return repeated(partial(self._judge, [stored.item.id]))

    # ------------------------------------------------------------------ those judged before

    def settle(self, stop: Callable[[], bool] = lambda: False) -> None:
        """Judge again what may have another verdict by now, until nothing is left to this process.

        An item that fails keeps the verdict it has, and is set aside.
        """
        more = True
        while more and not stop():
            try:
                repeated(self._settle)
            except StorageError:
                raise
            except Exception:  # noqa: BLE001 - one of them
                self._settle_singly(self.taken)
            more = bool(self.taken)

    def _settle(self, only: Collection[str] | None = None) -> None:
        self.taken = ()
        with self.store.together.judging() as judging:
            self.taken = judging.take_unsettled(_SETTLED, only)
            read = self._readings(self._mentions(self.taken))
            read = [(one, taught(one, found, self.by, judging)) for one, found in read]
            self._lock(read, judging)
            for stored, reading in read:
                judging.settle(stored.item.id)
                self._reach(stored, reading, judging)

    def _settle_singly(self, items: Sequence[StoredItem]) -> None:
        for stored in items:
            try:
                repeated(partial(self._settle, [stored.item.id]))
            except StorageError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, it is this item's
                self.store.together.forget(stored.item.id)
                put_aside(self.store, stored, error, self.by, self.clock())
        self.taken = items

    # ------------------------------------------------------------------ inside

    def _mentions(self, items: Sequence[StoredItem]) -> Read:
        return [(stored, self.by.mentions(stored.item, stored.feed.tags)) for stored in items]

    def _readings(self, found: Read) -> list[tuple[StoredItem, Reading]]:
        return [(stored, self.by.read(stored.item, mentions)) for stored, mentions in found]

    def _lock(self, read: Sequence[tuple[StoredItem, Reading]], judging: Together) -> None:
        """Lock what the items are compared with; those off the topic are compared with nothing."""
        looked = [
            (stored.item.id, reading.anchors, stored.item.published or stored.first_seen_at)
            for stored, reading in read
            if reading.anchors or reading.entity_ids or stored.revision > 1
        ]
        entities = {entity for _, reading in read for entity in reading.entity_ids}
        if looked:
            judging.lock(looked, entities, self.by.story_window)

    def _reach(self, stored: StoredItem, reading: Reading, judging: Together) -> Judged:
        return judge_reading(stored, reading, self.by, judging, self.clock())
