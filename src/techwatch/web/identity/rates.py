"""How much somebody may ask: every request takes from a bucket that fills by the minute."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

_MOST = 20_000  # buckets kept; the one that was asked of longest ago goes first


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is left to somebody."""

    level: float  # requests
    at: float  # seconds of a clock


def take(bucket: Bucket | None, now: float, a_minute: int) -> tuple[Bucket, float]:
    """Take one request from a bucket.

    Args:
        bucket: as it was; None: full.
        now: seconds of a clock that may have gone back.
        a_minute: how many fill it in a minute, and how many it holds.

    Returns:
        The bucket afterwards, and the seconds to wait: 0 where the request may go on.
    """
    if bucket is None:
        return Bucket(a_minute - 1, now), 0.0
    passed = max(0.0, now - bucket.at)
    level = min(float(a_minute), bucket.level + passed * a_minute / 60)
    if level < 1:
        return Bucket(level, now), (1 - level) * 60 / a_minute
    return Bucket(level - 1, now), 0.0


@dataclass(frozen=True, slots=True)
class Limiter:
    """The buckets of one process."""

    _buckets: dict[str, Bucket] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, who: str, now: float, a_minute: int) -> float:
        """Take one request of somebody; returns the seconds to wait, 0 where it may go on."""
        with self._lock:
            bucket, wait = take(self._buckets.pop(who, None), now, a_minute)
            self._buckets[who] = bucket
            if len(self._buckets) > _MOST:
                del self._buckets[next(iter(self._buckets))]
        return wait
