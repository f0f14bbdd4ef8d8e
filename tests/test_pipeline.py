"""The whole way from a feed to a folder or a mail server, with real parts and a moved clock."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
import yaml
from aiosmtpd.controller import Controller
from tests.databases import on_both
from tests.news import rss

from techwatch import pipeline
from techwatch.installation import shipped
from techwatch.model import DeliveryState, Feed, Item, PollOutcome, Verdict
from techwatch.settings import load
from techwatch.testing import Behaviour, FakeClock, Publisher
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techwatch.model import FeedState, PollReport
    from techwatch.storage import Store

pytestmark = on_both

FINE = "EU fines TikTok 530 million euros over data transfers to China"
DRAFT = "China publishes draft amendment of its Cybersecurity Law for comment"
PASSED = "China passes amendment of its Cybersecurity Law"
NOISE = "Best apple pie recipes for the weekend"


def poll(watch: Watch) -> list[PollReport]:
    """One round over every feed, due or not."""
    reports: list[PollReport] = []

    async def round_of_polls() -> None:
        watch.open_lists()
        async with watch.asking() as ask:
            await watch.poll(watch.store.feeds.states(), ask, reports.append)

    asyncio.run(round_of_polls())
    watch.judge_items()
    return reports


def titles(watch: Watch) -> dict[str, Verdict]:
    draft = watch.draft(watch.edition("daily"))
    return {development.title: development.verdict for development in draft.developments}


def test_news_goes_from_a_feed_into_a_folder_once(
    watch: Watch, publisher: Publisher, tmp_path: Path, clock: FakeClock
) -> None:
    publisher.publish("news.rss", rss(FINE, NOISE))
    [report] = poll(watch)
    assert (report.result, report.new, report.error) == ("document", 2, None)

    assert watch.publish_due() == []  # 06:00 in Oslo
    clock.move(timedelta(hours=2))
    [digest] = watch.publish_due()
    assert [d.title for d in digest.developments] == [FINE]
    assert watch.publish_due() == []

    [delivery] = asyncio.run(watch.deliver())
    assert delivery.state is DeliveryState.SENT
    written = json.loads((tmp_path / "data/digests/daily/2026-03-02T0600Z.json").read_bytes())
    assert FINE in json.dumps(written)
    assert asyncio.run(watch.deliver()) == []

    clock.move(timedelta(days=1))
    [following] = watch.publish_due()
    assert following.developments == ()
    assert following.subject.startswith("techwatch: nothing new")


def test_one_article_in_two_feeds_is_one_development_with_two_sources(
    watch: Watch, publisher: Publisher, config: Path
) -> None:
    listed = [
        {"url": publisher.url(f"{name}.rss"), "publisher": name, "language": "en"}
        for name in ("Harbour", "Quay")
    ]
    (config / "feeds.yaml").write_text(yaml.safe_dump({"feeds": listed}), encoding="utf-8")
    for name in ("Harbour", "Quay"):
        tracked = f"https://harbour.example/0?utm_source={name}</link>".encode()
        body = rss(FINE).replace(b"https://harbour.example/0</link>", tracked)
        publisher.publish(f"{name}.rss", body)
    poll(watch)
    [development] = watch.draft(watch.edition("daily")).developments
    [other] = development.others
    assert {development.publisher, other.publisher} == {"Harbour", "Quay"}
    assert {development.link, other.link} == {"https://harbour.example/0"}


def test_an_unchanged_feed_brings_nothing_twice(watch: Watch, publisher: Publisher) -> None:
    publisher.publish("news.rss", rss(FINE))
    poll(watch)
    [again] = poll(watch)
    assert again.result == "not_modified"
    assert publisher.requests[-1].status == 304
    # The same bytes without validators are not parsed again either.
    publisher.misbehave("news.rss", Behaviour(status=200, body=rss(FINE)))
    [same] = poll(watch)
    assert (same.result, same.new, same.error) == ("not_modified", 0, None)


def test_a_changed_headline_is_judged_again_and_told_with_the_earlier_one(
    watch: Watch, publisher: Publisher
) -> None:
    publisher.publish("news.rss", rss(DRAFT))
    poll(watch)
    assert titles(watch) == {DRAFT: Verdict.ESCALATING}
    [standing] = watch.store.judging.standings(["csl"])
    assert (standing.rung, standing.source, standing.reason) == ("consultation", "Harbour", DRAFT)
    watch.publish(watch.edition("daily"))
    assert titles(watch) == {}

    publisher.publish("news.rss", rss(PASSED))
    [report] = poll(watch)
    assert (report.new, report.revised) == (0, 1)
    [development] = watch.draft(watch.edition("daily")).developments
    assert (development.title, development.earlier_title) == (PASSED, DRAFT)
    assert development.verdict is Verdict.ESCALATING


def test_two_feeds_that_tell_one_event_are_one_development(
    watch: Watch, publisher: Publisher, config: Path
) -> None:
    other = {"url": publisher.url("other.rss"), "publisher": "Quay", "language": "en", "tier": 1}
    path = config / "feeds.yaml"
    feeds = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({"feeds": [*feeds["feeds"], other]}), encoding="utf-8")
    publisher.publish("news.rss", rss(FINE))
    publisher.publish(
        "other.rss", rss("TikTok fined 530 million euros by EU for sending data to China")
    )
    poll(watch)
    [development] = watch.draft(watch.edition("daily")).developments
    assert development.publisher == "Quay"  # the better tier leads
    assert [source.publisher for source in development.others] == ["Harbour"]


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (Behaviour(status=500), "HttpStatusError"),
        (Behaviour(status=200, body=b""), "EmptyDocumentError"),
        (Behaviour(status=200, body=b"<html><body>Blocked</body></html>"), "NotAFeedError"),
        (Behaviour(hang_up=True), "ConnectionFailedError"),
    ],
)
def test_one_bad_feed_is_told_and_the_others_go_on(
    watch: Watch, publisher: Publisher, config: Path, behaviour: Behaviour, kind: str
) -> None:
    bad = {"url": publisher.url("bad.rss"), "publisher": "Bad", "language": "en"}
    path = config / "feeds.yaml"
    feeds = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({"feeds": [bad, *feeds["feeds"]]}), encoding="utf-8")
    publisher.publish("news.rss", rss(FINE))
    publisher.publish("bad.rss", rss(NOISE))
    publisher.misbehave("bad.rss", behaviour)

    reports = {report.feed.publisher: report for report in poll(watch)}
    assert reports["Harbour"].new == 1
    assert reports["Bad"].result == "failed"
    state = watch.store.feeds.state(publisher.url("bad.rss"))
    assert state.error_kind == kind
    coverage = watch.draft(watch.edition("daily")).coverage
    assert [(f.publisher, f.condition) for f in coverage.feeds if f.condition == "failing"] == [
        ("Bad", "failing")
    ]

    publisher.recover("bad.rss")
    reports = {report.feed.publisher: report for report in poll(watch)}
    assert reports["Bad"].new == 1
    assert watch.store.feeds.state(publisher.url("bad.rss")).error is None


def test_the_order_in_which_items_arrive_changes_no_verdict(
    watch: Watch, publisher: Publisher
) -> None:
    publisher.publish("news.rss", rss(PASSED, DRAFT, FINE, NOISE))
    poll(watch)
    forward = titles(watch)
    assert set(forward) == {PASSED, DRAFT, FINE}


class Inbox:
    """What the mail server was handed."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        del server, session
        self.messages.append((envelope.rcpt_tos[0], envelope.content))
        return "250 taken"


@pytest.fixture
def mailing(
    config: Path, clock: FakeClock, unused_port: int, environment: dict[str, str]
) -> Iterator[Watch]:
    """techwatch that mails to a port on which nobody listens yet."""
    edition = {"id": "daily", "title": "Daily", "schedule": "0 7 * * *", "zone": "Europe/Oslo"}
    mail = {"channels": ["email"], "recipients": ["a@example.org", "b@example.org"]}
    (config / "digests.yaml").write_text(yaml.safe_dump({"editions": [edition | mail]}))
    options = ["email.host=127.0.0.1", f"email.port={unused_port}", "email.security=none"]
    settings = load(config / "techwatch.yaml", environment, options)
    built = Watch(lambda: settings, config, shipped("baseline"), clock)
    yield built
    built.close()


@pytest.fixture
def unused_port() -> int:
    import socket  # noqa: PLC0415 - for this fixture only

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_with_the_mail_server_down_a_digest_stays_due_and_goes_out_later_once(
    mailing: Watch, publisher: Publisher, clock: FakeClock, unused_port: int
) -> None:
    publisher.publish("news.rss", rss(FINE))
    poll(mailing)
    mailing.publish(mailing.edition("daily"))
    for delivery in asyncio.run(mailing.deliver()):
        assert delivery.state is DeliveryState.DUE
        assert delivery.error
    coverage = mailing.draft(mailing.edition("daily")).coverage
    assert len(coverage.undelivered) == 2

    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=unused_port)
    server.start()
    try:
        assert asyncio.run(mailing.deliver()) == []  # not yet: it waits before trying again
        clock.move(timedelta(hours=2))
        sent = asyncio.run(mailing.deliver())
        assert [delivery.state for delivery in sent] == [DeliveryState.SENT] * 2
        clock.move(timedelta(hours=2))
        assert asyncio.run(mailing.deliver()) == []
    finally:
        server.stop()
    assert sorted(recipient for recipient, _ in inbox.messages) == [
        "a@example.org",
        "b@example.org",
    ]
    mail = message_from_bytes(inbox.messages[0][1], policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    assert "TikTok" in body.get_content()


def test_a_folder_that_died_under_way_is_written_again(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.publish("news.rss", rss(FINE))
    poll(watch)
    watch.publish(watch.edition("daily"))
    [due] = watch.store.ledger.due(clock())
    claimed = watch.store.ledger.claim(due, "another", clock())
    assert claimed is not None
    assert watch.store.ledger.hand_over(claimed, clock())
    clock.move(timedelta(hours=1))
    [delivery] = asyncio.run(watch.deliver())
    assert delivery.state is DeliveryState.SENT


def test_a_delivery_that_died_under_way_is_uncertain_and_not_repeated(
    mailing: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.publish("news.rss", rss(FINE))
    poll(mailing)
    mailing.publish(mailing.edition("daily"))
    for due in mailing.store.ledger.due(clock()):
        claimed = mailing.store.ledger.claim(due, "another", clock())
        assert claimed is not None
        mailing.store.ledger.hand_over(claimed, clock())
    clock.move(timedelta(hours=1))
    assert asyncio.run(mailing.deliver()) == []
    assert {d.state for d in mailing.store.ledger.open()} == {DeliveryState.UNCERTAIN}


def states_of(store: Store, number: int, clock: FakeClock) -> tuple[FeedState, ...]:
    listed = [Feed(f"http://{n}.example/", f"P{n:03}", "en") for n in range(number)]
    store.feeds.watch(listed, clock())
    return store.feeds.states()


def test_a_poll_of_many_feeds_begins_piece_by_piece(watch: Watch, clock: FakeClock) -> None:
    begun, seen = [], set()

    async def ask(state: FeedState) -> PollOutcome:
        begun.append(state)
        return PollOutcome(state, "not_modified")

    async def look() -> None:
        while True:
            seen.add(len(begun))
            await asyncio.sleep(0)

    async def round_of_polls() -> list[PollReport]:
        looking = asyncio.create_task(look())
        states = states_of(watch.store, 300, clock)
        reports = [report async for report in pipeline.poll(states, ask, watch.store, clock)]
        looking.cancel()
        return reports

    assert len(asyncio.run(round_of_polls())) == 300
    assert [n for n in seen if 0 < n < 300]


def test_what_is_stored_is_let_go_while_others_are_asked(watch: Watch, clock: FakeClock) -> None:
    class Many(tuple[Item, ...]):
        """Items of which it is counted how many are held."""

        __slots__ = ()
        held: ClassVar[int] = 0

        def __init__(self, items: object = ()) -> None:
            del items
            Many.held += 1

        def __del__(self) -> None:
            Many.held -= 1

    async def ask(state: FeedState) -> PollOutcome:
        return PollOutcome(state, "document", Many())

    async def round_of_polls() -> list[int]:
        states = states_of(watch.store, 300, clock)
        return [Many.held async for _ in pipeline.poll(states, ask, watch.store, clock)]

    held = asyncio.run(round_of_polls())
    assert held[0] == 300
    assert held[-1] <= 2 * pipeline.POLLING_BATCH  # the storing thread may still hold its last
    assert Many.held == 0
