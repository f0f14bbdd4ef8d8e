"""Whether the jobs of the service still beat: what `status`, health checks and the port ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_TICKS_MISSED = 8  # so many ticks without a sign of life, and a job counts as dead
_LEAST = timedelta(minutes=2)
_SLOW = frozenset(
    {"poll", "judge", "deliver", "ping", "prune", "inspect", "subscribe", "take_pushes"}
)  # feeds and other servers take their time
_SLOW_LEAST = timedelta(hours=1)


def patience(job: str, tick: int) -> timedelta:
    """Say how long a job may go without a sign of life; `tick` in seconds."""
    usual = max(_LEAST, _TICKS_MISSED * timedelta(seconds=tick))
    return max(_SLOW_LEAST, usual) if job in _SLOW else usual


@dataclass
class Pulse:
    """When the jobs of this process last ended, well or not."""

    lists_read_at: datetime | None = None
    beats: dict[str, datetime] = field(default_factory=dict)

    def expect(self, job: str, now: datetime) -> None:
        """Begin to wait for a job's first beat."""
        self.beats.setdefault(job, now)

    def beat(self, job: str, now: datetime) -> None:
        """Note that a job has ended: the loop that runs it lives."""
        self.beats[job] = now

    def late(self, now: datetime, tick: int) -> tuple[str, ...]:
        """Name the jobs that should have ended long ago."""
        return tuple(job for job, at in self.beats.items() if now - at > patience(job, tick))
