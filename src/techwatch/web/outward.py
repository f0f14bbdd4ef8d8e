"""What may make the desk ask other servers: bounded for each person, and for all together.

A page that somebody wants checked holds a thread for as long as its host takes to answer.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.web.identity.roles import Person

A_MINUTE = 10  # errands of one person
AT_ONCE = 4  # errands of all
_MINUTE = 60.0  # seconds
_MOST_KEPT = 1_000  # people whose errands are remembered


@dataclass(frozen=True)
class Outward:
    """Lets people send the desk out; one for each process."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _out: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(AT_ONCE)
    )
    _errands: dict[str, deque[float]] = field(default_factory=dict)

    @contextmanager
    def errand(self, person: Person) -> Iterator[None]:
        """Ask other servers meanwhile, for a person; raises HTTPException (429)."""
        self._count(f"{person.account_id}", time.monotonic())
        if not self._out.acquire(blocking=False):
            raise _too_many("others are having pages fetched; try again in some seconds", 5)
        try:
            yield
        finally:
            self._out.release()

    def _count(self, who: str, now: float) -> None:
        with self._lock:
            if len(self._errands) > _MOST_KEPT:
                self._errands.clear()
            times = self._errands.setdefault(who, deque())
            while times and now - times[0] > _MINUTE:
                times.popleft()
            if len(times) >= A_MINUTE:
                wait = int(_MINUTE - (now - times[0])) + 1
                told = f"{A_MINUTE} addresses a minute may be fetched; go on in {wait} seconds"
                raise _too_many(told, wait)
            times.append(now)


def _too_many(told: str, seconds: int) -> HTTPException:
    return HTTPException(429, told, {"Retry-After": str(seconds)})
