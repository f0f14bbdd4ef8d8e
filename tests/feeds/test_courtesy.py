"""What a server asks for is done: over HTTP, with a moved clock."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.news import rss

from techwatch.errors import HttpStatusError, PostponedError
from techwatch.feeds.fetching import Fetcher, FetchingSettings
from techwatch.feeds.polling import due, health
from techwatch.feeds.turns import operator
from techwatch.model import Validators
from techwatch.testing import Behaviour

if TYPE_CHECKING:
    from techwatch.model import FeedState, PollReport
    from techwatch.testing import FakeClock, Publisher
    from techwatch.watch import Watch

OPEN = FetchingSettings(allow_private=True, timeout=5, gap=0)


def poll(watch: Watch) -> PollReport:
    """Ask the one feed, due or not."""
    reports: list[PollReport] = []

    async def round_of_polls() -> None:
        watch.open_lists()
        async with watch.asking() as ask:
            await watch.poll(watch.store.feeds.states(), ask, reports.append)

    asyncio.run(round_of_polls())
    return reports[0]


def state(watch: Watch) -> FeedState:
    return watch.store.feeds.states()[0]


def asked(publisher: Publisher) -> list[str]:
    paths = [request.path for request in publisher.requests]
    publisher.forget_requests()
    return paths


def test_what_headers_and_document_ask_for_is_waited_for(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    body = rss("One").replace(b"<item>", b"<ttl>120</ttl><item>", 1)
    publisher.publish("news.rss", body)
    publisher.misbehave("news.rss", Behaviour(headers={"Cache-Control": "max-age=9000"}))
    poll(watch)
    assert state(watch).manners.wishes.every == 7200
    assert not due(state(watch), clock() + timedelta(seconds=8999))
    assert due(state(watch), clock() + timedelta(seconds=9000 * 1.1))
    publisher.recover("news.rss")
    poll(watch)  # a 304 keeps what the document asked for, and drops what the header did
    assert not due(state(watch), clock() + timedelta(seconds=7199))
    assert due(state(watch), clock() + timedelta(seconds=7200 * 1.1))


@pytest.mark.parametrize("status", [301, 308])
def test_a_feed_that_moved_for_good_is_asked_at_its_new_address_from_the_fourth_time_on(
    watch: Watch, publisher: Publisher, clock: FakeClock, status: int
) -> None:
    publisher.publish("new.rss", rss("One"))
    publisher.misbehave("news.rss", Behaviour.redirect(publisher.url("new.rss"), status))
    for _ in range(3):
        poll(watch)
        assert asked(publisher) == ["/news.rss", "/new.rss"]
    assert poll(watch).new == 0
    assert asked(publisher) == ["/new.rss"]
    told = health(state(watch), clock(), watch.settings.polling)
    assert told.moved_to == publisher.url("new.rss")
    assert "moved for good" in (told.why or "")
    publisher.publish("new.rss", rss("One", "Two"))
    assert poll(watch).new == 1


def test_a_new_address_that_fails_leads_back_to_the_old_one(
    watch: Watch, publisher: Publisher
) -> None:
    publisher.publish("new.rss", rss("One"))
    publisher.misbehave("news.rss", Behaviour.redirect(publisher.url("new.rss"), 301))
    for _ in range(3):
        poll(watch)
    publisher.misbehave("new.rss", Behaviour(status=410))
    assert poll(watch).error
    publisher.recover("news.rss")
    publisher.publish("news.rss", rss("One", "Two"))
    asked(publisher)
    assert poll(watch).new == 1
    assert asked(publisher) == ["/news.rss"]


def test_a_passing_redirect_is_followed_each_time(watch: Watch, publisher: Publisher) -> None:
    publisher.publish("new.rss", rss("One"))
    publisher.misbehave("news.rss", Behaviour.redirect(publisher.url("new.rss"), 302))
    for _ in range(5):
        poll(watch)
        assert asked(publisher) == ["/news.rss", "/new.rss"]


def test_a_feed_that_is_gone_is_told_and_not_due_again(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.misbehave("news.rss", Behaviour(status=410))
    poll(watch)
    assert not due(state(watch), clock() + timedelta(days=1000))
    assert health(state(watch), clock(), watch.settings.polling).condition == "gone"
    publisher.recover("news.rss")
    publisher.publish("news.rss", rss("One"))
    assert poll(watch).new == 1  # asked by hand, it is watched again
    assert due(state(watch), clock() + timedelta(days=1))


def test_a_server_that_denies_every_change_is_asked_for_the_whole_once_a_day(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.publish("news.rss", rss("One"))
    poll(watch)
    publisher.misbehave("news.rss", Behaviour(status=304, body=b""))
    clock.move(timedelta(hours=23))
    assert poll(watch).result == "not_modified"
    assert publisher.requests[-1].headers.get("if-none-match")
    publisher.recover("news.rss")
    publisher.publish("news.rss", rss("One", "Two"))
    clock.move(timedelta(hours=1))
    assert poll(watch).new == 1
    assert "if-none-match" not in publisher.requests[-1].headers
    poll(watch)
    assert publisher.requests[-1].headers.get("if-none-match")


def test_too_many_requests_slow_a_feed_down_until_it_is_well_for_long(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.publish("news.rss", rss("One"))
    publisher.misbehave("news.rss", Behaviour(status=429, times=1))
    poll(watch)
    assert not due(state(watch), clock() + timedelta(minutes=59))
    poll(watch)
    assert not due(state(watch), clock() + timedelta(minutes=30 * 1.7))
    for _ in range(8):
        poll(watch)
    assert due(state(watch), clock() + timedelta(minutes=33))


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [(429, {"Retry-After": "600"}, 600), (503, {"Retry-After": "600"}, 600), (429, {}, 300)],
)
def test_a_host_that_wants_peace_gets_it_from_all_feeds(
    publisher: Publisher, clock: FakeClock, status: int, headers: dict[str, str], seconds: float
) -> None:
    publisher.publish("b.rss", b"<rss/>")
    publisher.misbehave("a.rss", Behaviour(status=status, headers=headers))

    async def ask() -> None:
        async with Fetcher(OPEN, clock) as fetcher:
            with pytest.raises(HttpStatusError):
                await fetcher.fetch(publisher.url("a.rss"), Validators())
            clock.move(timedelta(seconds=seconds - 1))
            with pytest.raises(PostponedError) as raised:
                await fetcher.fetch(publisher.url("b.rss"), Validators())
            assert raised.value.seconds == 1
            clock.move(timedelta(seconds=1))
            await fetcher.fetch(publisher.url("b.rss"), Validators())

    asyncio.run(ask())
    assert asked(publisher) == ["/a.rss", "/b.rss"]


def test_a_feed_that_fails_alone_closes_no_host(publisher: Publisher, clock: FakeClock) -> None:
    publisher.publish("b.rss", b"<rss/>")
    publisher.misbehave("a.rss", Behaviour(status=503))

    async def ask() -> None:
        async with Fetcher(OPEN, clock) as fetcher:
            with pytest.raises(HttpStatusError):
                await fetcher.fetch(publisher.url("a.rss"), Validators())
            await fetcher.fetch(publisher.url("b.rss"), Validators())

    asyncio.run(ask())


def test_a_postponed_feed_has_not_failed(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.misbehave("news.rss", Behaviour(status=429, headers={"Retry-After": "600"}))
    publisher.publish("new.rss", rss("One"))

    async def ask_twice() -> PollReport:
        watch.open_lists()
        reports: list[PollReport] = []
        async with watch.asking() as ask:
            await watch.poll(watch.store.feeds.states(), ask, reports.append)
            await watch.poll(watch.store.feeds.states(), ask, reports.append)
        return reports[1]

    report = asyncio.run(ask_twice())
    assert report.result == "postponed"
    assert len(publisher.requests) == 1
    assert state(watch).failures == 1
    assert not due(state(watch), clock() + timedelta(seconds=599))
    assert due(state(watch), clock() + timedelta(seconds=661))


def test_requests_to_one_host_keep_a_gap(publisher: Publisher, clock: FakeClock) -> None:
    for name in "abcd":
        publisher.publish(name, b"<rss/>")

    async def ask() -> None:
        async with Fetcher(OPEN.model_copy(update={"gap": 0.1}), clock) as fetcher:
            urls = [publisher.url(name) for name in "abcd"]
            await asyncio.gather(*(fetcher.fetch(url, Validators()) for url in urls))

    begun = time.monotonic()
    asyncio.run(ask())
    assert time.monotonic() - begun >= 0.3


def test_hosts_of_one_operator_share_their_turns() -> None:
    groups = {"burner": ("feedburner.com", "feeds.google.com")}
    assert operator("feeds.feedburner.com", groups) == "burner"
    assert operator("feedburner.com", groups) == "burner"
    assert operator("feeds.google.com", groups) == "burner"
    assert operator("notfeedburner.com", groups) == "notfeedburner.com"
    assert operator("news.google.com", groups) == "news.google.com"


def test_a_feed_that_fell_due_in_an_hour_to_be_skipped_waits_for_its_end(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    wish = b"<skipHours><hour>8</hour><hour>9</hour></skipHours>"
    publisher.publish("news.rss", rss("One").replace(b"<item>", wish + b"<item>", 1))
    poll(watch)  # at five
    assert not due(state(watch), clock() + timedelta(hours=3))  # the service was down until eight
    assert not due(state(watch), clock() + timedelta(hours=4, minutes=59))
    assert due(state(watch), clock() + timedelta(hours=5))
