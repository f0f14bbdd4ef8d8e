from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import IntegrityError

from techwatch.model import Coverage, DeliveryState, Digest, RenderedDigest

from .samples import FEED, NOW, item, judged, outcome

if TYPE_CHECKING:
    from techwatch.storage import Store

LEDGER = [("email", "a@example.org", "<1@x>"), ("email", "b@example.org", "<2@x>")]
RENDERED = RenderedDigest("daily", NOW, "Subject", "<p>华为</p>", "华为", "{}")


def digest() -> Digest:
    coverage = Coverage((), 0, 0, {})
    return Digest("daily", "Daily", NOW, None, NOW, "Subject", "", (), coverage)


def save(store: Store) -> None:
    store.digests.save(digest(), RENDERED, LEDGER, NOW, scheduled=True)


def test_slots_count_from_when_an_edition_was_first_watched(store: Store) -> None:
    assert store.digests.last_slot("daily") is None
    store.digests.watch(["daily"], NOW - timedelta(days=1))
    store.digests.watch(["daily"], NOW)
    assert store.digests.last_slot("daily") == NOW - timedelta(days=1)
    save(store)
    assert store.digests.last_slot("daily") == NOW
    assert store.digests.last_until("daily") == NOW


def test_a_slot_is_frozen_once(store: Store) -> None:
    store.digests.watch(["daily"], NOW)
    save(store)
    assert store.digests.rendered("daily", NOW) == RENDERED
    with pytest.raises(IntegrityError):
        save(store)
    assert len(store.digests.due(NOW)) == 2


def test_a_delivery_is_claimed_by_one_only(store: Store) -> None:
    store.digests.watch(["daily"], NOW)
    save(store)
    first, _ = store.digests.due(NOW)
    claimed = store.digests.claim(first, NOW)
    assert claimed is not None
    assert (claimed.state, claimed.attempts) == (DeliveryState.SENDING, 1)
    assert store.digests.claim(first, NOW) is None
    assert len(store.digests.due(NOW)) == 1


def test_a_failed_delivery_is_due_again_later_and_a_sent_one_never(store: Store) -> None:
    store.digests.watch(["daily"], NOW)
    save(store)
    first, second = store.digests.due(NOW)
    store.digests.retry(first, NOW + timedelta(hours=1), "refused")
    store.digests.sent(second, NOW)
    assert store.digests.due(NOW) == ()
    [later] = store.digests.due(NOW + timedelta(hours=1))
    assert (later.id, later.error) == (first.id, "refused")
    store.digests.end(later, DeliveryState.FAILED, "given up")
    assert store.digests.due(NOW + timedelta(days=1)) == ()
    assert [d.state for d in store.digests.open()] == [DeliveryState.FAILED]


def test_a_delivery_whose_process_died_is_found(store: Store) -> None:
    store.digests.watch(["daily"], NOW)
    save(store)
    claimed = store.digests.claim(store.digests.due(NOW)[0], NOW)
    assert claimed is not None
    assert store.digests.abandoned(NOW) == ()
    assert store.digests.abandoned(NOW + timedelta(minutes=1)) == (claimed,)


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
