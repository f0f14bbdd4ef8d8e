from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.databases import on_both

from techwatch.errors import LedgerError
from techwatch.model import Coverage, DeliveryState, Digest, RenderedDigest

from .samples import FEED, NOW, item, judged, outcome

if TYPE_CHECKING:
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
