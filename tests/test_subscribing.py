"""Which hubs are asked, and how often, where there are many or several processes ask."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.storage.samples import FEED

from techwatch.feeds.polling import PollingSettings
from techwatch.model import Announced, FeedState, PollOutcome
from techwatch.subscribing import MOST_ASKED, ask_hubs, plan
from techwatch.testing import FakeClock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techwatch.storage import Store
    from techwatch.watch import Watch

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HUB, PUBLIC = "https://hub.example/", "https://watch.example"


def announcing(store: Store, count: int) -> None:
    feeds = [replace(FEED, url=f"https://news.example/{n}") for n in range(count)]
    store.feeds.watch(feeds, NOW)
    named = [FeedState(feed, announced=Announced(HUB, feed.url)) for feed in feeds]
    store.feeds.record_all([PollOutcome(state, "document") for state in named], NOW)


def test_many_feeds_are_begun_over_several_rounds(watch: Watch) -> None:
    announcing(watch.store, MOST_ASKED + 20)
    assert len(plan(watch.store, PUBLIC, NOW)) == MOST_ASKED
    assert len(watch.store.subscriptions.all()) == MOST_ASKED
    assert len(plan(watch.store, PUBLIC, NOW)) == MOST_ASKED
    assert len({one.token for one in watch.store.subscriptions.all()}) == MOST_ASKED + 20
    plan(watch.store, PUBLIC, NOW)
    assert len(watch.store.subscriptions.all()) == MOST_ASKED + 20


def test_two_processes_ask_a_hub_once_and_agree_on_one_subscription(watch: Watch) -> None:
    announcing(watch.store, 1)
    asked: list[str] = []

    async def ask(hub: str, form: Mapping[str, str]) -> None:
        asked.append(f"{hub} {form['hub.mode']}")

    def ask_at(now: datetime) -> None:
        hubs = ask_hubs(due, ask, watch.store, FakeClock(now), PollingSettings())
        assert asyncio.run(hubs) == {}

    due = plan(watch.store, PUBLIC, NOW)
    ask_at(NOW)
    ask_at(NOW + timedelta(seconds=1))  # another process, that planned at the same time
    assert asked == [f"{HUB} subscribe"]
    [one] = watch.store.subscriptions.all()
    watch.store.subscriptions.add(replace(one, token="other", callback=f"{PUBLIC}/websub/other"))
    due = plan(watch.store, PUBLIC, NOW + timedelta(seconds=2))
    ask_at(NOW + timedelta(seconds=2))
    assert asked == [f"{HUB} subscribe", f"{HUB} unsubscribe"]


def test_nothing_is_begun_without_a_public_address(watch: Watch) -> None:
    announcing(watch.store, 3)
    assert plan(watch.store, None, NOW) == ()
    assert watch.store.subscriptions.all() == ()
