from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techwatch.feeds.pace import allowed, pace, wait
from techwatch.feeds.polling import PollingSettings
from techwatch.model import Feed, FeedState, Item, Manners, Wishes

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)  # a Wednesday
SETTINGS = PollingSettings(interval=30, shortest=10, longest=240)
MINUTE = timedelta(minutes=1)


def items(*hours_ago: float | None) -> list[Item]:
    times = [None if ago is None else NOW - timedelta(hours=ago) for ago in hours_ago]
    return [Item(str(n), "", "", "", published=time) for n, time in enumerate(times)]


def state(manners: Manners, hours_quiet: float = 0) -> FeedState:
    feed = Feed("https://a.example/feed", "A", "en")
    return FeedState(feed, manners=manners, news_at=NOW - timedelta(hours=hours_quiet))


@pytest.mark.parametrize(
    ("hours_ago", "seconds"),
    [
        ((), None),
        ((1, 2, 3), None),
        ((None, None, None, 1, 1, 1, 1), None),
        ((1, 2, 3, 4, 5, 6, 7), 1800),  # half an hour: half of a gap
        ((1, 2, 3, 4), 1800),
        ((9, 1, 5, 7, 3), 3600),  # in any order
        ((0, 0.1, 10, 20, 30), 5 * 3600 * 0.99),  # bursts: the middle gap counts
    ],
)
def test_the_pace_is_read_from_dates(
    hours_ago: tuple[float | None, ...], seconds: float | None
) -> None:
    told = pace(items(*hours_ago))
    assert told == (seconds if seconds is None else pytest.approx(seconds, rel=0.02))


def test_a_document_that_reaches_back_an_hour_is_read_before_it_scrolls_by() -> None:
    assert pace(items(0, 0.1, 0.2, 1)) == pytest.approx(0.05 * 3600)
    assert pace(items(0, 0.5, 1.0, 1.01)) == pytest.approx(0.2525 * 3600, rel=0.02)


@pytest.mark.parametrize(
    ("manners", "quiet", "minutes"),
    [
        (Manners(), 0, 30),
        (Manners(), 500, 30),
        (Manners(pace=60), 0, 10),
        (Manners(pace=3600), 0, 60),
        (Manners(pace=10**9), 0, 240),
        (Manners(pace=60), 8, 60),
        (Manners(pace=60), 800, 240),
        (Manners(pace=1200, slower=2), 0, 40),
        (Manners(wishes=Wishes(fresh_for=5400)), 0, 90),
        (Manners(wishes=Wishes(every=5400)), 0, 90),
        (Manners(wishes=Wishes(fresh_for=60)), 0, 30),
        (Manners(wishes=Wishes(every=10**9)), 0, 240),
    ],
)
def test_a_wait_heeds_news_wishes_and_limits(
    manners: Manners, quiet: float, minutes: float
) -> None:
    assert wait(state(manners, quiet), NOW, SETTINGS).span == MINUTE * minutes


def test_the_users_interval_stands_above_the_limits() -> None:
    seldom = PollingSettings(interval=600)
    assert wait(state(Manners()), NOW, seldom).span == MINUTE * 600
    often = PollingSettings(interval=5)
    assert wait(state(Manners(pace=1)), NOW, often).span == MINUTE * 5


@pytest.mark.parametrize(
    ("wishes", "at"),
    [
        (Wishes(), NOW + 30 * MINUTE),
        (Wishes(skip_hours=(12,)), NOW + 60 * MINUTE),
        (Wishes(skip_hours=(12, 13, 23)), NOW + 120 * MINUTE),
        (Wishes(skip_hours=(11,)), NOW + 30 * MINUTE),
        (Wishes(skip_days=(2,)), NOW + 720 * MINUTE),
        (Wishes(skip_days=(2, 3), skip_hours=(0,)), NOW + (36 + 1) * 60 * MINUTE),
        (Wishes(skip_hours=tuple(range(24))), NOW + 30 * MINUTE),
        (Wishes(skip_days=tuple(range(7))), NOW + 30 * MINUTE),
    ],
)
def test_hours_and_days_are_skipped(wishes: Wishes, at: datetime) -> None:
    assert allowed(NOW + 30 * MINUTE, wishes) == at


@given(
    hours=st.sets(st.integers(0, 23)),
    days=st.sets(st.integers(0, 6)),
    seconds=st.integers(0, 10**6),
)
def test_no_wish_stops_polling(hours: set[int], days: set[int], seconds: int) -> None:
    asked = Wishes(skip_hours=tuple(hours), skip_days=tuple(days))
    at = NOW + timedelta(seconds=seconds)
    told = allowed(at, asked)
    assert at <= told <= at + timedelta(days=7)
    if len(hours) < 24 and len(days) < 7:
        assert told.hour not in hours
        assert told.weekday() not in days


@given(
    pace_=st.none() | st.floats(0, 10**12),
    fresh=st.floats(0, 10**12),
    slower=st.floats(1, 8),
    quiet=st.floats(0, 10**4),
)
def test_the_users_limits_always_hold(
    pace_: float | None, fresh: float, slower: float, quiet: float
) -> None:
    manners = Manners(Wishes(fresh_for=fresh), pace_, slower)
    told = wait(state(manners, quiet), NOW, SETTINGS).span
    assert 10 * MINUTE <= told <= 240 * MINUTE
    assert told >= min(timedelta(seconds=min(fresh, 10**6)), 240 * MINUTE)
    assert wait(replace(state(manners), news_at=None), NOW, SETTINGS).span <= 240 * MINUTE
