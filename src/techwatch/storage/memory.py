"""A store in memory for judging an archive: gone when the archive is judged."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import update

from techwatch.storage import forgetting
from techwatch.storage import tables as t
from techwatch.storage.database import Database
from techwatch.storage.feeds import add_items, keep_feed, revise_item
from techwatch.storage.judging_transaction import Judging

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from techwatch.model import Judged, JudgedStory, Sighting, Standing, StoredItem

Remembering = AbstractContextManager[Judging]
_YEAR = timedelta(days=366)  # within which the step before is looked for


@contextmanager
def remembering() -> Iterator[Sparing]:
    """Give judging on an empty store that keeps only what later items are compared with."""
    database = Database.in_memory()
    try:
        with database.write() as connection:
            yield Sparing(connection)
    finally:
        database.close()


class Sparing(Judging):
    """Judging that leaves no row of what nothing is ever compared with: most items of a stream."""

    _defers = False  # most of them are not stored at all
    keeps_names = False

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._feeds: set[str] = set()
        self._items: dict[str, int] = {}  # id: the newest text that is kept

    def save(
        self,
        judged: Judged,
        anchors: Collection[str],
        moved: Sequence[Standing],
        at: datetime,
        names: Sequence[Sighting] = (),
    ) -> bool:
        """Store what follows from a verdict, and its item, where anything follows; no names."""
        del names
        if judged.story_id is not None or moved or judged.stored.item.id in self._items:
            self._keep(judged.stored)
            return super().save(judged, anchors, moved, at)
        return False

    def forget(self, now: datetime, window: timedelta, kept: Collection[str]) -> None:
        """Drop what items from `now` on are not compared with, if they come in the order of time.

        Args:
            now: the time of the news; earlier items come no more.
            window: how far back stories and repeated steps are looked for.
            kept: ids of items that may come again with another text.
        """
        forgetting.forget(self._connection, now - max(window, _YEAR), now - window, kept)

    def held(self) -> dict[str, int]:
        """Count the rows that are held, by table."""
        return forgetting.held(self._connection)

    def judged_stories(
        self, anchors: Collection[str], at: datetime, window: timedelta
    ) -> tuple[JudgedStory, ...]:
        """Return none: nobody has judged what is only replayed."""
        del anchors, at, window
        return ()

    def _save_assessment(self, judged: Judged, at: datetime) -> bool:
        """Note that the item is judged; its evidence is handed on, not stored."""
        del at
        own = update(t.items).where(t.items.c.id == judged.stored.item.id)
        self._connection.execute(own.values(judged_revision=judged.stored.revision))
        return False

    def _keep(self, stored: StoredItem) -> None:
        item, feed = stored.item, stored.feed
        if feed.url not in self._feeds:
            keep_feed(self._connection, feed, stored.first_seen_at)
            self._feeds.add(feed.url)
        if item.id not in self._items:
            add_items(self._connection, [item], stored.first_seen_at)
            self._items[item.id] = 1
        if stored.revision > self._items[item.id]:  # not when it is judged again
            self._items[item.id] = stored.revision
            revise_item(self._connection, item, stored.revision, stored.seen_at)
