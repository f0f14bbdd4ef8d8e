"""Bring feed documents over HTTP: politely, bounded in time and size, from public addresses."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Self
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx

import techwatch
from techwatch.errors import (
    ConnectionFailedError,
    FetchError,
    FetchTimeoutError,
    HttpStatusError,
    RedirectError,
    TooLargeError,
)
from techwatch.feeds.addresses import PublicTransport
from techwatch.feeds.fetching_settings import FetchingSettings
from techwatch.feeds.manners import fresh_for
from techwatch.feeds.retry_after import seconds_to_wait
from techwatch.feeds.turns import Turns
from techwatch.feeds.unpacking import ACCEPTED, CorruptError, OversizeError, unpacker
from techwatch.model import Document, NotModified, Validators

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from types import TracebackType

__all__ = ["Fetcher", "FetchingSettings", "seconds_to_wait"]

_OK, _NOT_MODIFIED = 200, 304
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, "
    "application/rdf+xml;q=0.9, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, "
    "*/*;q=0.1"
)


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
    ) -> None:
        """Make one; before each request it awaits `ready`, if there is one."""
        self._settings = settings
        self._now = now
        self._turns = Turns(settings, now, ready)
        self._client = _client(settings)

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self._client.__aexit__(exc_type, exc, traceback)

    async def fetch(self, url: str, validators: Validators) -> Document | NotModified:
        """Bring the document at `url`, or learn that it is as it was; raises FetchError only.

        The timeout counts the time spent on the network, not that spent waiting for a turn.
        """
        left = self._settings.timeout
        clock = asyncio.get_running_loop().time
        place, visited = url, [url]
        moved_to, for_good = None, True
        while True:
            async with self._turns.turn(url, _host(url, place)):
                begun = clock()
                answer = await self._ask(url, place, validators, left)
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
        self, url: str, place: str, validators: Validators, seconds: float
    ) -> Document | NotModified | _Redirect:
        """Send one request."""
        try:
            async with (
                asyncio.timeout(seconds),
                self._client.stream("GET", place, headers=_headers(validators)) as response,
            ):
                return await self._answer(url, response, validators)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise FetchTimeoutError(url, self._slow(error)) from error
        except OversizeError as error:
            raise TooLargeError(url, f"the document {error}") from error
        except CorruptError as error:
            raise FetchError(url, f"the document {error}") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            # httpx looks at a redirect's goal before we do: it may be that one.
            message = f"{place[:200]!r}, or where it redirects to, is no address: {error}"
            raise FetchError(url, message) from error
        except httpx.HTTPError as error:
            raise ConnectionFailedError(url, _why(error)) from error

    def _slow(self, error: Exception) -> str:
        if isinstance(error, httpx.ConnectTimeout):
            return f"no connection within {self._settings.connect_timeout:g} seconds"
        return f"not finished within {self._settings.timeout:g} seconds"

    async def _answer(
        self, url: str, response: httpx.Response, validators: Validators
    ) -> Document | NotModified | _Redirect:
        place, status = str(response.url), response.status_code
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
            self._turns.heed(_host(url, place), status, retry_after)
            raise HttpStatusError(url, status, retry_after)
        content = await self._body(response)
        kind = response.headers.get("content-type")
        return Document(place, content, kind, fresh, self._now(), self._fresh(response))

    def _fresh(self, response: httpx.Response) -> float:
        return fresh_for(response.headers, self._now())

    async def _body(self, response: httpx.Response) -> bytes:
        """Read the body piece by piece, stopping at the first byte too many."""
        most = self._settings.max_bytes
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


def _client(settings: FetchingSettings) -> httpx.AsyncClient:
    limits = httpx.Limits(
        max_connections=settings.concurrency, max_keepalive_connections=settings.concurrency
    )
    context = httpx.create_ssl_context()
    transport = (
        httpx.AsyncHTTPTransport(verify=context, limits=limits)
        if settings.allow_private
        else PublicTransport(context, limits)
    )
    contact = f" (+{settings.contact})" if settings.contact else ""
    return httpx.AsyncClient(
        transport=transport,
        timeout=httpx.Timeout(settings.timeout, connect=settings.connect_timeout),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={
            "User-Agent": f"techwatch/{techwatch.__version__}{contact}",
            "Accept": _ACCEPT,
            "Accept-Encoding": ACCEPTED,
        },
        follow_redirects=False,
        trust_env=False,
    )


def _why(error: BaseException | None) -> str:
    """Return the first words that an error or what caused it has; some have a type only."""
    kinds: list[str] = []
    while error is not None:
        if words := str(error):
            return f"{kinds[0]}: {words}" if kinds else words
        kinds.append(type(error).__name__)
        error = error.__cause__ or error.__context__
    return f"{kinds[0]}, by {kinds[-1]}" if len(kinds) > 1 else kinds[0]


def _host(url: str, place: str) -> str:
    """Return the host of an address we go to; raises FetchError for others."""
    try:
        parts = urlsplit(place)
        host = parts.hostname
    except ValueError as error:
        raise FetchError(url, f"{place[:200]!r} is no address: {error}") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise FetchError(url, f"{place[:200]!r} does not begin with http:// or https://")
    return host


def _goal(url: str, place: str, location: str) -> str:
    try:
        return urldefrag(urljoin(place, location)).url
    except ValueError as error:
        raise RedirectError(url, f"redirects to {location[:200]!r}, no address") from error


def _headers(validators: Validators) -> list[tuple[bytes, bytes]]:
    """Give the validators back byte for byte; Latin-1 maps each byte to one character."""
    pairs = (
        (b"If-None-Match", validators.etag),
        (b"If-Modified-Since", validators.last_modified),
    )
    return [(name, value.encode("latin-1")) for name, value in pairs if value]


def _raw(response: httpx.Response, name: bytes) -> str | None:
    for key, value in response.headers.raw:
        if key.lower() == name:
            return value.decode("latin-1")
    return None
