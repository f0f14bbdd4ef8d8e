"""Subscribing with a real hub, a real publisher and a real server."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import yaml
from tests.hub import counted, get, post
from tests.news import rss

from techwatch.endpoints import websub as endpoint
from techwatch.feeds import reliance
from techwatch.model import SubscriptionState, Verdict
from techwatch.storage import subscriptions
from techwatch.testing import Behaviour

if TYPE_CHECKING:
    from pathlib import Path

    from tests.endpoints.conftest import Subscriber

    from techwatch.testing import FakeClock, Publisher

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FINE = "EU fines TikTok 530 million euros over data transfers to China"


def subscribed(subscriber: Subscriber) -> None:
    assert subscriber.subscribe() == {}
    assert subscriber.subscription.state is SubscriptionState.ACTIVE


# --------------------------------------------------------------------------- asking


def test_a_hub_is_asked_confirms_and_is_asked_again_before_its_lease_ends(
    subscriber: Subscriber, clock: FakeClock
) -> None:
    subscribed(subscriber)
    [form] = subscriber.hub.asked
    assert form["hub.topic"] == subscriber.publisher.url("topic")
    assert len(urlsplit(form["hub.callback"]).path.rpartition("/")[2]) >= 32
    assert len(form["hub.secret"]) >= 32
    assert subscriber.hub.verified == [200]
    assert subscriber.subscribe() == {}
    assert len(subscriber.hub.asked) == 1
    clock.move(8 * DAY)
    subscriber.subscribe()
    assert len(subscriber.hub.asked) == 2
    assert subscriber.hub.last == form  # the same address and secret
    assert subscriber.subscription.expires_at == clock() + 10 * DAY


def test_a_feed_without_a_hub_is_left_to_polling(subscriber: Subscriber) -> None:
    subscriber.publish("Old news", hub=False)
    subscriber.poll()
    assert subscriber.subscribe() == {}
    assert subscriber.hub.asked == []


def test_the_hub_of_a_header_outweighs_that_of_the_document(subscriber: Subscriber) -> None:
    link = f'<{subscriber.hub.url}>; rel="hub", <http://header.example/>; rel="self"'
    subscriber.publisher.misbehave("news.rss", Behaviour(headers={"Link": link}))
    subscriber.publish("Old news", "More")
    subscriber.poll()
    subscribed(subscriber)
    assert subscriber.hub.last["hub.topic"] == "http://header.example/"


def test_a_restart_neither_forgets_secrets_nor_asks_again(subscriber: Subscriber) -> None:
    subscribed(subscriber)
    subscriber.watch.close()
    subscriber.watch = subscriber.made()
    assert subscriber.subscribe() == {}
    assert len(subscriber.hub.asked) == 1
    assert subscriber.subscription.secret == subscriber.hub.last["hub.secret"]


def test_a_hub_that_confirms_hours_later_is_believed(
    subscriber: Subscriber, clock: FakeClock
) -> None:
    subscriber.hub.verifies = False
    subscriber.subscribe()
    assert not reliance.is_active(subscriber.subscription, clock())
    clock.move(HOUR / 6)
    subscriber.subscribe()
    assert len(subscriber.hub.asked) == 1
    clock.move(HOUR)
    assert subscriber.hub.verify(subscriber.hub.last) == 200
    assert subscriber.subscription.state is SubscriptionState.ACTIVE
    assert subscriber.hub.verify(subscriber.hub.last) == 200  # its first question may be lost


def test_a_hub_that_asks_for_what_nobody_asked_is_told_no(
    subscriber: Subscriber, clock: FakeClock
) -> None:
    hub = subscriber.hub
    hub.topic = "http://other.example/"
    subscriber.subscribe()
    hub.topic, hub.mode = None, "unsubscribe"
    hub.verify(hub.last)
    hub.mode = "nonsense"
    hub.verify(hub.last)
    hub.mode = None
    hub.verify(hub.last | {"hub.callback": hub.last["hub.callback"] + "x"})
    assert get(hub.last["hub.callback"], {})[0] == 404
    assert get(hub.last["hub.callback"], {"hub.challenge": "x" * 5000})[0] == 404
    clock.move(2 * DAY)
    hub.verify(hub.last)
    assert counted(hub.verified) == {404: 5}
    assert subscriber.subscription.state is SubscriptionState.ASKED


def test_a_challenge_comes_back_as_text(subscriber: Subscriber) -> None:
    subscriber.hub.verifies = False
    subscriber.subscribe()
    form = subscriber.hub.last
    query = {"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "<b>&é"}
    assert get(form["hub.callback"], query) == (200, "<b>&é".encode())


def test_a_denial_is_told_and_asked_again_after_a_week(
    subscriber: Subscriber, clock: FakeClock
) -> None:
    hub = subscriber.hub
    subscribed(subscriber)
    assert hub.deny(hub.last | {"hub.topic": "http://other.example/"}, "lies") == 404
    assert subscriber.subscription.state is SubscriptionState.ACTIVE
    assert hub.deny(hub.last, "not <i>you</i>") == 200
    assert "the hub denied it: not you" in reliance.told(subscriber.subscription, clock())
    clock.move(6 * DAY)
    subscriber.subscribe()
    assert len(hub.asked) == 1
    clock.move(2 * DAY)
    subscribed(subscriber)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_hub_that_moved_is_asked_where_it_is(subscriber: Subscriber, status: int) -> None:
    hub = subscriber.hub
    hub.status, hub.headers, hub.verifies = status, {"Location": "/moved"}, False
    subscribed(subscriber)
    assert hub.asked[0] == hub.asked[1]


@pytest.mark.parametrize(
    ("status", "headers", "said", "wait"),
    [
        (500, {}, "answered 500", HOUR / 4),
        (503, {"Retry-After": "7200"}, "answered 503", 2 * HOUR),
        (410, {}, "answered 410", 7 * DAY),
        (302, {"Location": "/hub"}, "redirects more than", HOUR / 4),
        (302, {"Location": "file:///etc/passwd"}, "does not begin with http", HOUR / 4),
    ],
)
def test_a_hub_that_fails_is_named_and_left_alone(
    subscriber: Subscriber,
    clock: FakeClock,
    status: int,
    headers: dict[str, str],
    said: str,
    wait: timedelta,
) -> None:
    subscriber.hub.status, subscriber.hub.headers = status, headers
    [error] = subscriber.subscribe().values()
    assert said in error
    assert said in reliance.told(subscriber.subscription, clock())
    assert subscriber.subscription.due_at == clock() + wait


def test_a_hub_in_a_private_network_is_not_asked_unless_allowed(
    subscriber: Subscriber, reachable: Path
) -> None:
    path = reachable / "techwatch.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    del settings["fetching"]["allow_private"]
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    subscriber.watch.close()
    subscriber.watch = subscriber.made()
    [error] = subscriber.subscribe().values()
    assert "private address" in error
    assert subscriber.hub.asked == []


# --------------------------------------------------------------------------- giving up


def test_a_feed_that_leaves_the_list_is_unsubscribed(
    subscriber: Subscriber, reachable: Path
) -> None:
    subscribed(subscriber)
    document = subscriber.publish("Old news", FINE)
    (reachable / "feeds.yaml").write_text("feeds: []\n", encoding="utf-8")
    subscriber.watch.open_lists()
    subscriber.hub.verifies = False
    subscriber.subscribe()
    assert subscriber.hub.last["hub.mode"] == "unsubscribe"
    assert subscriber.hub.push(document, subscriber.hub.asked[0]) == 410
    assert subscriber.hub.verify(subscriber.hub.last) == 200
    assert subscriber.watch.store.subscriptions.all() == ()
    assert subscriber.hub.verify(subscriber.hub.last) == 404
    assert subscriber.take() == []


def test_without_a_public_address_hubs_are_told_and_then_forgotten(
    subscriber: Subscriber, reachable: Path, clock: FakeClock
) -> None:
    subscribed(subscriber)
    path = reachable / "techwatch.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    del settings["http"]
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    subscriber.watch.close()
    subscriber.watch = subscriber.made()
    subscriber.hub.verifies = False  # it can't reach us
    for _ in range(5):
        subscriber.subscribe()
        clock.move(DAY)
    modes = [form["hub.mode"] for form in subscriber.hub.asked]
    assert modes == ["subscribe", "unsubscribe", "unsubscribe", "unsubscribe"]
    assert subscriber.watch.store.subscriptions.all() == ()


def test_a_feed_that_names_another_hub_changes_over(subscriber: Subscriber) -> None:
    subscribed(subscriber)
    before = subscriber.subscription
    other = subscriber.hub.url + "/other"
    document = subscriber.publish("Old news").replace(
        subscriber.hub.url.encode() + b'"', other.encode() + b'"'
    )
    subscriber.publisher.publish("news.rss", document)
    subscriber.poll()
    subscriber.subscribe()
    after = subscriber.subscription  # the only one: the first hub confirmed that it stops
    assert (after.hub, after.state) == (other, SubscriptionState.ACTIVE)
    assert after.token != before.token
    assert after.secret != before.secret


# --------------------------------------------------------------------------- pushes


def test_a_push_is_stored_at_once_and_judged_like_a_poll(subscriber: Subscriber) -> None:
    subscribed(subscriber)
    before = subscriber.state
    began = time.monotonic()
    assert subscriber.hub.push(rss("Old news", FINE)) == 202
    assert time.monotonic() - began < 5  # a tenth on a quiet machine
    assert subscriber.hub.push(rss("Old news", FINE), method="sha1") == 202  # once more
    first, second = subscriber.take()
    assert (first.seen, first.new, first.error) == (2, 1, None)
    assert (second.seen, second.new) == (2, 0)
    assert subscriber.take() == []
    after = subscriber.state
    assert after == replace(before, news_at=subscriber.clock())  # no validator, no poll
    assert subscriber.watch.judge_items()[Verdict.ESCALATING] == 1
    assert subscriber.subscription.pushes == 2
    assert len(subscriber.publisher.requests) == 1  # nothing was fetched


@pytest.mark.parametrize(
    "header",
    [{}, {"X-Hub-Signature": "sha256=00"}, {"X-Hub-Signature": "md5=x"}, {"X-Hub-Signature": ""}],
)
def test_a_push_without_a_good_signature_is_acknowledged_counted_and_ignored(
    subscriber: Subscriber, header: dict[str, str]
) -> None:
    subscribed(subscriber)
    assert post(subscriber.hub.last["hub.callback"], rss(FINE), header) == 202
    assert subscriber.take() == []
    assert (subscriber.subscription.pushes, subscriber.subscription.rejected) == (0, 1)


def test_an_address_that_nobody_gave_out_is_gone(subscriber: Subscriber) -> None:
    subscribed(subscriber)
    address = subscriber.hub.last["hub.callback"]
    assert post(address[:-1], rss(FINE), {}) == 410
    assert post(address + "/x", rss(FINE), {}) == 404
    assert post(address + "%00", rss(FINE), {}) == 410
    assert get(address + "%C3%A9", {"hub.challenge": "x"})[0] == 404
    assert subscriber.take() == []


def test_what_differs_from_what_is_stored_is_looked_up_by_a_poll(
    subscriber: Subscriber, clock: FakeClock
) -> None:
    subscribed(subscriber)
    clock.move(HOUR / 3)
    subscriber.hub.push(rss("Old news, corrected"))
    [report] = subscriber.take()
    assert (report.new, report.revised) == (0, 0)
    subscriber.publish("Old news, corrected")
    clock.move(timedelta(seconds=15))
    [polled] = subscriber.poll_due()
    assert (polled.new, polled.revised) == (0, 1)
    clock.move(HOUR)
    assert subscriber.poll_due() == []  # and then it rests again


def test_a_push_that_is_no_feed_leads_to_a_poll_not_before_its_time(
    subscriber: Subscriber, clock: FakeClock
) -> None:
    subscribed(subscriber)
    subscriber.hub.push(b"<html>busy</html>")
    [report] = subscriber.take()
    assert "can't be read" in (report.error or "")
    assert subscriber.poll_due() == []
    clock.move(timedelta(minutes=11))  # polling.shortest is ten
    assert len(subscriber.poll_due()) == 1
    assert subscriber.take() == []


def test_a_hub_that_only_says_that_there_is_news_is_relied_upon_too(
    subscriber: Subscriber, clock: FakeClock
) -> None:
    subscribed(subscriber)
    for headlines in (("Old news", "News"), ("Old news", "News", "More")):
        clock.move(HOUR)
        subscriber.publish(*headlines)
        assert subscriber.hub.push(b"") == 202
        subscriber.take()
        clock.move(timedelta(seconds=15))
        assert [report.new for report in subscriber.poll_due()] == [1]
        assert subscriber.subscription.missed == 0
    clock.move(HOUR)
    assert subscriber.poll_due() == []


def test_a_push_does_not_wake_a_feed_that_asked_to_be_left_alone(
    subscriber: Subscriber, clock: FakeClock
) -> None:
    subscribed(subscriber)
    busy = Behaviour(status=503, headers={"Retry-After": "86400"})
    subscriber.publisher.misbehave("news.rss", busy)
    subscriber.poll()
    clock.move(HOUR)
    subscriber.hub.push(b"light ping")
    subscriber.take()
    assert subscriber.poll_due() == []


def test_many_pushes_that_nobody_reads_are_one_poll(
    subscriber: Subscriber, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "MOST_WAITING", 50)
    subscribed(subscriber)
    clock.move(HOUR / 3)
    with ThreadPoolExecutor(16) as pool:
        bodies = [rss(f"News {n}", guids=(f"n{n}",)) for n in range(60)]
        assert counted(list(pool.map(subscriber.hub.push, bodies))) == {202: 60}
    assert len(subscriber.take()) == 50
    assert subscriber.subscription.pushes == 60
    assert len(subscriber.poll_due()) == 1


def test_large_pushes_that_nobody_reads_are_a_poll(
    subscriber: Subscriber, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "MOST_BYTES", 25_000)
    subscribed(subscriber)
    clock.move(HOUR / 3)
    for n in range(3):
        assert subscriber.hub.push(rss(f"News {n}", guids=(f"n{n}",)) + b" " * 10_000) == 202
    assert len(subscriber.take()) == 2
    assert len(subscriber.poll_due()) == 1


def test_pushes_are_parsed_in_a_process_of_their_own(subscriber: Subscriber) -> None:
    subscribed(subscriber)
    subscriber.hub.push(rss("Old news", FINE))
    told: list[int] = []

    async def take() -> None:
        async with subscriber.watch.taking() as taking:
            await taking(lambda report: told.append(report.new))

    asyncio.run(take())
    assert told == [1]


# --------------------------------------------------------------------------- trust


def test_a_feed_that_is_pushed_is_polled_seldom_until_a_poll_brings_what_no_push_did(
    subscriber: Subscriber, clock: FakeClock
) -> None:
    subscribed(subscriber)
    clock.move(HOUR)
    assert subscriber.poll_due() == []  # without a hub it would be due
    clock.move(4 * HOUR)
    assert [report.new for report in subscriber.poll_due()] == [0]
    subscriber.publish("Old news", "Unpushed")
    clock.move(5 * HOUR)
    assert [report.new for report in subscriber.poll_due()] == [1]
    assert "not relied upon" in reliance.told(subscriber.subscription, clock())
    clock.move(HOUR)
    assert len(subscriber.poll_due()) == 1
    subscriber.hub.push(subscriber.publish("Old news", "Unpushed", "Pushed"))
    assert [report.new for report in subscriber.take()] == [1]
    clock.move(HOUR)
    assert subscriber.poll_due() == []  # trusted again


def test_what_was_published_before_the_hub_confirmed_is_not_held_against_it(
    subscriber: Subscriber, clock: FakeClock
) -> None:
    subscriber.publish("Old news", "Before")
    clock.move(HOUR / 6)
    subscribed(subscriber)
    assert subscriber.poll().new == 1
    assert subscriber.subscription.missed == 0


def test_what_only_pushes_brought_does_not_hide_a_gap(
    subscriber: Subscriber, clock: FakeClock
) -> None:
    subscribed(subscriber)
    newest = rss("Newest", guids=("n9",))
    subscriber.hub.push(newest)
    subscriber.take()
    assert subscriber.state.gap_at is None
    clock.move(5 * HOUR)
    page = rss("Newest", "Newer", guids=("n9", "n8"))  # n1 to n7 were never seen
    subscriber.publisher.publish("news.rss", page)
    assert subscriber.poll().new == 1
    assert subscriber.state.gap_at == clock()
    clock.move(5 * HOUR)
    subscriber.publisher.publish("news.rss", rss("Last", "Newest", guids=("n10", "n9")))
    assert subscriber.poll().new == 1
    assert subscriber.state.gap_at == clock() - 5 * HOUR  # no other one


def test_what_pushes_brought_in_full_is_no_gap(subscriber: Subscriber, clock: FakeClock) -> None:
    subscribed(subscriber)
    page = rss("A", "B", guids=("a", "b"))
    subscriber.hub.push(page)
    subscriber.take()
    clock.move(5 * HOUR)
    subscriber.publisher.publish("news.rss", page)
    assert subscriber.poll().new == 0
    assert subscriber.state.gap_at is None


# --------------------------------------------------------------------------- told


def test_people_are_told_by_feed_how_it_stands_and_never_the_secret(
    subscriber: Subscriber, reachable: Path, clock: FakeClock
) -> None:
    def told(*arguments: str) -> str:
        command = [sys.executable, "-m", "techwatch", "--config", str(reachable), "feeds"]
        whole = [*command, *arguments]
        return subprocess.run(whole, check=True, capture_output=True, text=True).stdout

    hub = subscriber.hub
    clock.set(datetime.now(UTC))  # the command's own
    subscriber.publisher.publish("bare.rss", rss("Old news"))
    assert json.loads(told("check", "--json", subscriber.publisher.url("bare.rss")))["hub"] is None
    subscriber.subscribe()
    subscription = subscriber.subscription
    secret, address = subscription.secret, subscription.token
    checked = json.loads(told("check", "--json"))
    assert checked["hub"] == hub.url
    assert checked["push"].startswith(f"pushed by {hub.url}, until ")
    listed = told("list", "--json")
    assert json.loads(listed)["push"] == checked["push"]
    assert "pushed by" in told("check")
    hub.deny(hub.last, "not you")
    assert "the hub denied it: not you" in json.loads(told("list", "--json"))["push"]
    assert secret not in listed
    assert address not in listed


# --------------------------------------------------------------------------- hostile


def raw(address: str, head: str, body: bytes = b"") -> http.client.HTTPResponse:
    """Send a request as it is, and read the answer's head."""
    parts = urlsplit(address)
    connection = socket.create_connection((parts.hostname, parts.port or 80), timeout=30)
    with connection:
        connection.sendall(f"POST {parts.path} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
        with suppress(OSError):  # it hung up on us: its answer may still be there
            connection.sendall(body)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer


def test_a_body_that_is_too_large_is_not_read(subscriber: Subscriber) -> None:
    subscribed(subscriber)
    address = subscriber.hub.last["hub.callback"]
    assert raw(address, "Content-Length: 100000000").status == 413
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    with suppress(OSError):  # it hung up before all of a hundred megabytes was sent
        assert raw(address, "Transfer-Encoding: chunked", chunk * 1600).status == 413
    assert raw(address, "Content-Length: 9\r\nContent-Encoding: gzip").status == 415
    assert subscriber.hub.push(rss("Old news", FINE)) == 202
    assert [report.new for report in subscriber.take()] == [1]


def test_large_bodies_at_one_time_are_told_to_come_again(
    subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(subscriber)
    monkeypatch.setattr(endpoint, "MOST_HELD", 100_000)
    address = subscriber.hub.last["hub.callback"]
    answer = raw(address, "Content-Length: 200000", b"x" * 150_000)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    assert subscriber.hub.push(rss("Old news", FINE)) == 202  # what was held is given back


def test_a_body_that_drips_is_given_up_and_keeps_nobody_waiting(
    subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(subscriber)
    monkeypatch.setattr(endpoint, "_SECONDS", 1.0)
    address = subscriber.hub.last["hub.callback"]
    with ThreadPoolExecutor(20) as pool:
        slow = [pool.submit(raw, address, "Content-Length: 50", b"x") for _ in range(20)]
        assert subscriber.hub.push(rss("Old news", FINE)) == 202
        assert {one.result().status for one in slow} == {408}


def test_a_database_that_fails_sends_the_hub_away_for_a_while(subscriber: Subscriber) -> None:
    subscribed(subscriber)
    database = subscriber.watch.settings.data_path / "techwatch.db"
    subscriber.watch.store.close()
    kept = database.rename(database.with_suffix(".kept"))
    database.mkdir()
    try:
        assert subscriber.hub.push(rss("Old news", FINE)) == 503
    finally:
        database.rmdir()
        kept.rename(database)
    assert subscriber.hub.push(rss("Old news", FINE)) == 202


def test_two_subscribers_of_one_publisher_have_nothing_in_common(
    subscriber: Subscriber, reachable: Path, publisher: Publisher
) -> None:
    feeds = [
        {"url": publisher.url(f"{name}.rss"), "publisher": name, "language": "en"}
        for name in ("news", "more")
    ]
    (reachable / "feeds.yaml").write_text(yaml.safe_dump({"feeds": feeds}), encoding="utf-8")
    publisher.publish("more.rss", subscriber.publish("Old news"))
    subscriber.watch.open_lists()
    subscriber.poll()
    subscriber.subscribe()
    one, other = subscriber.hub.asked
    assert one["hub.callback"] != other["hub.callback"]
    assert one["hub.secret"] != other["hub.secret"]
    crossed = one | {"hub.callback": other["hub.callback"]}
    assert subscriber.hub.push(rss(FINE), crossed) == 202
    assert subscriber.take() == []  # signed with the other's secret
