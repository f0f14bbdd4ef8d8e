"""A clock for tests and demonstrations: time passes when it is told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Call it for the time, an aware datetime in UTC; it stands still until moved or set."""

    def __init__(self, now: datetime) -> None:
        self._now = _utc(now)

    def __call__(self) -> datetime:
        """Return the time it shows."""
        return self._now

    def __repr__(self) -> str:
        return f"FakeClock({self._now.isoformat()})"

    def move(self, by: timedelta) -> None:
        """Let time pass; a negative span sets it back, as real clocks are at times."""
        self._now += by

    def set(self, to: datetime) -> None:
        """Show another time; raises ValueError if it names no zone."""
        self._now = _utc(to)


def _utc(time: datetime) -> datetime:
    if time.tzinfo is None:
        message = f"a clock needs a time with a zone, not {time.isoformat()}"
        raise ValueError(message)
    return time.astimezone(UTC)
