"""Items off the topic are stored with their verdict, which is the one that judging gives them."""

from __future__ import annotations

import asyncio
import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from tests.databases import on_both
from tests.news import rss

from techwatch import reading_ahead
from techwatch.feeds import parsing
from techwatch.judging import Judge
from techwatch.model import Document, Feed, FeedState, PollOutcome, Validators, Verdict
from techwatch.storage import indexing
from techwatch.storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.model import ParsedFeed, PollReport
    from techwatch.testing import Publisher
    from techwatch.watch import Watch

    Row = tuple[Any, ...]

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
FEED = Feed("http://news.example/rss", "News", "en")
FINE = "EU fines TikTok 530 million euros over data transfers to China"
MEETING = "TikTok opens a new office in Dublin"
PIE = "Best apple pie recipes for the weekend"
CUP = "Local team wins the cup after extra time"


def reader(watch: Watch, *, full_text: bool = False) -> reading_ahead.Reader:
    of = watch.settings
    means = reading_ahead.Means(watch.baseline, of.matching, of.assessment)
    return reading_ahead.Reader(pickle.dumps(means), full_text=full_text)


@pytest.fixture
def prepared(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make this process one that reads ahead at once, without the parts that would end it."""
    monkeypatch.setattr(reading_ahead, "_PAYS", 0)
    reading_ahead._readers[:] = [reader(watch)]
    yield
    reading_ahead._readers.clear()


def parse(*titles: str, since: datetime | None = None, feed: Feed = FEED) -> ParsedFeed:
    document = Document(feed.url, rss(*titles), None, Validators(), NOW)
    return reading_ahead.parse(document, feed, since)


def read(parsed: ParsedFeed) -> dict[str, Verdict | None]:
    titles = {item.id: item.title for item in parsed.items}
    return {
        titles[key]: one.assessment.verdict if one.assessment else None
        for key, one in parsed.ahead.items()
    }


def stored(watch: Watch) -> tuple[set[Row], set[Row], set[Row], set[Row]]:
    """Return all that a verdict leaves in the database, and the index."""
    a, e, i = t.assessments.c, t.item_entities.c, t.items.c
    s = indexing.search_items.c
    words = [s.words] if watch.store.is_shared else [s.title, s.text]
    wanted = (
        select(a.item_id, a.revision, a.verdict, a.score, a.evidence, a.model_version),
        select(e.item_id, e.entity_id, e.at),
        select(i.id, i.revision, i.judged_revision),
        select(s.place, s.item_id, *words),
    )
    with watch.store.database.read() as connection:
        found = [{tuple(map(str, row)) for row in connection.execute(one)} for one in wanted]
    return found[0], found[1], found[2], found[3]


@on_both
@pytest.mark.usefixtures("prepared")
def test_what_is_stored_is_what_judging_stores(watch: Watch) -> None:
    watch.store.feeds.watch([FEED], NOW)
    parsed = parse(FINE, MEETING, PIE, CUP)
    state = FeedState(FEED)
    outcome = PollOutcome(state, "document", parsed.items, parsed.ahead)
    report = watch.store.feeds.record(outcome, watch.clock())
    assert report.judged == sum(verdict is not None for verdict in read(parsed).values()) >= 2
    assert watch.judge_items().total() == 4 - report.judged
    at_once = stored(watch)

    with watch.store.database.write() as connection:
        indexing.forget(connection, [item.id for item in parsed.items])
        for table in reversed(t.metadata.sorted_tables):
            if table is not t.feeds:
                connection.execute(table.delete())
    assert stored(watch)[2] == set()
    outcome = replace(outcome, ahead={})
    assert watch.store.feeds.record(outcome, watch.clock()).judged == 0
    assert watch.judge_items().total() == 4
    assert stored(watch) == at_once


@pytest.mark.usefixtures("prepared")
def test_only_items_off_the_topic_get_their_verdict() -> None:
    assert read(parse(FINE, PIE)) == {FINE: None, PIE: Verdict.UNRELATED}


@pytest.mark.usefixtures("prepared")
def test_items_from_before_the_last_poll_are_left_alone() -> None:
    items = parse(PIE).items  # dated by the feed
    published = items[0].published
    assert published is not None
    assert read(parse(PIE, since=published)) == {PIE: Verdict.UNRELATED}
    assert read(parse(PIE, since=published + timedelta(days=2))) == {}


@pytest.mark.usefixtures("prepared")
def test_items_that_may_wait_for_their_article_get_no_verdict(watch: Watch) -> None:
    assert read(parse(PIE, feed=replace(FEED, full_text=True))) == {PIE: None}
    reading_ahead._readers[:] = [reader(watch, full_text=True)]
    assert read(parse(PIE)) == {PIE: None}
    assert read(parse(PIE, feed=replace(FEED, full_text=False))) == {PIE: Verdict.UNRELATED}


@pytest.mark.usefixtures("prepared")
def test_an_item_that_breaks_a_rule_is_left_to_judging(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Judge, "plain", broken)
    assert read(parse(PIE)) == {PIE: None}


@pytest.mark.usefixtures("prepared")
def test_a_document_that_takes_long_is_read_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_ahead, "_SECONDS", -1.0)
    parsed = parse(PIE, CUP)
    assert (len(parsed.items), parsed.ahead) == (2, {})


def test_a_process_that_was_not_prepared_parses_all_the_same() -> None:
    parsed = parse(FINE, PIE)
    document = Document(FEED.url, rss(FINE, PIE), None, Validators(), NOW)
    assert parsed.items == parsing.parse(document, FEED).items
    assert read(parsed) == {FINE: None, PIE: None}


def test_polls_bring_verdicts_from_the_processes_that_parse(
    watch: Watch, publisher: Publisher
) -> None:
    pies = [f"{PIE}, part {n}" for n in range(reading_ahead._PAYS)]
    publisher.publish("news.rss", rss(*pies, FINE, PIE, CUP))
    reports: list[PollReport] = []

    async def poll() -> None:
        watch.open_lists()
        async with watch.asking() as ask:
            await watch.poll(watch.store.feeds.states(), ask, reports.append)

    asyncio.run(poll())
    assert [(r.new, r.judged) for r in reports] == [(len(pies) + 3, 2)]
    told: list[str] = []
    watch.judge_items(lambda judged: told.append(judged.stored.item.title))
    assert sorted(told) == sorted([*pies, FINE])
