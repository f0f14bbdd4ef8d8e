"""What people said of stories is looked up by their anchors, at the same cost among many."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.storage.samples import FEED, NOW

from techwatch.storage import tables as t

if TYPE_CHECKING:
    from techwatch.storage import Store

WEEK = timedelta(days=7)
ANCHORS = ("tiktok", "word:w7")


def _judge(store: Store, start: int, stop: int) -> None:
    """Store stories that people rejected, all told within a week: one in fifty of this anchor."""
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in _TABLES}
    for n in range(start, stop):
        one, at = f"{n:016x}", NOW - WEEK * (n / 40_000)
        rows["items"].append(
            {"id": one, "feed_url": FEED.url, "identity": one, "title": f"Story {n}", "summary": ""}
            | {"body": "", "published": at, "language": "en", "content_hash": one, "revision": 1}
            | {"first_seen_at": at, "seen_at": at, "judged_revision": 1}
        )
        rows["stories"].append(
            {"id": one, "entity_ids": [], "verdict": "novel", "first_at": at, "last_at": at}
        )
        own = {"story_id": one, "item_id": one, "at": at}
        rows["story_items"].append(own | {"revision": 1, "signs": "{}"})
        rows["story_anchors"].append(own | {"anchor": f"word:w{n % 5000}", "judged": True})
        rows["judgements"].append(own | {"decision": "reject", "note": "no", "by": "kari"})
    with store.database.write() as connection:
        for name, values in rows.items():
            connection.execute(t.metadata.tables[name].insert(), values)


_TABLES = ("items", "stories", "story_items", "story_anchors", "judgements")


def _operations(store: Store) -> tuple[int, int]:
    """Count hundreds of operations of SQLite's machine for one look-up, and what it finds."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    with store.judging.judging() as judging:
        judging.judged_stories(ANCHORS, NOW, WEEK)  # caches filled
        raw = judging._connection.connection.driver_connection
        assert raw is not None
        raw.set_progress_handler(count, 100)
        found = judging.judged_stories(ANCHORS, NOW, WEEK)
        raw.set_progress_handler(None, 0)
    return counted, len(found)


def test_what_was_said_is_found_at_the_same_cost_among_tens_of_thousands(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    _judge(store, 0, 2000)
    few, of_few = _operations(store)
    _judge(store, 5_000, 10_000)
    _judge(store, 10_000, 40_000)
    many, of_many = _operations(store)
    assert (of_few, of_many) == (1, 8)
    assert many < few + 8 * 20  # what it finds costs, and nothing else
