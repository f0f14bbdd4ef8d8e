"""What may make the desk ask other servers: bounded for each person, and for all together.

A page that somebody wants checked holds a thread for as long as its host takes to answer.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.exceptions import HTTPException

from techwatch.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from techwatch.web.identity.roles import Person

PATIENCE = 40.0  # seconds that somebody waits for what is fetched
A_MINUTE = 10  # errands of one person
AT_ONCE = 4  # errands of all
_MINUTE = 60.0  # seconds
Value = TypeVar("Value")
_MOST_KEPT = 1_000  # people whose errands are remembered


@dataclass(frozen=True)
class Outward:
    """Lets people send the desk out; one for each process."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _out: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(AT_ONCE)
    )
    _errands: dict[str, deque[float]] = field(default_factory=dict)

    def fetch(self, person: Person, url: str, errand: Coroutine[Any, Any, Value]) -> Value:
        """Run what asks other servers, for a person, as long as somebody may be kept waiting.

        Raises FetchError where it took too long, HTTPException (429), and what the errand raises.
        """
        try:
            with self.errand(person):
                return asyncio.run(_patiently(url, errand))
        finally:
            errand.close()  # of one that was not begun

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


async def _patiently(url: str, errand: Coroutine[Any, Any, Value]) -> Value:
    """Await an errand; hosts may have it wait for its turn far longer than its own bounds."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await errand
    except TimeoutError:
        message = f"no answer within {PATIENCE:g} seconds: its host is slow, or lets us ask seldom"
        raise FetchError(url, message) from None


def _too_many(told: str, seconds: int) -> HTTPException:
    return HTTPException(429, told, {"Retry-After": str(seconds)})
