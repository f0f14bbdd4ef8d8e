"""Connections to the hosts that are asked: few of them, kept for the next request for a moment.

httpx keeps all connections of a client in one list and goes over it twice for each request. Here
each host has a list of its own, of one or two. Its client is left out for the same reason: cookies,
environment, redirects and the merging of addresses are nothing that a reader of feeds wants.
"""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

import techwatch
from techwatch.errors import FetchError
from techwatch.feeds.addresses import PublicTransport
from techwatch.feeds.unpacking import ACCEPTED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from techwatch.feeds.fetching_settings import FetchingSettings

_MOST_IDLE = 256  # hosts, each with `per_host` open connections: under the 1,024 of most systems
_KEPT = 5.0  # seconds for which a connection waits for another request: some gaps
_SHORT = 65_536  # bytes
_NOT_MODIFIED = 304  # it has no body
_Host = tuple[str, str, int | None]

if importlib.util.find_spec("sniffio") is None:
    # httpcore imports it six times for each request, if it is there. Python remembers what it has
    # imported, but looks again through all folders for what it didn't find, unless it is told.
    sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # the language's own way


@dataclass(slots=True)
class _Line:
    """The connections to one host."""

    transport: httpx.AsyncHTTPTransport
    under_way: int = 0  # requests
    idle_since: float = 0.0  # by the loop's clock


class Connections:
    """Sends requests; use it as an async context manager."""

    def __init__(self, settings: FetchingSettings) -> None:
        self._settings = settings
        self._context = httpx.create_ssl_context()
        contact = f" (+{settings.contact})" if settings.contact else ""
        self._headers = [
            (b"Connection", b"keep-alive"),
            (b"User-Agent", f"techwatch/{techwatch.__version__}{contact}".encode("ascii")),
            (b"Accept-Encoding", ACCEPTED.encode("ascii")),
        ]
        whole = settings.timeout
        self._timeout = httpx.Timeout(whole, connect=settings.connect_timeout).as_dict()
        self._busy: dict[_Host, _Line] = {}
        self._idle: dict[_Host, _Line] = {}  # the one that was left first comes first
        self._sweeper: asyncio.Task[None] | None = None

    async def aclose(self) -> None:
        """Close all connections."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for line in (*self._busy.values(), *self._idle.values()):
            await line.transport.aclose()

    @asynccontextmanager
    async def ask(
        self,
        place: str,
        headers: Sequence[tuple[bytes, bytes]] = (),
        form: Mapping[str, str] | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """Ask for what is at `place`, over http or https; the body is read by the caller.

        With a form it is posted. Headers are sent byte for byte, after those that every request
        has. Raises httpx.InvalidURL or an httpx.HTTPError.
        """
        url = httpx.URL(place)
        request = httpx.Request(
            "GET" if form is None else "POST",
            url,
            headers=[*self._headers, *headers],
            data=form,
            extensions={"timeout": self._timeout},
        )
        if url.userinfo:
            request = next(httpx.BasicAuth(url.username, url.password).auth_flow(request))
        key = (url.scheme, url.host, url.port)
        line = self._take(key)
        try:
            response = await line.transport.handle_async_request(request)
            response.request = request
            try:
                yield response
                await _read_rest(response)
            finally:
                await response.aclose()
        finally:
            await self._leave(key, line)

    def _take(self, key: _Host) -> _Line:
        line = self._busy.get(key) or self._idle.pop(key, None) or _Line(self._transport())
        self._busy[key] = line
        line.under_way += 1
        return line

    async def _leave(self, key: _Host, line: _Line) -> None:
        line.under_way -= 1
        if line.under_way:
            return
        line.idle_since = asyncio.get_running_loop().time()
        self._idle[key] = self._busy.pop(key)
        if self._sweeper is None or self._sweeper.done():
            self._sweeper = asyncio.create_task(self._sweep())
        if len(self._idle) > _MOST_IDLE:
            await self._idle.pop(next(iter(self._idle))).transport.aclose()

    async def _sweep(self) -> None:
        """Close what has waited in vain, until nothing waits."""
        loop = asyncio.get_running_loop()
        while self._idle:
            key, line = next(iter(self._idle.items()))
            left = line.idle_since + _KEPT - loop.time()
            if left > 0:
                await asyncio.sleep(left)
            else:
                del self._idle[key]
                await line.transport.aclose()

    def _transport(self) -> httpx.AsyncHTTPTransport:
        limits = httpx.Limits(
            max_connections=self._settings.per_host,
            max_keepalive_connections=self._settings.per_host,
            keepalive_expiry=_KEPT,
        )
        if self._settings.allow_private:
            return httpx.AsyncHTTPTransport(verify=self._context, limits=limits)
        return PublicTransport(self._context, limits)


async def _read_rest(response: httpx.Response) -> None:
    """Read what is left of an answer, if it is short: else its connection can't be used again."""
    if response.is_stream_consumed or response.is_closed:
        return
    length = response.headers.get("content-length", "")
    if response.status_code == _NOT_MODIFIED or (length.isdecimal() and int(length) <= _SHORT):
        async for _ in response.aiter_raw():
            pass


def host_of(url: str, place: str) -> str:
    """Return the host of an address we go to; raises FetchError, of `url`, for others."""
    try:
        parts = urlsplit(place)
        host = parts.hostname
    except ValueError as error:
        raise FetchError(url, f"{place[:200]!r} is no address: {error}") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise FetchError(url, f"{place[:200]!r} does not begin with http:// or https://")
    return host
