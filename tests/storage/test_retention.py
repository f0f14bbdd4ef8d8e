"""What is dropped for its age, on both databases: the same rows, whoever else writes meanwhile."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from tests.databases import on_both

from techwatch import pruning
from techwatch.errors import NotFoundError
from techwatch.model import Assessment, Pruned, Verdict
from techwatch.storage import Store
from techwatch.storage import tables as t
from techwatch.storage.locks import Area
from techwatch.storage.retention_settings import RetentionSettings

from .samples import FEED, NOW, item, judged, outcome

pytestmark = on_both

MANY = 3 * pruning.BATCH
LATER = NOW + timedelta(days=31)
KEPT = RetentionSettings()
PLAIN = Assessment(Verdict.UNRELATED, 0.0, "", model_version="1")


@pytest.fixture
def old(store: Store) -> Store:
    """Many items that match nothing, two that tell a story and one that waits."""
    store.feeds.watch([FEED], NOW)
    news = [item(n, f"EU fines TikTok {n}") for n in (1, 2)]
    noise = [item(n, f"Apple pie, part {n}") for n in range(10, 10 + MANY)]
    store.feeds.record(outcome(*news, *noise), NOW)
    first = news[0].id
    with store.judging.judging() as judging:
        for stored in store.judging.unjudged(MANY + 2):
            told = judged(stored, "s", opens=stored.item.id == first)
            if stored.item not in news:
                told = replace(told, assessment=PLAIN, story_id=None, opens_story=False)
            judging.save(told, ["tiktok"] if told.story_id else [], [], NOW)
    store.feeds.record(outcome(item(3)), NOW)
    return store


def prune(store: Store, days: float = 31, *, dry_run: bool = False) -> Pruned:
    now = NOW + timedelta(days=days)
    return pruning.prune(store, KEPT, now, dry_run=dry_run, rest=lambda _: None)


def held(store: Store) -> dict[str, int]:
    with store.database.read() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (t.items, t.assessments, t.dropped_items, t.story_items)
        }


def test_what_matches_nothing_is_dropped_and_known_again(old: Store) -> None:
    would = prune(old, dry_run=True)
    did = prune(old)
    assert did == would
    assert (did.items, did.texts) == (MANY, 0)
    assert did.bytes > MANY * len("Apple pie, part 1")
    assert held(old) == {"items": 3, "assessments": 2, "dropped_items": MANY, "story_items": 2}
    size = old.retention.size()
    assert (size.items, size.dropped_items, size.items_without_text) == (3, MANY, 0)
    assert size.bytes > 0
    with pytest.raises(NotFoundError, match=r"retention\.unrelated_days"):
        old.judging.item(item(10, "Apple pie, part 10").id[:9])
    again = old.feeds.record(outcome(*(item(n, f"Apple pie, part {n}") for n in (10, 11))), LATER)
    assert (again.new, again.revised) == (0, 0)
    changed = old.feeds.record(outcome(item(10, "Another pie")), LATER)
    assert (changed.new, changed.revised) == (0, 1)
    assert old.judging.headlines(item(10).id) == ("Another pie",)
    assert prune(old) == Pruned()


def test_old_texts_go_and_titles_stay(old: Store) -> None:
    assert prune(old, 401).texts == 2
    stored = old.judging.item(item(1).id)
    assert (stored.item.title, stored.item.summary) == ("EU fines TikTok 1", "")
    assert old.retention.size().items_without_text == 2
    assert prune(old, 402) == Pruned()
    old.retention.vacuum()
    assert held(old)["items"] == 3


def test_of_two_prunes_at_once_each_item_is_dropped_by_one(old: Store, database_url: str) -> None:
    with closing(Store.open(database_url)) as other, ThreadPoolExecutor() as pool:
        ready = threading.Barrier(2)

        def run(store: Store) -> Pruned:
            ready.wait()
            return prune(store)

        one, two = pool.map(run, (old, other))
    assert one.items + two.items == MANY
    assert held(old)["dropped_items"] == MANY
    counted = select(func.sum(t.dropped_counts.c.seen))
    with old.database.read() as connection:
        assert connection.scalar(counted) == MANY


@pytest.mark.parametrize("area", [Area.FEEDS, Area.JUDGING])
def test_nobody_polls_or_judges_while_items_are_dropped(
    old: Store, database_url: str, area: Area
) -> None:
    page = old.retention.unmatched(LATER, None, 10)
    with closing(Store.open(database_url)) as other, ThreadPoolExecutor() as pool:
        with other.database.write(area, ["tiktok"]) as connection:
            dropping = pool.submit(old.retention.drop_items, page, LATER)
            told = t.items.c.id == page[0].id
            connection.execute(t.items.update().where(told).values(revision=2))
            with pytest.raises(TimeoutError):
                dropping.result(0.5)
        assert dropping.result(20).items == len(page) - 1  # one was changed meanwhile
