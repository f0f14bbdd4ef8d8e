"""What robots.txt lets us fetch, as RFC 9309 has it. Pure; for article pages, not for feeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from techwatch.errors import HttpStatusError, RedirectError, RobotsError
from techwatch.model import RobotsFile

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.errors import FetchError
    from techwatch.model import Document

PRODUCT = "techwatch"  # by which the files name us
MOST_BYTES = 2_000_000  # of a file; of one that is larger nothing is known
_MOST_READ = 512_000  # bytes of rules that are heeded; RFC 9309 asks for 500 KiB at least
_KEPT = timedelta(hours=24)
_CLOSED = timedelta(minutes=5)  # a file that can't be had is asked for again after so long
_OUTDATED = timedelta(days=30)  # rules known before hold so long where the file can't be had
_UNAVAILABLE = range(400, 500)
_TOO_MANY = 429


def origin(url: str) -> str:
    """Return whose robots.txt counts for an address: scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}"


def from_document(host: str, document: Document, now: datetime) -> RobotsFile:
    """Read the file as it came."""
    rules = document.content[:_MOST_READ].decode("utf-8-sig", "replace")
    return RobotsFile(host, "rules", rules.replace("\0", ""), now, now + _KEPT)


def from_error(
    host: str, error: FetchError, before: RobotsFile | None, now: datetime
) -> RobotsFile:
    """Say what a file that can't be had means.

    One that is not there (4xx, redirects that lead nowhere) forbids nothing. Where the server fails
    nothing is fetched for now, unless its rules are known from before. 429 counts as failing.
    """
    missing = isinstance(error, HttpStatusError) and error.status in _UNAVAILABLE
    if (missing and not _too_many(error)) or isinstance(error, RedirectError):
        return RobotsFile(host, "open", "", now, now + _KEPT)
    if before and before.access != "closed" and now - before.checked_at < _OUTDATED:
        return replace(before, until=now + _CLOSED)
    return RobotsFile(host, "closed", "", now, now + _CLOSED)


class Rules:
    """A file, read."""

    def __init__(self, found: RobotsFile) -> None:
        from protego import Protego  # noqa: PLC0415 - for articles only

        self.file = found
        self._rules = Protego.parse(found.rules) if found.access == "rules" else None

    def permit(self, url: str, longest_delay: float) -> float:
        """Return how many seconds shall lie between two requests; raises RobotsError."""
        if self.file.access == "closed":
            message = "robots.txt could not be had, so that nothing is asked for now"
            raise RobotsError(url, message, for_now=True)
        if self._rules is None:
            return 0.0
        if not self._rules.can_fetch(url, PRODUCT):
            raise RobotsError(url, "robots.txt does not let us fetch it")
        delay = float(self._rules.crawl_delay(PRODUCT) or 0.0)
        if delay > longest_delay:
            message = f"robots.txt asks for {delay:g} seconds between requests"
            raise RobotsError(url, f"{message}, more than articles.longest_delay")
        return delay


def _too_many(error: FetchError) -> bool:
    return isinstance(error, HttpStatusError) and error.status == _TOO_MANY
