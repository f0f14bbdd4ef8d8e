"""When to poll a feed again, whether anything changed, and how well it is. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from techwatch.errors import HttpStatusError
from techwatch.feeds.announced import together
from techwatch.feeds.pace import allowed, pace, reach, usual_gap, wait
from techwatch.feeds.polling_settings import PollingSettings
from techwatch.model import Document, FeedHealth, Manners, Validators

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.errors import FetchError, ParseError, PostponedError
    from techwatch.model import Condition, FeedState, NotModified, ParsedFeed

__all__ = [
    "PollingSettings",
    "address",
    "after_document",
    "after_failure",
    "after_not_modified",
    "after_postponed",
    "body_hash",
    "due",
    "health",
    "held_until",
    "shown",
    "unchanged",
]

MOVED_AFTER = 3  # polls in a row that a permanent redirect must lead to one place
_IN_HAND = timedelta(minutes=1)  # in which an answer that is under way arrives
_MOST_DOUBLINGS = 30  # enough for any limit, and far from overflow
_TOO_MANY, _GONE = 429, 410
_BARE = 2  # doublings more for a server that says "too many" but not when to come back
_SLOWER, _SLOWEST = 2.0, 8.0  # how waits grow with each "too many"
_SILENT_GAPS = 12  # of the usual length without an item: far longer than usual
_SHORTEST_SILENCE = timedelta(days=4)  # longer than a weekend and a holiday
_AHEAD = timedelta(minutes=10)  # of now: no clock is corrected by so much unless it was wrong
_FASTER = 0.9  # and shrink again with each poll that went well


def due(state: FeedState, now: datetime) -> bool:
    """Whether a feed is to be polled.

    Its publisher's skipped hours are looked at again here: the time that was set may have passed
    while the service was down, or a moment before such an hour began. What was noted while the
    clock was ahead holds no longer once it is right: a feed whose last poll lies in the future
    would not be asked until then, and more.
    """
    if state.feed.paused or state.manners.gone_at:
        return False
    if state.next_poll_at is None:
        return True
    if state.polled_at is not None and state.polled_at - now > _AHEAD:
        return True
    return state.next_poll_at <= now == allowed(now, state.manners.wishes)


def address(state: FeedState) -> str:
    """Return where to ask: a feed that moved for good is asked at its new address."""
    moved_to = state.manners.moved_to
    return moved_to if moved_to and _rewritten(state) else state.feed.url


def shown(state: FeedState, now: datetime, settings: PollingSettings) -> Validators:
    """Return the validators to show.

    None once in a while: some servers answer for days that nothing changed when it did.
    """
    full_at = state.manners.full_at
    if full_at is None or now - full_at >= timedelta(hours=settings.unconditional):
        return Validators()
    return state.validators


def held_until(state: FeedState, now: datetime, settings: PollingSettings) -> datetime:
    """Return until when a feed is left alone if the process dies before its answer is stored.

    What that answer asks for is known to nobody: the feed gets the pause of one that failed, or
    the one that it asked for before, if that is longer.
    """
    wishes = state.manners.wishes
    asked = min(max(wishes.fresh_for, wishes.every), settings.longest * 60)
    pause = timedelta(seconds=max(asked, settings.first_backoff * 60))
    return allowed(now + pause + _IN_HAND, wishes)


def body_hash(content: bytes) -> str:
    """Name a document by its bytes."""
    return hashlib.sha256(content).hexdigest()


def unchanged(state: FeedState, document: Document) -> bool:
    """Whether a document is, byte for byte, the one that was read last."""
    return state.body_hash == body_hash(document.content)


def after_document(
    state: FeedState,
    document: Document,
    parsed: ParsedFeed,
    now: datetime,
    settings: PollingSettings,
    jitter: float,
) -> FeedState:
    """Return the state after a document was read; `jitter` is a random number from 0 to 1."""
    manners = replace(
        state.manners,
        wishes=parsed.wishes,
        pace=pace(parsed.items),
        reach=reach(parsed.items, now),
        full_at=now,
    )
    announced = together(document.announced, parsed.announced, document.url)
    read = replace(state, manners=manners, damage=parsed.damage, announced=announced)
    return replace(
        _well(read, document, now, settings, jitter), body_hash=body_hash(document.content)
    )


def after_not_modified(
    state: FeedState,
    answer: NotModified | Document,
    now: datetime,
    settings: PollingSettings,
    jitter: float,
) -> FeedState:
    """Return the state after a poll that brought nothing new: a 304, or the same bytes again."""
    if isinstance(answer, Document):
        state = replace(state, manners=replace(state.manners, full_at=now))
    return _well(state, answer, now, settings, jitter)


def after_postponed(
    state: FeedState,
    error: PostponedError,
    now: datetime,
    settings: PollingSettings,
    jitter: float,
) -> FeedState:
    """Return the state of a feed that was not asked, because its host wants to be left alone."""
    longest = timedelta(minutes=settings.longest_backoff)
    until = min(timedelta(seconds=min(error.seconds, 1e8)), longest)
    return replace(state, next_poll_at=now + _spread(until, settings, jitter))


def after_failure(
    state: FeedState,
    error: FetchError | ParseError,
    now: datetime,
    settings: PollingSettings,
    jitter: float,
) -> FeedState:
    """Return the state after a poll that failed.

    The wait doubles with each failure in a row and is never shorter than the server asked, both
    up to the longest. Polling stops for one reason only: the server says that the feed is gone
    (410). A feed that was asked at its new address is asked at its old one again. Validators stay
    those of the last document that was read, so that one that couldn't be parsed is fetched again.
    """
    status = error.status if isinstance(error, HttpStatusError) else None
    gone = status == _GONE and not _rewritten(state)
    return replace(
        state,
        next_poll_at=None if gone else now + _back_off(state, error, settings, jitter),
        polled_at=now,
        failing_since=state.failing_since or now,
        failures=state.failures + 1,
        error=str(error),
        error_kind=type(error).__name__,
        manners=replace(
            state.manners,
            moved_polls=0 if _rewritten(state) else state.manners.moved_polls,
            gone_at=now if gone else None,
            slower=_slower(state.manners, status),
        ),
    )


def health(state: FeedState, now: datetime, settings: PollingSettings) -> FeedHealth:
    """Say how well a feed is. Silence counts from its last new item."""
    condition, since, why = _condition(state, now, settings)
    moved_to = state.manners.moved_to if _rewritten(state) else None
    if moved_to:
        moved = f"moved for good to {moved_to} and is asked there"
        why = f"{why}; {moved}" if why else moved
    feed, moved_at = state.feed, state.manners.moved_at if moved_to else None
    return FeedHealth(
        feed.publisher, feed.url, condition, since, why, state.gap_at, moved_to, moved_at
    )


def _condition(
    state: FeedState, now: datetime, settings: PollingSettings
) -> tuple[Condition, datetime | None, str | None]:
    if state.feed.paused:
        return "paused", None, None
    if gone_at := state.manners.gone_at:
        return "gone", gone_at, "the server says it is gone for good (410); it is not asked again"
    if state.failures:
        return "failing", state.failing_since, state.error
    if state.succeeded_at is None:
        return "waiting", None, "not polled yet"
    if quiet := _silence(state, now, settings):
        return "silent", state.news_at, "; ".join((quiet, *state.damage))
    return "well", None, "; ".join(state.damage) or None


def _silence(state: FeedState, now: datetime, settings: PollingSettings) -> str | None:
    """Say for how long a feed has been quiet, if that is longer than usual."""
    if state.news_at is None:
        return "no item so far"
    quiet = now - state.news_at
    usual = usual_gap(state.manners)
    longest = timedelta(days=settings.silent_after)
    if usual is not None:
        longest = min(longest, max(_SHORTEST_SILENCE, usual * _SILENT_GAPS))
    return f"no new item for {quiet.days} days" if quiet > longest else None


def _well(
    state: FeedState,
    answer: NotModified | Document,
    now: datetime,
    settings: PollingSettings,
    jitter: float,
) -> FeedState:
    manners = replace(
        _after_move(state, answer.moved_to, now),
        wishes=replace(state.manners.wishes, fresh_for=answer.fresh_for),
        slower=max(state.manners.slower * _FASTER, 1.0),
        gone_at=None,
    )
    state = replace(state, manners=manners)
    at = now + _spread(wait(state, now, settings).span, settings, jitter)
    return replace(
        state,
        validators=answer.validators,
        next_poll_at=allowed(at, manners.wishes),
        polled_at=now,
        succeeded_at=now,
        failing_since=None,
        failures=0,
        error=None,
        error_kind=None,
    )


def _rewritten(state: FeedState) -> bool:
    manners = state.manners
    return manners.moved_to is not None and manners.moved_polls >= MOVED_AFTER


def _after_move(state: FeedState, moved_to: str | None, now: datetime) -> Manners:
    """Count polls that permanent redirects led to one place.

    A place without encryption does not take over from one with it. A feed that moves on from its
    new address is asked at its old one, until the counting is done again.
    """
    manners = state.manners
    if moved_to is None:
        return manners if _rewritten(state) else replace(manners, moved_to=None, moved_polls=0)
    if urlsplit(state.feed.url).scheme == "https" != urlsplit(moved_to).scheme:
        return replace(manners, moved_to=None, moved_polls=0)
    polls = manners.moved_polls + 1 if moved_to == manners.moved_to else 1
    moved_at = now if polls == MOVED_AFTER else manners.moved_at
    return replace(manners, moved_to=moved_to, moved_polls=polls, moved_at=moved_at)


def _slower(manners: Manners, status: int | None) -> float:
    return min(manners.slower * _SLOWER, _SLOWEST) if status == _TOO_MANY else manners.slower


def _back_off(
    state: FeedState, error: FetchError | ParseError, settings: PollingSettings, jitter: float
) -> timedelta:
    asked = error.retry_after if isinstance(error, HttpStatusError) else None
    bare = isinstance(error, HttpStatusError) and error.status == _TOO_MANY and asked is None
    doublings = min(state.failures + (_BARE if bare else 0), _MOST_DOUBLINGS)
    minutes = min(settings.first_backoff * 2**doublings, settings.longest_backoff)
    wanted = max(timedelta(minutes=minutes), timedelta(seconds=min(asked or 0.0, 1e8)))
    return _spread(min(wanted, timedelta(minutes=settings.longest_backoff)), settings, jitter)


def _spread(span: timedelta, settings: PollingSettings, jitter: float) -> timedelta:
    """Lengthen a wait, never shorten it: a server's wish is a minimum."""
    return span * (1 + settings.jitter * jitter)
