from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.databases import on_both

from techwatch.model import Feed

from .samples import NOW, item, judged, outcome

if TYPE_CHECKING:
    from techwatch.storage import Store

pytestmark = on_both

NAMES = {"tiktok": "TikTok"}
DAY = timedelta(days=1)


def _told(store: Store, number: int, days_ago: int, story_id: str | None = None) -> None:
    """Let a publisher of its own tell of TikTok."""
    feed = Feed(f"https://p{number}.example/feed", f"Publisher {number}", "en")
    store.feeds.watch([feed], NOW)
    one = replace(item(number, feed=feed), published=NOW - days_ago * DAY)
    store.feeds.record(outcome(one, feed=feed), NOW)
    [stored] = store.judging.unjudged(5)
    with store.judging.judging() as judging:
        judging.save(judged(stored, story_id), ["tiktok"], [], NOW - days_ago * DAY)


def test_a_burst_is_counted_by_publisher_and_day(store: Store) -> None:
    _told(store, 1, 20)
    for number in range(2, 7):
        _told(store, number, number % 2)
    [burst] = store.bursts.between(NOW - DAY, NOW, NAMES)
    assert (burst.counts, burst.publishers, burst.known_event) == ((2, 3), 5, False)
    assert store.bursts.between(NOW - DAY, NOW, NAMES) == (burst,)
    assert store.bursts.between(NOW - DAY, NOW, {"huawei": "Huawei"}) == ()
    assert store.bursts.between(NOW - 9 * DAY, NOW - 8 * DAY, NAMES) == ()


def test_a_burst_says_whether_a_story_explains_it(store: Store) -> None:
    for number in range(1, 6):
        _told(store, number, 0, "s1" if number == 1 else None)
    [burst] = store.bursts.between(NOW, NOW, NAMES)
    assert burst.known_event
