"""When a delivery that failed is tried again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from techwatch.model import Delivery

_MARGIN = 60.0  # seconds between the end of a delivery and that of its lease
_DAY = 86_400.0


class RetrySettings(BaseModel, frozen=True, extra="forbid"):
    """How patiently a failed delivery is repeated."""

    first: float = Field(
        60.0, gt=0, le=86_400, description="Seconds before the second attempt; then twice as long."
    )
    longest: float = Field(
        3600.0, gt=0, le=86_400, description="Seconds between two attempts at most."
    )
    window: float = Field(
        259_200.0,
        ge=0,
        le=2_592_000,
        description="Seconds of waiting, all in all, after which a delivery has failed.",
    )
    on_uncertain: Literal["hold", "resend"] = Field(
        "hold",
        description="A delivery that may or may not have arrived: hold asks a person, resend "
        "risks a second copy.",
    )
    at_once: int = Field(
        4, ge=1, le=50, description="Deliveries that a channel has under way at one time."
    )
    at_most: float = Field(
        900.0,
        ge=1,
        le=3600,
        description="Seconds that one delivery may take; a minute later others may take it up.",
    )

    @property
    def lease(self) -> timedelta:
        """How long a claim holds where nobody can see whether its process lives."""
        return timedelta(seconds=self.at_most + _MARGIN)


def next_attempt(
    delivery: Delivery, now: datetime, settings: RetrySettings, asked: float | None = None
) -> datetime | None:
    """Return when to try again after the attempt that just failed, `delivery.attempts` in all.

    None: the window is over. It counts the waiting between attempts, not the time since the slot,
    so that a digest caught up after a long stop of the service has all its attempts. `asked` are
    the seconds that the other side wants to be left alone; a day of them is heeded at most.
    """
    waits = [_wait(attempt, settings) for attempt in range(1, max(1, delivery.attempts) + 1)]
    if sum(waits) > settings.window:
        return None
    return now + timedelta(seconds=max(waits[-1], min(asked or 0.0, _DAY)))


def _wait(attempt: int, settings: RetrySettings) -> float:
    """Return the seconds after an attempt: first, twice that, four times ... up to longest."""
    doublings = min(attempt - 1, 32)  # beyond it any first wait has reached the longest
    return min(settings.longest, settings.first * 2.0**doublings)
