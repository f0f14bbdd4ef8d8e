"""Ask hubs over HTTP, by the same client as feeds: from public addresses, bounded in time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlsplit

import httpx

from techwatch.errors import (
    ConnectionFailedError,
    FetchError,
    FetchTimeoutError,
    HttpStatusError,
    RedirectError,
)
from techwatch.feeds.connections import Connections, host_of
from techwatch.feeds.retry_after import seconds_to_wait
from techwatch.feeds.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from types import TracebackType

    from techwatch.feeds.fetching_settings import FetchingSettings

_REDIRECTS = frozenset({301, 302, 307, 308})
_MOST_REDIRECTS = 3


class HubClient:
    """Asks hubs; use it as an async context manager."""

    def __init__(self, settings: FetchingSettings, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._now = now
        self._turns = Turns(settings, now)
        self._connections = Connections(settings)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self._connections.aclose()

    async def ask(self, hub: str, form: Mapping[str, str]) -> None:
        """Post a form to a hub; raises a FetchError unless it takes it.

        The answer's text is not read. A redirect is followed with the same form, not from https to
        http, where the secret in it would be seen.
        """
        place = hub
        for _ in range(_MOST_REDIRECTS + 1):
            async with self._turns.turn(hub, host_of(hub, place)):
                goal = await self._post(hub, place, form)
            if goal is None:
                return
            place = followed(hub, place, goal)
        raise RedirectError(hub, f"redirects more than {_MOST_REDIRECTS} times")

    async def _post(self, hub: str, place: str, form: Mapping[str, str]) -> str | None:
        """Post once; returns where a redirect leads."""
        try:
            async with (
                asyncio.timeout(self._settings.timeout),
                self._connections.ask(place, form=form) as response,
            ):
                return self._heed(hub, place, response)
        except (TimeoutError, httpx.TimeoutException) as error:
            seconds = self._settings.timeout
            raise FetchTimeoutError(hub, f"not answered within {seconds:g} seconds") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise FetchError(hub, f"{place[:200]!r} is no address: {error}") from error
        except httpx.HTTPError as error:
            raise ConnectionFailedError(hub, str(error) or type(error).__name__) from error

    def _heed(self, hub: str, place: str, response: httpx.Response) -> str | None:
        status = response.status_code
        if status in _REDIRECTS and "location" in response.headers:
            return str(response.headers["location"])
        if response.is_success:
            return None
        retry_after = seconds_to_wait(response.headers.get("retry-after"), self._now())
        self._turns.heed(host_of(hub, place), status, retry_after)
        raise HttpStatusError(hub, status, retry_after)


def followed(hub: str, place: str, location: str) -> str:
    """Return where a redirect from `place` leads; raises RedirectError for where we don't go."""
    try:
        goal = urljoin(place, location)
        schemes = urlsplit(place).scheme, urlsplit(goal).scheme
    except ValueError as error:
        raise RedirectError(hub, f"redirects to {location[:200]!r}, no address") from error
    if schemes == ("https", "http"):
        raise RedirectError(hub, f"redirects to {goal[:200]}, which is not encrypted")
    return goal
