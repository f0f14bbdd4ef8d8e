"""Bring feed documents over HTTP: politely, bounded in time and size, from public addresses."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx

from techwatch.errors import (
    ConnectionFailedError,
    FetchError,
    FetchTimeoutError,
    HttpStatusError,
    RedirectError,
    TooLargeError,
    WrongKindError,
)
from techwatch.feeds.announced import in_headers
from techwatch.feeds.connections import Connections, host_of
from techwatch.feeds.fetching_settings import FetchingSettings
from techwatch.feeds.manners import fresh_for
from techwatch.feeds.retry_after import seconds_to_wait
from techwatch.feeds.turns import Turns
from techwatch.feeds.unpacking import CorruptError, OversizeError, unpacker
from techwatch.model import Document, NotModified, Validators

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from types import TracebackType

    from techwatch.feeds.clocks import HostClocks

__all__ = ["Fetcher", "FetchingSettings", "Terms", "seconds_to_wait"]

_OK, _NOT_MODIFIED = 200, 304
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, "
    "application/rdf+xml;q=0.9, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, "
    "*/*;q=0.1"
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked for, where it is not a feed, and within which bounds."""

    accept: str  # as HTTP writes it
    timeout: float  # seconds on the network, redirects and body included
    max_bytes: int  # of the document, unpacked
    kinds: frozenset[str] = frozenset()  # media types that are read; none: all
    permit: Callable[[str], Awaitable[None]] | None = None  # asked of each address; may raise


@dataclass(frozen=True, slots=True)
class _Redirect:
    goal: str
    for_good: bool


class Fetcher:
    """Fetches documents; use it as an async context manager.

    Cookies are neither kept nor sent, proxies of the environment are not used.
    """

    def __init__(
        self,
        settings: FetchingSettings,
        now: Callable[[], datetime],
        ready: Callable[[], Awaitable[None]] | None = None,
        clocks: HostClocks | None = None,
    ) -> None:
        """Make one; before each request it awaits `ready`, and `clocks` hears of each answer."""
        self._clocks = clocks
        self._settings = settings
        self._now = now
        self.turns = Turns(settings, now, ready)
        self._connections = Connections(settings)
        self._feeds = Terms(_ACCEPT, settings.timeout, settings.max_bytes)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self._connections.aclose()

    async def fetch(
        self, url: str, validators: Validators, terms: Terms | None = None
    ) -> Document | NotModified:
        """Bring the document at `url`, or learn that it is as it was; raises FetchError only.

        The timeout counts the time spent on the network, not that spent waiting for a turn.
        """
        terms = terms or self._feeds
        left = terms.timeout
        clock = asyncio.get_running_loop().time
        place, visited = url, [url]
        moved_to, for_good = None, True
        while True:
            if terms.permit:
                await terms.permit(place)
            async with self.turns.turn(url, host_of(url, place)):
                begun = clock()
                answer = await self._ask(url, place, validators, left, terms)
                left = max(left - (clock() - begun), 0.001)
            if not isinstance(answer, _Redirect):
                return replace(answer, moved_to=moved_to)
            place = self._next(url, answer.goal, visited)
            for_good = for_good and answer.for_good
            moved_to = place if for_good else moved_to

    def _next(self, url: str, place: str, visited: list[str]) -> str:
        """Take down where a redirect leads, if it may be followed."""
        if urlsplit(place).scheme not in {"http", "https"}:
            raise RedirectError(url, f"redirects to {place[:200]!r}, which is not on the web")
        if place in visited:
            raise RedirectError(url, f"redirects in a circle, by way of {place[:200]}")
        if len(visited) > self._settings.max_redirects:
            raise RedirectError(url, f"redirects more than {self._settings.max_redirects} times")
        visited.append(place)
        return place

    async def _ask(
        self, url: str, place: str, validators: Validators, seconds: float, terms: Terms
    ) -> Document | NotModified | _Redirect:
        """Send one request."""
        try:
            async with (
                asyncio.timeout(seconds),
                self._connections.ask(place, _headers(validators, terms)) as response,
            ):
                return await self._answer(url, response, validators, terms)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise FetchTimeoutError(url, self._slow(error, terms)) from error
        except OversizeError as error:
            raise TooLargeError(url, f"the document {error}") from error
        except CorruptError as error:
            raise FetchError(url, f"the document {error}") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            message = f"{place[:200]!r} is no address: {error}"
            raise FetchError(url, message) from error
        except httpx.HTTPError as error:
            raise ConnectionFailedError(url, _why(error)) from error

    def _slow(self, error: Exception, terms: Terms) -> str:
        if isinstance(error, httpx.ConnectTimeout):
            return f"no connection within {self._settings.connect_timeout:g} seconds"
        return f"not finished within {terms.timeout:g} seconds"

    async def _answer(
        self, url: str, response: httpx.Response, validators: Validators, terms: Terms
    ) -> Document | NotModified | _Redirect:
        place, status = str(response.url), response.status_code
        if self._clocks is not None:
            self._clocks.note(host_of(url, place), response.headers, self._now())
        if status in _REDIRECTS and "location" in response.headers:
            goal = _goal(url, place, response.headers["location"])
            return _Redirect(goal, for_good=status in _FOR_GOOD)
        fresh = Validators(_raw(response, b"etag"), _raw(response, b"last-modified"))
        if status == _NOT_MODIFIED and validators != Validators():
            kept = Validators(
                fresh.etag or validators.etag, fresh.last_modified or validators.last_modified
            )
            return NotModified(place, kept, self._now(), self._fresh(response))
        if status != _OK:
            retry_after = seconds_to_wait(response.headers.get("retry-after"), self._now())
            self.turns.heed(host_of(url, place), status, retry_after)
            raise HttpStatusError(url, status, retry_after)
        kind = response.headers.get("content-type")
        if terms.kinds and (kind or "").partition(";")[0].strip().lower() not in terms.kinds:
            raise WrongKindError(url, f"is {(kind or 'of no kind')[:80]}, no web page")
        content = await self._body(response, terms.max_bytes)
        announced = in_headers(response.headers.get_list("link"), place)
        return Document(
            place, content, kind, fresh, self._now(), self._fresh(response), announced=announced
        )

    def _fresh(self, response: httpx.Response) -> float:
        return fresh_for(response.headers, self._now())

    async def _body(self, response: httpx.Response, most: int) -> bytes:
        """Read the body piece by piece, stopping at the first byte too many."""
        length = response.headers.get("content-length", "")
        if length.isdecimal() and int(length) > most:
            message = f"is larger than {most:,} bytes"
            raise OversizeError(message)
        body = unpacker(response.headers.get("content-encoding", ""), most)
        packed = 0
        async for piece in response.aiter_raw():
            packed += len(piece)
            if packed > most:
                message = f"is larger than {most:,} bytes as sent"
                raise OversizeError(message)
            body.feed(piece)
        return body.finish()


def _why(error: BaseException | None) -> str:
    """Return the first words that an error or what caused it has; some have a type only."""
    kinds: list[str] = []
    while error is not None:
        if words := str(error):
            return f"{kinds[0]}: {words}" if kinds else words
        kinds.append(type(error).__name__)
        error = error.__cause__ or error.__context__
    return f"{kinds[0]}, by {kinds[-1]}" if len(kinds) > 1 else kinds[0]


def _goal(url: str, place: str, location: str) -> str:
    try:
        return urldefrag(urljoin(place, location)).url
    except ValueError as error:
        raise RedirectError(url, f"redirects to {location[:200]!r}, no address") from error


def _headers(validators: Validators, terms: Terms) -> list[tuple[bytes, bytes]]:
    """Say what is wanted; give validators back byte for byte, which Latin-1 maps one to one."""
    pairs = (
        (b"If-None-Match", validators.etag),
        (b"If-Modified-Since", validators.last_modified),
    )
    shown = [(name, value.encode("latin-1")) for name, value in pairs if value]
    return [(b"Accept", terms.accept.encode("ascii")), *shown]


def _raw(response: httpx.Response, name: bytes) -> str | None:
    for key, value in response.headers.raw:
        if key.lower() == name:
            return value.decode("latin-1")
    return None
