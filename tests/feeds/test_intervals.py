from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from techwatch.feeds.intervals import interval
from techwatch.feeds.polling import PollingSettings
from techwatch.model import Feed, FeedState, Manners, Wishes

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)  # a Wednesday
SETTINGS = PollingSettings(interval=30, shortest=10, longest=240)
HOUR = timedelta(hours=1)
POLLED = FeedState(
    Feed("https://a.example/feed", "A", "en"),
    polled_at=NOW,
    next_poll_at=NOW + HOUR,
    news_at=NOW,
)


@pytest.mark.parametrize(
    ("manners", "why"),
    [
        (Manners(), "polling.interval; how often it has news is not known"),
        (Manners(pace=3600), "by how often it has news"),
        (Manners(pace=1), "polling.shortest; it often has news"),
        (Manners(pace=3600, slower=2), "too many requests"),
        (Manners(Wishes(fresh_for=9000)), "asked for by Cache-Control or Expires"),
        (Manners(Wishes(every=9000, fresh_for=100)), "asked for by ttl or sy:updatePeriod"),
        (Manners(Wishes(every=10**7)), "polling.longest; more would be asked for by ttl"),
    ],
)
def test_what_decided_an_interval_is_told(manners: Manners, why: str) -> None:
    told = interval(replace(POLLED, manners=manners), SETTINGS)
    assert told is not None
    assert told.span == HOUR
    assert why in told.why


def test_a_feed_that_had_no_news_for_long_is_asked_by_its_silence() -> None:
    quiet = replace(POLLED, news_at=NOW - 24 * HOUR, manners=Manners(pace=3600))
    told = interval(quiet, SETTINGS)
    assert told is not None
    assert told.why == "by how long it has had no news"


def test_hours_that_are_skipped_are_told() -> None:
    manners = Manners(Wishes(skip_hours=(12, 13, 14, 15)), pace=3600)
    waiting = replace(POLLED, manners=manners, next_poll_at=NOW + 4 * HOUR)
    told = interval(waiting, SETTINGS)
    assert told is not None
    assert told.why.endswith("then on past the hours it asks to skip")


def test_failures_are_told_as_the_reason() -> None:
    told = interval(replace(POLLED, failures=3), SETTINGS)
    assert told is not None
    assert told.why == "it failed 3 times in a row"


@pytest.mark.parametrize(
    "state",
    [
        replace(POLLED, polled_at=None),
        replace(POLLED, next_poll_at=None),
        replace(POLLED, feed=replace(POLLED.feed, paused=True)),
    ],
    ids=["never polled", "gone", "paused"],
)
def test_a_feed_that_is_not_asked_has_no_interval(state: FeedState) -> None:
    assert interval(state, SETTINGS) is None
