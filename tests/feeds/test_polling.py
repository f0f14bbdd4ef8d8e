from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from techwatch.errors import (
    ConnectionFailedError,
    FetchError,
    FetchTimeoutError,
    HttpStatusError,
    NotAFeedError,
    ParseError,
)
from techwatch.feeds.polling import (
    PollingSettings,
    after_document,
    after_failure,
    after_not_modified,
    due,
    health,
    held_until,
    unchanged,
)
from techwatch.model import (
    Document,
    Feed,
    FeedState,
    Manners,
    NotModified,
    ParsedFeed,
    Validators,
    Wishes,
)

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
FEED = Feed("https://a.example/feed", "A", "en")
NEW = FeedState(FEED)
OLD, FRESH = Validators('"old"'), Validators('"fresh"')
DOCUMENT = Document(FEED.url, b"<rss/>", None, FRESH, NOW)
SETTINGS = PollingSettings(jitter=0)
WELL = after_document(NEW, DOCUMENT, ParsedFeed("A", ()), NOW, SETTINGS, 0)
DOWN = ConnectionFailedError(FEED.url, "refused")


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_a_new_feed_is_due_at_once() -> None:
    assert due(NEW, NOW)


def test_a_paused_feed_is_never_due() -> None:
    assert not due(FeedState(replace(FEED, paused=True)), NOW)


def test_a_feed_is_due_when_its_time_has_come_and_not_before() -> None:
    assert not due(WELL, NOW + minutes(29.9))
    assert due(WELL, NOW + minutes(30))


def test_a_feed_polled_while_the_clock_was_a_day_ahead_does_not_wait_a_day() -> None:
    assert due(WELL, NOW - timedelta(days=1))
    assert not due(WELL, NOW - minutes(9))


def test_a_document_is_remembered() -> None:
    state = after_document(NEW, DOCUMENT, ParsedFeed("A", (), ("was cut",)), NOW, SETTINGS, 0)
    assert state.validators == FRESH
    assert (state.polled_at, state.succeeded_at, state.next_poll_at) == (
        NOW,
        NOW,
        NOW + minutes(30),
    )
    assert state.damage == ("was cut",)
    assert unchanged(state, DOCUMENT)
    assert not unchanged(state, replace(DOCUMENT, content=b"<rss />"))
    assert not unchanged(NEW, DOCUMENT)


@pytest.mark.parametrize("answer", [NotModified(FEED.url, FRESH, NOW), DOCUMENT])
def test_nothing_new_keeps_what_is_known_of_the_document(answer: NotModified | Document) -> None:
    before = replace(WELL, validators=OLD, damage=("was cut",))
    later = NOW + minutes(40)
    state = after_not_modified(before, answer, later, SETTINGS, 0)
    assert state.validators == FRESH
    assert (state.body_hash, state.damage) == (WELL.body_hash, ("was cut",))
    assert (state.succeeded_at, state.next_poll_at) == (later, later + minutes(30))


@pytest.mark.parametrize("error", [DOWN, NotAFeedError(FEED.url, "a web page")])
def test_a_failure_is_told_and_costs_no_knowledge(error: FetchError | ParseError) -> None:
    state = after_failure(WELL, error, NOW, SETTINGS, 0)
    assert (state.error, state.error_kind) == (str(error), type(error).__name__)
    assert (state.failures, state.failing_since, state.polled_at) == (1, NOW, NOW)
    assert (state.validators, state.body_hash) == (WELL.validators, WELL.body_hash)
    assert state.succeeded_at == WELL.succeeded_at


def test_waits_double_up_to_a_day_and_polling_never_stops() -> None:
    state, now, waits = NEW, NOW, []
    for _ in range(200):
        state = after_failure(state, DOWN, now, SETTINGS, 0)
        assert state.next_poll_at is not None
        waits.append((state.next_poll_at - now) / minutes(1))
        now = state.next_poll_at
        assert due(state, now)
    assert waits[:8] == [15, 30, 60, 120, 240, 480, 960, 1440]
    assert set(waits[7:]) == {1440}
    assert (state.failures, state.failing_since) == (200, NOW)


def test_success_ends_a_failure() -> None:
    failing = after_failure(WELL, DOWN, NOW, SETTINGS, 0)
    state = after_not_modified(failing, NotModified(FEED.url, FRESH, NOW), NOW, SETTINGS, 0)
    assert (state.failures, state.failing_since, state.error, state.error_kind) == (
        0,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [(None, 60), (0.0, 15), (60.0, 15), (7200.0, 120), (10.0**9, 1440), (10.0**300, 1440)],
)
def test_a_server_that_asks_for_time_gets_it_up_to_a_day(
    retry_after: float | None, wait: float
) -> None:
    error = HttpStatusError(FEED.url, 429, retry_after)
    assert after_failure(NEW, error, NOW, SETTINGS, 0).next_poll_at == NOW + minutes(wait)


@given(
    jitter=st.floats(0, 1),
    share=st.floats(0, 1),
    interval=st.floats(1, 10_080),
    failures=st.integers(0, 10**6),
    failed=st.booleans(),
    early=st.floats(0.001, 600),
)
def test_a_feed_is_never_due_before_its_time(
    *, jitter: float, share: float, interval: float, failures: int, failed: bool, early: float
) -> None:
    settings = PollingSettings(interval=interval, jitter=share)
    before = replace(WELL, failures=failures)
    state = (
        after_failure(before, FetchTimeoutError(FEED.url, "slow"), NOW, settings, jitter)
        if failed
        else after_document(before, DOCUMENT, ParsedFeed("A", ()), NOW, settings, jitter)
    )
    at = state.next_poll_at
    assert at is not None
    assert at - NOW >= minutes(settings.first_backoff if failed else interval) * 0.999_999
    assert at - NOW <= minutes(max(interval, settings.longest_backoff)) * 2.000_001
    assert not due(state, at - timedelta(seconds=early))
    assert due(state, at)


HOURLY = replace(WELL, manners=Manners(pace=1800.0))  # half of the time between two items
WEEKLY = replace(WELL, manners=Manners(pace=7 * 43_200.0))


@pytest.mark.parametrize(
    ("state", "condition", "why"),
    [
        (FeedState(replace(FEED, paused=True)), "paused", None),
        (NEW, "waiting", "not polled yet"),
        (after_failure(NEW, DOWN, NOW, SETTINGS, 0), "failing", "refused"),
        (after_failure(replace(WELL, news_at=NOW), DOWN, NOW, SETTINGS, 0), "failing", "refused"),
        (WELL, "silent", "no item so far"),
        (replace(WELL, damage=("left out: 3",)), "silent", "no item so far; left out: 3"),
        (replace(WELL, news_at=NOW), "well", None),
        (replace(replace(WELL, damage=("was cut",)), news_at=NOW), "well", "was cut"),
        (replace(WELL, news_at=NOW - timedelta(days=14)), "well", None),
        (replace(WELL, news_at=NOW - timedelta(days=15)), "silent", "no new item for 15 days"),
        (replace(HOURLY, news_at=NOW - timedelta(days=4)), "well", None),
        (replace(HOURLY, news_at=NOW - timedelta(days=5)), "silent", "no new item for 5 days"),
        (replace(WEEKLY, news_at=NOW - timedelta(days=14)), "well", None),
        (replace(WEEKLY, news_at=NOW - timedelta(days=15)), "silent", "no new item for 15 days"),
    ],
)
def test_the_health_of_a_feed(state: FeedState, condition: str, why: str | None) -> None:
    told = health(state, NOW, SETTINGS)
    assert (told.condition, told.why) == (condition, why)
    assert (told.url, told.publisher) == (FEED.url, "A")


def test_health_says_since_when() -> None:
    failing = after_failure(replace(WELL, news_at=NOW), DOWN, NOW + minutes(5), SETTINGS, 0)
    failing = after_failure(failing, DOWN, NOW + minutes(20), SETTINGS, 0)
    assert health(failing, NOW, SETTINGS).since == NOW + minutes(5)
    silent = replace(WELL, news_at=NOW - timedelta(days=30))
    assert health(silent, NOW, SETTINGS).since == NOW - timedelta(days=30)


@pytest.mark.parametrize(
    "settings",
    [{"interval": 0}, {"jitter": 1.5}, {"first_backoff": 60, "longest_backoff": 30}, {"every": 5}],
)
def test_wrong_settings_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        PollingSettings.model_validate(settings)


@pytest.mark.parametrize(
    ("manners", "minutes_held"),
    [
        (Manners(), 15),  # what it will ask for is not known: as after a failure
        (Manners(full_at=NOW), 15),
        (Manners(full_at=NOW, wishes=Wishes(every=7200)), 120),
        (Manners(full_at=NOW, wishes=Wishes(fresh_for=60)), 15),
        (Manners(full_at=NOW, wishes=Wishes(every=10**7)), 240),
        (Manners(full_at=NOW, wishes=Wishes(skip_hours=(12, 13))), 120),  # to its end
    ],
)
def test_a_feed_in_hand_is_left_alone_for_a_while_if_the_process_dies(
    manners: Manners, minutes_held: float
) -> None:
    until = held_until(replace(NEW, manners=manners), NOW, SETTINGS)
    assert minutes(minutes_held) <= until - NOW <= minutes(minutes_held + 1)
