from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.databases import on_both

from techwatch.errors import NotFoundError
from techwatch.model import Assessment, Judged, Standing, Verdict

from .samples import FEED, NOW, assessment, item, judged, outcome

if TYPE_CHECKING:
    from techwatch.model import StoredItem
    from techwatch.storage import Store

pytestmark = on_both

STANDING = Standing("tiktok", "coercion", "fined", "eu", "2026-03-01", "EU fines", "Harbour", "s1")
WEEK = timedelta(days=7)


@pytest.fixture
def stored(store: Store) -> tuple[StoredItem, ...]:
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(item(1), item(2, "TikTok fined by EU")), NOW)
    return store.judging.unjudged(10)


def test_a_verdict_comes_back_with_all_its_evidence(
    store: Store, stored: tuple[StoredItem, ...]
) -> None:
    with store.judging.judging() as judging:
        judging.save(judged(stored[0], "s1"), ["tiktok"], [STANDING], NOW)
    found = store.judging.assessment(stored[0].item.id)
    assert found == (assessment(), "s1")
    assert store.judging.unjudged(10) == stored[1:]
    assert store.judging.mentioning("tiktok", 5) == (1, (stored[0],))


def test_a_story_is_found_by_its_anchor_within_its_window(
    store: Store, stored: tuple[StoredItem, ...]
) -> None:
    with store.judging.judging() as judging:
        judging.save(judged(stored[0], "s1"), ["tiktok"], [], NOW)
        judging.save(judged(stored[1], "s1", opens=False), ["tiktok"], [], NOW + WEEK / 7)
        [story] = judging.open_stories(["tiktok", "bytedance"], NOW + WEEK, WEEK)
        assert [telling.item_id for telling in story.tellings] == [s.item.id for s in stored]
        assert story.verdict is Verdict.ESCALATING
        assert judging.open_stories(["huawei"], NOW, WEEK) == ()
        assert judging.open_stories(["tiktok"], NOW + 3 * WEEK, WEEK) == ()
    assert store.judging.story("s1") == story


def test_an_item_s_own_story_does_not_count_against_it(
    store: Store, stored: tuple[StoredItem, ...]
) -> None:
    with store.judging.judging() as judging:
        judging.save(judged(stored[0], "s1"), ["tiktok"], [STANDING], NOW)
        assert judging.standings(["tiktok"], without_story=None) == (STANDING,)
        assert judging.standings(["tiktok"], without_story="s1") == ()
        assert judging.standings(["huawei"], without_story=None) == ()


def test_judging_an_item_twice_stores_it_once(store: Store, stored: tuple[StoredItem, ...]) -> None:
    for _ in range(2):
        with store.judging.judging() as judging:
            judging.save(judged(stored[0], "s1"), ["tiktok"], [STANDING], NOW)
    assert store.judging.standings(["tiktok"]) == (STANDING,)
    assert len(store.judging.story("s1").tellings) == 1
    assert len(store.digests.untold("daily", NOW)) == 1


def test_a_transaction_that_fails_leaves_nothing(
    store: Store, stored: tuple[StoredItem, ...]
) -> None:
    def fail() -> None:
        with store.judging.judging() as judging:
            judging.save(judged(stored[0], "s1"), ["tiktok"], [STANDING], NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert store.judging.unjudged(10) == stored
    assert store.judging.standings(["tiktok"]) == ()


def test_items_are_found_by_id_beginning_and_link(
    store: Store, stored: tuple[StoredItem, ...]
) -> None:
    one = stored[0]
    assert one.item.link is not None
    for name in (one.item.id, one.item.id[:8], one.item.link):
        assert store.judging.item(name) == one
    for name in ("nothing", one.item.id[:3], "%%%%%%"):
        with pytest.raises(NotFoundError):
            store.judging.item(name)


def test_verdicts_of_unrelated_items_come_back_though_stored_together(
    store: Store, stored: tuple[StoredItem, ...]
) -> None:
    unrelated = replace(assessment(Verdict.UNRELATED, 0.0), event=None)
    with store.judging.judging() as judging:
        for one in stored:
            plain = replace(judged(one, None, opens=False), assessment=unrelated)
            assert not judging.save(plain, [], [], NOW)
    assert store.judging.unjudged(10) == ()
    for one in stored:
        assert store.judging.assessment(one.item.id) == (unrelated, None)
    count, mentioning = store.judging.mentioning("tiktok", 5)
    assert (count, set(mentioning)) == (2, set(stored))


def unrelated(stored: StoredItem) -> Judged:
    nothing = Assessment(Verdict.UNRELATED, 0.0, "Nobody is named.", model_version="1")
    return Judged(stored, nothing, None, opens_story=False, judged_at=NOW)


def test_verdicts_on_items_that_match_nothing_are_stored_with_their_transaction(
    store: Store, stored: tuple[StoredItem, ...]
) -> None:
    for _ in range(2):
        with store.judging.judging() as judging:
            judging.save(unrelated(stored[0]), (), (), NOW)
            judging.save(judged(stored[1], "s1"), ["tiktok"], [], NOW)
    assert store.judging.unjudged(10) == ()
    found = store.judging.assessment(stored[0].item.id)
    assert found == (unrelated(stored[0]).assessment, None)
    assert store.overview.counts(None, NOW).by_verdict == {
        Verdict.UNRELATED: 1,
        Verdict.ESCALATING: 1,
    }


def test_an_item_that_told_a_story_and_matches_nothing_now_leaves_it(
    store: Store, stored: tuple[StoredItem, ...]
) -> None:
    with store.judging.judging() as judging:
        judging.save(judged(stored[0], "s1"), ["tiktok"], [STANDING], NOW)
    with store.judging.judging() as judging:
        judging.save(unrelated(stored[0]), (), (), NOW)
    assert store.judging.story("s1").tellings == ()
    assert store.judging.standings(["tiktok"]) == ()
    assert store.judging.mentioning("tiktok", 5) == (0, ())
    assert store.judging.assessment(stored[0].item.id) == (unrelated(stored[0]).assessment, None)


def test_the_last_verdict_of_a_transaction_counts(
    store: Store, stored: tuple[StoredItem, ...]
) -> None:
    with store.judging.judging() as judging:
        judging.save(unrelated(stored[0]), (), (), NOW)
        judging.save(judged(stored[0], "s1"), ["tiktok"], [], NOW)
    assert store.judging.assessment(stored[0].item.id) == (assessment(), "s1")
