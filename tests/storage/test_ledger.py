from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.databases import on_both

from techwatch.errors import LedgerError, NotFoundError
from techwatch.model import Coverage, Delivery, DeliveryState, Digest, RenderedDigest

from .samples import NOW

if TYPE_CHECKING:
    from techwatch.storage import Store

pytestmark = on_both

LATER = NOW + timedelta(hours=1)
DIGEST = Digest("daily", "Daily", NOW, None, NOW, "Subject", "", (), Coverage((), 0, 0, {}))
RENDERED = RenderedDigest("daily", NOW, "Subject", "<p>华为</p>", "华为", "{}")


@pytest.fixture
def due(store: Store) -> tuple[Delivery, ...]:
    ledger = [("email", "a@example.org", "<1@x>"), ("email", "b@example.org", "<2@x>")]
    store.digests.watch(["daily"], NOW)
    store.digests.save(DIGEST, RENDERED, ledger, NOW, scheduled=True)
    return store.ledger.due(NOW)


def claimed(store: Store, delivery: Delivery, by: str = "one") -> Delivery:
    taken = store.ledger.claim(delivery, by, NOW)
    assert taken is not None
    return taken


def state(store: Store, delivery: Delivery) -> DeliveryState:
    return store.ledger.delivery(delivery.id).state


def test_a_delivery_is_claimed_by_one_only(store: Store, due: tuple[Delivery, ...]) -> None:
    taken = claimed(store, due[0])
    assert (taken.state, taken.attempts, taken.claimed_by) == (DeliveryState.SENDING, 1, "one")
    assert store.ledger.claim(due[0], "two", NOW) is None
    assert store.ledger.due(NOW) == due[1:]
    assert store.ledger.sending() == (taken,)


def test_a_failed_delivery_is_due_again_later_and_a_sent_one_never(
    store: Store, due: tuple[Delivery, ...]
) -> None:
    first, second = (claimed(store, delivery) for delivery in due)
    assert store.ledger.retry(first, LATER, "refused", NOW)
    assert store.ledger.sent(second, NOW)
    assert store.ledger.due(NOW) == ()
    [later] = store.ledger.due(LATER)
    assert (later.id, later.error) == (first.id, "refused")
    assert store.ledger.end(claimed(store, later), DeliveryState.FAILED, "given up", NOW)
    assert store.ledger.due(NOW + timedelta(days=1)) == ()
    assert [d.state for d in store.ledger.open()] == [DeliveryState.FAILED]


def test_who_lost_a_claim_hands_nothing_over_and_writes_nothing(
    store: Store, due: tuple[Delivery, ...]
) -> None:
    sleeper = claimed(store, due[0])
    assert store.ledger.take_back(sleeper, NOW, "died", NOW)
    other = claimed(store, store.ledger.delivery(sleeper.id), "two")
    assert not store.ledger.hand_over(sleeper, NOW)
    assert not store.ledger.retry(sleeper, LATER, "late", NOW)
    assert not store.ledger.end(sleeper, DeliveryState.FAILED, "late", NOW)
    assert not store.ledger.sent(sleeper, NOW)
    assert store.ledger.delivery(sleeper.id) == other


def test_what_was_handed_over_meanwhile_is_not_taken_back(
    store: Store, due: tuple[Delivery, ...]
) -> None:
    as_read = claimed(store, due[0])
    assert store.ledger.hand_over(as_read, NOW)
    assert not store.ledger.take_back(as_read, NOW, "died", NOW)
    assert state(store, as_read) is DeliveryState.SENDING


def test_knowing_that_it_arrived_outweighs_a_doubt(store: Store, due: tuple[Delivery, ...]) -> None:
    sleeper = claimed(store, due[0])
    store.ledger.hand_over(sleeper, NOW)
    store.ledger.end(sleeper, DeliveryState.UNCERTAIN, "died", NOW)
    assert store.ledger.sent(sleeper, LATER)
    assert state(store, sleeper) is DeliveryState.SENT


def test_a_person_drops_or_sends_what_is_in_doubt(store: Store, due: tuple[Delivery, ...]) -> None:
    first, second = (claimed(store, delivery) for delivery in due)
    for delivery in (first, second):
        store.ledger.end(delivery, DeliveryState.UNCERTAIN, "broke", NOW)
    store.ledger.drop(first, NOW)
    assert state(store, first) is DeliveryState.DROPPED
    again = store.ledger.send_again(second, NOW)
    assert (again.state, again.attempts, again.message_id) == (DeliveryState.DUE, 0, "<2@x>")
    assert store.ledger.open() == (again,)
    with pytest.raises(LedgerError, match="dropped"):
        store.ledger.drop(first, NOW)


def test_nothing_is_decided_over_the_head_of_who_sends_it(
    store: Store, due: tuple[Delivery, ...]
) -> None:
    sending = claimed(store, due[0])
    for decide in (store.ledger.drop, store.ledger.send_again):
        with pytest.raises(LedgerError, match="is sending"):
            decide(sending, NOW)
    with pytest.raises(LedgerError):
        store.ledger.drop(due[0], NOW)  # as it was read before it was claimed


def test_a_sent_one_goes_out_again_under_another_message_id(
    store: Store, due: tuple[Delivery, ...]
) -> None:
    taken = claimed(store, due[0])
    store.ledger.sent(taken, NOW)
    again = store.ledger.send_again(store.ledger.delivery(taken.id), LATER, message_id="<3@x>")
    assert (again.message_id, again.sent_at) == ("<3@x>", None)
    entries = store.ledger.history([taken.id])
    assert [entry.state for entry in entries] == ["due", "sending", "sent", "due"]
    assert entries[-1].note == "asked for by hand; it was sent as <1@x>"


def test_a_recipient_is_added_to_a_digest_of_before(
    store: Store, due: tuple[Delivery, ...]
) -> None:
    added = store.ledger.add(("daily", NOW), "email", "c@example.org", "<9@x>", LATER)
    assert store.ledger.of("daily", NOW) == (*due, added)


def test_a_delivery_that_is_not_there(store: Store) -> None:
    with pytest.raises(NotFoundError, match="techwatch status"):
        store.ledger.delivery(7)
