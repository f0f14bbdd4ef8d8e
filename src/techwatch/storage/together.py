"""Judging by several processes side by side, on PostgreSQL.

Items are taken by locks on their rows, which others skip and which end with the transaction, so
that what a process that died had in hand is free at once. Before stories and standings are read,
the transaction locks what the items are compared with: first what their stories are looked up by
and the entities they name, then the stories found, each kind at once and in order, so that no two
wait for each other. Items that name nothing and are off the topic need no lock.

Later items that an outcome may concern are written down as unsettled in the same transaction, and
are judged again in transactions of their own. Whoever notes an item and whoever judges it both
lock the story that it tells, so that a note is never lost.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from techwatch.storage import aside, locks, stories
from techwatch.storage import tables as t
from techwatch.storage.articles import not_waiting
from techwatch.storage.judging_transaction import Judging
from techwatch.storage.rows import items_with_feeds, stored_item

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection, Select

    from techwatch.model import StoredItem, Waiting
    from techwatch.storage.database import Database

    Looked = tuple[str, Collection[str], datetime]  # an item, its anchors, the time of its news

_ANCHOR, _STORY = "anchor", "story"


class TogetherStore:
    """Judging beside other processes, where the database lets them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def possible(self) -> bool:
        """Whether several processes may judge side by side."""
        return self._database.serves

    @contextmanager
    def judging(self) -> Iterator[Together]:
        """Give a transaction that takes items, locks what they are compared with, judges them."""
        with self._database.share(locks.Area.JUDGING) as connection:
            judging = Together(connection)
            yield judging
            judging.finish()
            judging.note_unsettled()

    def unsettled(self) -> int:
        """Count the items that are to be judged again."""
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(t.unsettled)) or 0

    def forget(self, item_id: str) -> None:
        """Take back that an item is to be judged again: it fails."""
        with self._database.share(locks.Area.JUDGING) as connection:
            connection.execute(delete(t.unsettled).where(t.unsettled.c.item_id == item_id))


class Together(Judging):
    """One transaction of judging beside others."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._settled: list[str] = []

    def take(
        self, most: int, without: Waiting, only: Collection[str] | None = None
    ) -> tuple[StoredItem, ...]:
        """Take items without a verdict that nobody else has in hand, the earliest news first."""
        i = t.items.c
        wanted = (
            items_with_feeds()
            .where(i.judged_revision < i.revision, *aside.left_out(without))
            .where(not_waiting(without.now))
            .order_by(func.coalesce(i.published, i.first_seen_at), i.id)
        )
        return self._take(wanted, most, only)

    def take_unsettled(
        self, most: int, only: Collection[str] | None = None
    ) -> tuple[StoredItem, ...]:
        """Take items that are to be judged again and that nobody has in hand, earliest first.

        Of a title alone an item might get another verdict: whose text is gone keeps the one it has.
        """
        self._defers = False  # what they told before, others may depend on
        u, i = t.unsettled.c, t.items.c
        gone = select(i.id).where(i.id == u.item_id, i.text_gone_at.is_not(None))
        self._connection.execute(delete(t.unsettled).where(gone.exists()))
        wanted = items_with_feeds().join(t.unsettled, u.item_id == i.id)
        wanted = wanted.where(i.judged_revision == i.revision)  # else it waits for its verdict
        return self._take(wanted.order_by(u.at, u.item_id), most, only)

    def _take(
        self, wanted: Select[tuple[object, ...]], most: int, only: Collection[str] | None
    ) -> tuple[StoredItem, ...]:
        if only is not None:
            wanted = wanted.where(t.items.c.id.in_(list(only)))
        # Rows that refer to these may still be written.
        held = wanted.limit(most).with_for_update(skip_locked=True, key_share=True, of=t.items)
        return tuple(stored_item(row) for row in self._connection.execute(held))

    def lock(self, looked: Sequence[Looked], entities: Collection[str], window: timedelta) -> None:
        """Lock what some items are compared with, before any of it is read.

        Args:
            looked: the items, with the anchors of their stories and the times of their news.
            entities: that they name, whose standings they read and may move.
            window: how far from an item's time its stories may be told.
        """
        anchors = {anchor for _, names, _ in looked for anchor in names} | set(entities)
        self._lock(_ANCHOR, anchors)
        told = t.story_items.c
        own = select(told.story_id).where(told.item_id.in_([item_id for item_id, _, _ in looked]))
        found = set(self._connection.scalars(own)) if looked else set()
        for item_id, names, at in looked:
            if names:
                found |= set(stories.candidate_ids(self._connection, names, at, window, item_id))
        self._lock(_STORY, found)

    def _lock(self, kind: str, names: Collection[str]) -> None:
        if names:
            parts = locks.parts_of(kind, names)
            self._connection.execute(locks.taking(locks.Area.JUDGING, parts))

    def settle(self, item_id: str) -> None:
        """Note that an item is being judged again now."""
        self._settled.append(item_id)
        self._unsettled.pop(item_id, None)

    def note_unsettled(self) -> None:
        """Write down which items are to be judged again, in place of those that were."""
        u = t.unsettled.c
        if self._settled:
            self._connection.execute(delete(t.unsettled).where(u.item_id.in_(self._settled)))
        rows = [{"item_id": key, "at": at} for key, at in sorted(self._unsettled.items())]
        stories.insert_missing(self._connection, t.unsettled, rows)
