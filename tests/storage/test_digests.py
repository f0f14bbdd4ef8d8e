from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.databases import on_both
from tests.digests.samples import development

from techwatch.digests.render import render
from techwatch.errors import LedgerError, NotFoundError
from techwatch.model import (
    Coverage,
    DeliveryState,
    Digest,
    DigestGroup,
    OtherSource,
    RenderedDigest,
)

from .samples import FEED, NOW, item, judged, outcome

if TYPE_CHECKING:
    from techwatch.model import StoredItem
    from techwatch.storage import Store

pytestmark = on_both

LEDGER = [("email", "a@example.org", "<1@x>"), ("email", "b@example.org", "<2@x>")]
RENDERED = RenderedDigest("daily", NOW, "Subject", "<p>华为</p>", "华为", "{}")


def digest() -> Digest:
    coverage = Coverage((), 0, 0, {})
    return Digest("daily", "Daily", NOW, None, NOW, "Subject", "", (), coverage)


def save(store: Store) -> None:
    store.digests.save(digest(), RENDERED, LEDGER, NOW, scheduled=True)


def test_slots_count_from_when_an_edition_was_first_watched(store: Store) -> None:
    assert store.digests.last_slot("daily", NOW) is None
    store.digests.watch(["daily"], NOW - timedelta(days=1))
    store.digests.watch(["daily"], NOW)
    assert store.digests.last_slot("daily", NOW) == NOW - timedelta(days=1)
    save(store)
    assert store.digests.last_slot("daily", NOW) == NOW
    assert store.digests.last_until("daily", NOW) == NOW


def test_what_was_composed_while_the_clock_was_ahead_is_not_the_last(store: Store) -> None:
    store.digests.watch(["daily"], NOW - timedelta(days=2))
    save(store)
    earlier = NOW - timedelta(hours=1)
    assert store.digests.last_slot("daily", earlier) == NOW - timedelta(days=2)
    assert store.digests.last_until("daily", earlier) is None


def test_a_slot_is_frozen_once(store: Store) -> None:
    store.digests.watch(["daily"], NOW)
    save(store)
    assert store.digests.rendered("daily", NOW) == replace(RENDERED, composed_at=NOW)
    with pytest.raises(LedgerError, match="composed meanwhile"):
        save(store)
    assert len(store.ledger.due(NOW)) == 2


def test_what_was_composed_is_listed_newest_first(store: Store) -> None:
    store.digests.watch(["daily"], NOW)
    save(store)
    [issue] = store.digests.issues("daily")
    assert (issue.slot, issue.subject, issue.scheduled) == (NOW, "Subject", True)
    assert issue.states == {DeliveryState.DUE: 2}
    assert store.digests.issues("weekly") == ()
    assert store.digests.latest("daily", 5) == (replace(RENDERED, composed_at=NOW),)


def test_an_untold_story_brings_its_items_with_their_first_headline(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(item(1, "Draft"), item(2)), NOW)
    store.feeds.record(outcome(item(1, "Adopted")), NOW)
    with store.judging.judging() as judging:
        for number, stored in enumerate(store.judging.unjudged(10)):
            judging.save(judged(stored, "s1", opens=number == 0), ["tiktok"], [], NOW)
    [untold] = store.digests.untold("daily", NOW)
    assert {report.earlier_title for report in untold.reports} == {"Draft", None}
    assert store.digests.untold("daily", NOW + timedelta(seconds=1)) == ()


def place(store: Store, stored: StoredItem, story_id: str, *, opens: bool = False) -> None:
    with store.judging.judging() as judging:
        judging.save(judged(stored, story_id, opens=opens), ["tiktok"], [], NOW)


def tell(store: Store, by: str, *others: str, hour: int = 0) -> None:
    """Tell story s1 by an item, with others beside it."""
    beside = tuple(OtherSource("P", "T", None, "en", None, item_id=other) for other in others)
    told = replace(development("s1"), item_id=by, others=beside)
    group = DigestGroup(None, "Others", None, (told,))
    made = replace(digest(), slot=NOW + timedelta(hours=hour), groups=(group,))
    store.digests.save(made, render(made), (), NOW, scheduled=True)


def two_items(store: Store) -> tuple[StoredItem, StoredItem]:
    store.digests.watch(["daily"], NOW)
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(item(1), item(2)), NOW)
    first, second = store.judging.unjudged(10)
    return first, second


def test_a_story_is_told_again_that_news_took_over_which_nobody_saw(store: Store) -> None:
    told, late = two_items(store)
    place(store, told, "s1", opens=True)
    tell(store, told.item.id)
    place(store, late, "s1")
    assert store.digests.untold("daily", NOW) == ()  # one more telling of what was told
    place(store, told, "s2", opens=True)
    found = {one.story.id: one.reports for one in store.digests.untold("daily", NOW)}
    assert {story: [r.stored.item.id for r in reports] for story, reports in found.items()} == {
        "s1": [late.item.id],
        "s2": [told.item.id],
    }
    tell(store, late.item.id, hour=1)
    assert [one.story.id for one in store.digests.untold("daily", NOW)] == ["s2"]
    with pytest.raises(LedgerError, match="told of a development meanwhile"):
        tell(store, late.item.id, hour=2)


def test_a_story_stays_told_by_an_item_that_stood_beside(store: Store) -> None:
    told, beside = two_items(store)
    place(store, told, "s1", opens=True)
    place(store, beside, "s1")
    tell(store, told.item.id, beside.item.id)
    place(store, told, "s2", opens=True)
    assert [one.story.id for one in store.digests.untold("daily", NOW)] == ["s2"]


def test_digests_are_listed_page_by_page(store: Store) -> None:
    slots = [NOW - timedelta(days=n) for n in range(3)]
    store.digests.watch(["daily", "weekly"], NOW)
    for slot in slots:
        for name in ("weekly", "daily"):
            one = replace(digest(), edition_id=name, slot=slot)
            rendered = replace(RENDERED, edition_id=name, slot=slot)
            store.digests.save(one, rendered, LEDGER[: name == "daily"], NOW, scheduled=True)
    found, after = [], None
    while page := store.digests.issues(limit=2, after=after):
        found += [(one.slot, one.edition_id, sum(one.states.values())) for one in page]
        after = (page[-1].slot, page[-1].edition_id)
    assert found == [(slot, n, n == "daily") for slot in slots for n in ("daily", "weekly")]
    assert store.digests.issue("daily", None).slot == NOW
    assert store.digests.issue("weekly", slots[2]).states == {}
    for missing in (("daily", NOW + timedelta(days=1)), ("nightly", None)):
        with pytest.raises(NotFoundError):
            store.digests.issue(*missing)
    with pytest.raises(NotFoundError):
        store.digests.rendered("daily", NOW + timedelta(days=1))
