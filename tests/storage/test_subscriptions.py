from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.storage.samples import FEED, NOW, item, outcome

from techwatch.feeds import websub
from techwatch.model import Announced, FeedState, PollOutcome, Subscription, SubscriptionState

if TYPE_CHECKING:
    from techwatch.model import Item
    from techwatch.storage import Store

NAMED = Announced("https://hub.example/", FEED.url)
TEN_MINUTES = timedelta(minutes=10)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def subscription(store: Store) -> Subscription:
    """One that is active, of a feed that was polled at NOW and is due in an hour."""
    store.feeds.watch([FEED], NOW)
    store.feeds.record(polled(item(1)), NOW)
    made = websub.begin(FEED.url, NAMED, "https://watch.example", "token", "secret")
    made = replace(made, state=SubscriptionState.ACTIVE, active_since=NOW, expires_at=LATER)
    store.subscriptions.add(made)
    return made


def polled(*items: Item) -> PollOutcome:
    known = FeedState(FEED, polled_at=NOW, succeeded_at=NOW, news_at=NOW, next_poll_at=LATER)
    return PollOutcome(replace(known, announced=NAMED), "document", items)


def pushed(store: Store, *items: Item) -> None:
    """Queue a push and store what it is said to hold."""
    assert store.subscriptions.queue("token", b"\0bytes", None, NOW, TEN_MINUTES)
    [number] = store.subscriptions.waiting()
    found = store.subscriptions.push(number)
    assert found is not None
    store.subscriptions.record(found[0], items, NOW, TEN_MINUTES)


def test_a_subscription_comes_back_as_it_was(store: Store, subscription: Subscription) -> None:
    assert store.subscriptions.all() == (subscription,)
    assert store.subscriptions.of([FEED.url, "https://other.example/"] * 600) == (subscription,)
    assert store.subscriptions.of(["https://other.example/"]) == ()
    assert store.subscriptions.find("token") == subscription
    assert store.subscriptions.find("other") is None


def test_changes_are_decided_on_what_is_stored(store: Store, subscription: Subscription) -> None:
    change = store.subscriptions.change
    with ThreadPoolExecutor(8) as pool:
        for _ in range(40):
            pool.submit(change, subscription.token, lambda s: replace(s, rejected=s.rejected + 1))
    assert store.subscriptions.all()[0].rejected == 40
    assert change("token", lambda _: None) is None
    assert store.subscriptions.all() == ()
    assert change("token", lambda s: s) is None


def test_only_feeds_that_are_polled_count_as_announcing(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    assert store.subscriptions.announcing() == {}
    store.feeds.record(polled(item(1)), NOW)
    assert store.subscriptions.announcing() == {FEED.url: NAMED}
    store.feeds.watch([replace(FEED, paused=True)], NOW)
    assert store.subscriptions.announcing() == {}
    store.feeds.watch([], NOW)
    assert store.subscriptions.announcing() == {}
    store.feeds.watch([FEED], NOW)
    state = store.feeds.state(FEED.url)
    gone = replace(state, manners=replace(state.manners, gone_at=NOW))
    store.feeds.record(PollOutcome(gone, "failed"), NOW)
    assert store.subscriptions.announcing() == {}


@pytest.mark.usefixtures("subscription")
def test_what_is_not_wanted_any_more_is_not_queued(store: Store) -> None:
    store.subscriptions.change("token", lambda s: replace(s, state=SubscriptionState.LEAVING))
    assert not store.subscriptions.queue("token", b"", None, NOW, TEN_MINUTES)
    assert not store.subscriptions.queue("other", b"", None, NOW, TEN_MINUTES)
    assert store.subscriptions.waiting() == ()


@pytest.mark.usefixtures("subscription")
def test_two_readers_of_one_push_store_it_once(store: Store) -> None:
    store.subscriptions.queue("token", b"", None, NOW, TEN_MINUTES)
    [number] = store.subscriptions.waiting()
    found = store.subscriptions.push(number)
    assert found is not None
    first, second = (
        store.subscriptions.record(found[0], [item(2)], NOW, TEN_MINUTES) for _ in range(2)
    )
    assert (first.new, second.new) == (1, 0)
    assert store.subscriptions.push(number) is None
    assert len(store.judging.unjudged(10)) == 2


@pytest.mark.usefixtures("subscription")
def test_an_edit_that_a_push_tells_is_left_to_a_poll(store: Store) -> None:
    pushed(store, item(1, "EU fines TikTok again"))
    assert store.feeds.state(FEED.url).next_poll_at == NOW + TEN_MINUTES
    assert store.subscriptions.all()[0].look_at == NOW
    assert [stored.item.title for stored in store.judging.unjudged(10)] == ["EU fines TikTok"]


@pytest.mark.usefixtures("subscription")
def test_news_of_a_poll_that_no_push_brought_counts_up_to_three(store: Store) -> None:
    for number in range(2, 8):
        store.feeds.record(polled(item(1), item(number)), NOW)
    assert store.subscriptions.all()[0].missed == 3
    pushed(store, item(9))
    assert store.subscriptions.all()[0].missed == 2
    store.feeds.record(polled(item(1), item(9)), NOW)  # nothing that is new
    assert store.subscriptions.all()[0].missed == 2


@pytest.mark.usefixtures("subscription")
def test_a_poll_that_knows_only_what_was_pushed_may_have_missed_something(store: Store) -> None:
    pushed(store, item(5))
    store.feeds.record(polled(item(5), item(6)), LATER)
    assert store.feeds.state(FEED.url).gap_at == LATER
    store.feeds.record(polled(item(5), item(7)), LATER + TEN_MINUTES)
    assert store.feeds.state(FEED.url).gap_at is None  # by now a poll has brought the fifth
    assert store.subscriptions.all()[0].missed == 2


@pytest.mark.usefixtures("subscription")
def test_the_time_of_news_that_a_push_brought_outlives_a_poll_under_way(store: Store) -> None:
    before = store.feeds.state(FEED.url)
    store.subscriptions.queue("token", b"", None, LATER, TEN_MINUTES)
    [number] = store.subscriptions.waiting()
    found = store.subscriptions.push(number)
    assert found is not None
    store.subscriptions.record(found[0], [item(2)], LATER, TEN_MINUTES)
    store.feeds.record(PollOutcome(before, "not_modified"), LATER)
    assert store.feeds.state(FEED.url).news_at == LATER


def test_a_feed_that_was_never_pushed_is_as_it_was(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(item(1)), NOW)
    store.feeds.record(polled(item(2)), LATER)
    assert store.feeds.state(FEED.url).gap_at == LATER
