"""Whose turn it is to be asked.

Few requests at one time to one operator, a gap between them, and none while it asked for peace.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from techwatch.errors import PostponedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from datetime import datetime

    from techwatch.feeds.fetching_settings import FetchingSettings

_PEACE = 300.0  # seconds for a host that says "too many" but not how long
_LONGEST_PEACE = 86_400.0
_TOO_MANY, _UNAVAILABLE = 429, 503


class Turns:
    """Keeps the turns of one fetcher."""

    def __init__(
        self,
        settings: FetchingSettings,
        now: Callable[[], datetime],
        ready: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._ready = ready
        self._settings = settings
        self._now = now
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._operators: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(settings.per_host)
        )
        self._next: dict[str, float] = {}  # when the next request may begin, by the loop's clock
        self._closed: dict[str, datetime] = {}  # until when an operator is left alone

    @asynccontextmanager
    async def turn(self, url: str, host: str) -> AsyncIterator[None]:
        """Wait for a turn at a host; raises PostponedError while its operator wants none."""
        name = operator(host, self._settings.operators)
        async with self._operators[name]:
            self._refuse(url, name)
            await self._keep_gap(name)
            async with self._slots:
                if self._ready:
                    await self._ready()
                self._refuse(url, name)
                yield

    def pauses(self) -> dict[str, datetime]:
        """Return until when operators are left alone, as far as it is not over."""
        now = self._now()
        return {name: until for name, until in self._closed.items() if until > now}

    def leave_alone(self, pauses: Mapping[str, datetime]) -> None:
        """Leave operators alone that asked another process for it."""
        for name, until in pauses.items():
            self._closed[name] = max(until, self._closed.get(name, until))

    def heed(self, host: str, status: int, retry_after: float | None) -> None:
        """Take an answer to heart: 429, or 503 with a time, closes the operator for a while."""
        if status != _TOO_MANY and (status != _UNAVAILABLE or not retry_after):
            return
        seconds = _PEACE if retry_after is None else min(retry_after, _LONGEST_PEACE)
        name = operator(host, self._settings.operators)
        until = self._now() + timedelta(seconds=seconds)
        self._closed[name] = max(until, self._closed.get(name, until))

    def _refuse(self, url: str, name: str) -> None:
        until = self._closed.get(name)
        if until is None:
            return
        left = (until - self._now()).total_seconds()
        if left > 0:
            raise PostponedError(url, left)
        del self._closed[name]

    async def _keep_gap(self, name: str) -> None:
        now = asyncio.get_running_loop().time()
        begin = max(now, self._next.get(name, now))
        self._next[name] = begin + self._settings.gap
        if begin > now:
            await asyncio.sleep(begin - now)


def operator(host: str, operators: Mapping[str, tuple[str, ...]]) -> str:
    """Return who runs a host: the group that names it or a domain over it, else the host."""
    for name, domains in operators.items():
        if any(host == domain or host.endswith(f".{domain}") for domain in domains):
            return name
    return host
