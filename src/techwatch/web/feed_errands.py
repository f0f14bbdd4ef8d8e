"""Looking at an address before its feed is added: asked once, nothing stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch import feed_checks
from techwatch.errors import NotAFeedError, TechwatchError
from techwatch.feed_checks import Finding
from techwatch.feeds.schema import key
from techwatch.model import Feed
from techwatch.text import web_link

if TYPE_CHECKING:
    from techwatch.watch import Watch
    from techwatch.web.identity.roles import Person
    from techwatch.web.site import Site

_MOST_FEEDS = 5  # of a page that are fetched


@dataclass(frozen=True, slots=True)
class Looked:
    """What stands at an address: a feed, or a page with feeds."""

    url: str
    found: tuple[Finding, ...]  # feeds that can be read
    unread: tuple[Finding, ...]  # what can't be, and why
    listed: tuple[str, ...]  # addresses of those found that are in the list already


def look(site: Site, person: Person, given: str) -> Looked:
    """Fetch a feed, or the feeds of a page, for a person.

    Raises TechwatchError of what is no address, and HTTPException (429).
    """
    url = web_link(given)
    if url is None:
        message = "give an address that begins with http:// or https://"
        raise TechwatchError(message)
    findings = site.outward.fetch(person, url, _look(site.watch, url))
    found = tuple(one for one in findings if not one.error)
    listed = {key(feed.url) for feed in site.watch.feeds()}
    return Looked(
        url=url,
        found=found,
        unread=tuple(one for one in findings if one.error),
        listed=tuple(one.url for one in found if key(one.url) in listed),
    )


async def _look(watch: Watch, url: str) -> list[Finding]:
    first = await feed_checks.check(watch, [Feed(url, url, "en")])
    if first[0].error_kind != NotAFeedError.__name__:
        return first
    inside = await feed_checks.discover(watch, [url])
    chosen = [Feed(one, one, "en") for one in inside.urls[:_MOST_FEEDS] if one != url]
    return await feed_checks.check(watch, chosen) if chosen else first
