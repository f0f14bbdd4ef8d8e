"""When to poll a feed again, whether anything changed, and how well it is. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field, model_validator

from techwatch.errors import HttpStatusError
from techwatch.model import FeedHealth, Validators

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

    from techwatch.errors import FetchError, ParseError
    from techwatch.model import Condition, Document, FeedState, NotModified

_MOST_DOUBLINGS = 30  # enough for any limit, and far from overflow


class PollingSettings(BaseModel, frozen=True, extra="forbid"):
    """How often feeds are polled."""

    interval: float = Field(
        default=30.0, ge=1, le=10_080, description="Minutes between two polls of a feed."
    )
    jitter: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="The share of a wait by which it is lengthened at random, to spread the load.",
    )
    first_backoff: float = Field(
        default=15.0,
        ge=1,
        le=1_440,
        description="Minutes to wait after a first failure; each further one doubles them.",
    )
    longest_backoff: float = Field(
        default=1_440.0,
        ge=1,
        le=10_080,
        description="The most minutes to wait after failures, whatever a server asks for.",
    )
    silent_after: float = Field(
        default=14.0, gt=0, description="Days without a new item after which a feed is silent."
    )

    @model_validator(mode="after")
    def _backoff_grows(self) -> Self:
        if self.longest_backoff < self.first_backoff:
            message = "longest_backoff must be at least first_backoff"
            raise ValueError(message)
        return self


def due(state: FeedState, now: datetime) -> bool:
    """Whether a feed is to be polled."""
    if state.feed.paused:
        return False
    return state.next_poll_at is None or state.next_poll_at <= now


def body_hash(content: bytes) -> str:
    """Name a document by its bytes."""
    return hashlib.sha256(content).hexdigest()


def unchanged(state: FeedState, document: Document) -> bool:
    """Whether a document is, byte for byte, the one that was read last."""
    return state.body_hash == body_hash(document.content)


def after_document(
    state: FeedState,
    document: Document,
    damage: tuple[str, ...],
    now: datetime,
    settings: PollingSettings,
    jitter: float,
) -> FeedState:
    """Return the state after a document was read; `jitter` is a random number from 0 to 1."""
    return replace(
        _well(state, document.validators, now, settings, jitter),
        body_hash=body_hash(document.content),
        damage=damage,
    )


def after_not_modified(
    state: FeedState,
    answer: NotModified | Document,
    now: datetime,
    settings: PollingSettings,
    jitter: float,
) -> FeedState:
    """Return the state after a poll that brought nothing new: a 304, or the same bytes again."""
    return _well(state, answer.validators, now, settings, jitter)


def after_failure(
    state: FeedState,
    error: FetchError | ParseError,
    now: datetime,
    settings: PollingSettings,
    jitter: float,
) -> FeedState:
    """Return the state after a poll that failed.

    The wait doubles with each failure in a row and is never shorter than the server asked, both
    up to the longest; polling never stops for good. Validators stay those of the last document
    that was read, so that one that couldn't be parsed is fetched again.
    """
    asked = error.retry_after or 0.0 if isinstance(error, HttpStatusError) else 0.0
    wait = max(_backoff(state.failures, settings), timedelta(seconds=min(asked, 1e8)))
    longest = timedelta(minutes=settings.longest_backoff)
    return replace(
        state,
        next_poll_at=now + _spread(min(wait, longest), settings, jitter),
        polled_at=now,
        failing_since=state.failing_since or now,
        failures=state.failures + 1,
        error=str(error),
        error_kind=type(error).__name__,
    )


def health(state: FeedState, now: datetime, settings: PollingSettings) -> FeedHealth:
    """Say how well a feed is. Silence counts from its last new item."""
    condition, since, why = _condition(state, now, settings)
    return FeedHealth(state.feed.publisher, state.feed.url, condition, since, why, state.gap_at)


def _condition(
    state: FeedState, now: datetime, settings: PollingSettings
) -> tuple[Condition, datetime | None, str | None]:
    if state.feed.paused:
        return "paused", None, None
    if state.failures:
        return "failing", state.failing_since, state.error
    if state.succeeded_at is None:
        return "waiting", None, "not polled yet"
    if state.news_at is None:
        return "silent", None, "no item so far"
    if now - state.news_at > timedelta(days=settings.silent_after):
        return "silent", state.news_at, f"no new item for {(now - state.news_at).days} days"
    return "well", None, "; ".join(state.damage) or None


def _well(
    state: FeedState,
    validators: Validators,
    now: datetime,
    settings: PollingSettings,
    jitter: float,
) -> FeedState:
    wait = _spread(timedelta(minutes=settings.interval), settings, jitter)
    return replace(
        state,
        validators=validators,
        next_poll_at=now + wait,
        polled_at=now,
        succeeded_at=now,
        failing_since=None,
        failures=0,
        error=None,
        error_kind=None,
    )


def _backoff(failures_before: int, settings: PollingSettings) -> timedelta:
    doublings = min(failures_before, _MOST_DOUBLINGS)
    minutes = min(settings.first_backoff * 2**doublings, settings.longest_backoff)
    return timedelta(minutes=minutes)


def _spread(wait: timedelta, settings: PollingSettings, jitter: float) -> timedelta:
    """Lengthen a wait, never shorten it: a server's wish is a minimum."""
    return wait * (1 + settings.jitter * jitter)
