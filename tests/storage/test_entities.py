from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.databases import on_both

from techwatch.model import Decision, Judgement, Standing

from .samples import FEED, NOW, item, judged, outcome

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.model import EntityDevelopment
    from techwatch.storage import Store

pytestmark = on_both

WEEK = timedelta(weeks=1)


def tell(store: Store, number: int, at: datetime, *entities: str, moves: bool = False) -> str:
    """Let an item tell a story of its own that concerns these entities; returns its story."""
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(replace(item(number), published=at)), NOW)
    [stored] = store.judging.unjudged(5)
    story_id = f"{number:016x}"
    verdict = judged(stored, story_id)
    [mention] = verdict.assessment.mentions
    mentions = tuple(replace(mention, entity_id=entity) for entity in entities)
    verdict = replace(verdict, assessment=replace(verdict.assessment, mentions=mentions))
    moved = [
        Standing(one, "coercion", "fined", "eu", at.date().isoformat(), "A fine.", "", story_id)
        for one in (entities if moves else ())
    ]
    with store.judging.judging() as judging:
        judging.save(verdict, entities, moved, at)
    return story_id


def test_mentions_are_counted_by_week(store: Store) -> None:
    for number, weeks in enumerate((0, 0, 2, 5)):
        tell(store, number, NOW + weeks * WEEK + timedelta(days=1), "tiktok")
    tell(store, 9, NOW + 2 * WEEK - timedelta(microseconds=1), "huawei", "tiktok")
    assert store.entities.weekly("tiktok", NOW, 4) == (2, 1, 1, 0)
    assert store.entities.weekly("zte", NOW, 2) == (0, 0)


def test_those_in_the_same_items_are_counted(store: Store) -> None:
    tell(store, 1, NOW, "tiktok", "huawei", "zte")
    tell(store, 2, NOW, "tiktok", "huawei")
    tell(store, 3, NOW - WEEK, "tiktok", "zte")
    tell(store, 4, NOW, "huawei", "zte")
    assert store.entities.beside("tiktok", NOW, 5) == (("huawei", 2), ("zte", 1))
    assert store.entities.beside("tiktok", NOW - WEEK, 1) == (("huawei", 2),)


def test_developments_are_given_newest_first_and_page_by_page(store: Store) -> None:
    told = [tell(store, n, NOW - (n % 3) * WEEK, "tiktok") for n in range(7)]
    tell(store, 8, NOW, "huawei")
    whole = store.entities.developments("tiktok", 20)
    assert sorted(one.story_id for one in whole) == sorted(told)
    assert [one.at for one in whole] == sorted((one.at for one in whole), reverse=True)
    found: list[EntityDevelopment] = []
    after = None
    while page := store.entities.developments("tiktok", 2, after):
        found += page
        after = page[-1].at, page[-1].story_id
    assert tuple(found) == whole


def test_a_development_says_what_people_said_of_it(store: Store) -> None:
    story_id = tell(store, 1, NOW, "tiktok")
    said = Judgement(0, item(1).id, story_id, Decision.REJECT, "", "somebody", NOW)
    store.judgements.record(said, (), NOW)
    [one] = store.entities.developments("tiktok", 5)
    assert one.decision is Decision.REJECT


def test_the_first_on_each_rung_is_told_with_its_publisher(store: Store) -> None:
    first = tell(store, 1, NOW, "tiktok", moves=True)
    second = tell(store, 2, NOW + WEEK, "tiktok", moves=True)
    [one] = store.entities.reached("tiktok")
    assert (one.standing.story_id, one.publisher, one.link) == (first, "Harbour", item(1).link)
    said = Judgement(0, item(1).id, first, Decision.REJECT, "", "somebody", NOW)
    store.judgements.record(said, (), NOW)
    [one] = store.entities.reached("tiktok")
    assert one.standing.story_id == second
    late = tell(store, 3, NOW - WEEK, "tiktok", moves=True)  # judged last, but told first
    [one] = store.entities.reached("tiktok")
    assert one.standing.story_id == late
