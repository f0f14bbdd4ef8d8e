"""Say how long a feed is left alone between two polls, and why. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from techwatch.feeds.pace import Wait, wait

if TYPE_CHECKING:
    from techwatch.feeds.polling_settings import PollingSettings
    from techwatch.model import FeedState

__all__ = ["Wait", "interval"]


def interval(state: FeedState, settings: PollingSettings) -> Wait | None:
    """Return the time from the last poll to the next, and what decided it.

    None for a feed that was not polled yet or is not polled any more.
    """
    if state.polled_at is None or state.next_poll_at is None or state.feed.paused:
        return None
    span = max(state.next_poll_at - state.polled_at, timedelta(0))
    if state.failures:
        times = "once" if state.failures == 1 else f"{state.failures} times in a row"
        return Wait(span, f"it failed {times}")
    decided = wait(state, state.polled_at, settings)
    return Wait(span, decided.why + _skipped(state, span, decided.span, settings))


def _skipped(
    state: FeedState, span: timedelta, decided: timedelta, settings: PollingSettings
) -> str:
    """Say that hours were skipped, where the wait is longer than chance makes it."""
    wishes = state.manners.wishes
    if span <= decided * (1 + settings.jitter) or not (wishes.skip_hours or wishes.skip_days):
        return ""
    return "; then on past the hours it asks to skip"
