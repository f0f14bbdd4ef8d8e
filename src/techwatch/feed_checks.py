"""Ask feeds and pages once, and say what is found; nothing is stored."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - the API reads the annotations at run time
from typing import TYPE_CHECKING

from techwatch.errors import FetchError, ParseError
from techwatch.model import Document, Feed, Validators

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from techwatch.feeds.fetching import Fetcher
    from techwatch.feeds.parsing_pool import ParsingPool
    from techwatch.model import ParsedFeed, Subscription
    from techwatch.watch import Watch

_SAMPLES = 3  # headlines that are shown


@dataclass(frozen=True, slots=True)
class Finding:
    """What one feed came to."""

    url: str
    publisher: str  # as the list has it, else its address
    items: int = 0
    newest: datetime | None = None
    damage: tuple[str, ...] = ()  # what was wrong with the document and was mended
    error: str | None = None  # why it can't be read
    error_kind: str | None = None  # name of its class in techwatch.errors
    hub: str | None = None  # that pushes its news
    title: str = ""  # what the feed calls itself
    language: str | None = None  # of its items, as the document says
    samples: tuple[str, ...] = ()  # headlines


@dataclass(frozen=True, slots=True)
class Discovered:
    """Where the feeds of pages may be."""

    urls: tuple[str, ...]
    unread: tuple[tuple[str, str], ...]  # pages that could not be read, and why


async def discover(watch: Watch, pages: Sequence[str]) -> Discovered:
    """Say where the feeds of these pages may be; a page that is a feed is its own."""
    from techwatch.feeds import discovery, encoding  # noqa: PLC0415 - for few commands
    from techwatch.feeds.fetching import Fetcher  # noqa: PLC0415 - httpx is slow to import

    found: list[str] = []
    unread: list[tuple[str, str]] = []
    async with Fetcher(watch.settings.fetching, watch.clock) as fetcher:
        for url in pages:
            try:
                answer = await fetcher.fetch(url, Validators())
            except FetchError as error:
                unread.append((url, str(error)))
                continue
            if isinstance(answer, Document):
                page = encoding.decode(answer.content, answer.content_type, "en").text
                is_page = "<html" in page[:4096].lower()
                found += discovery.candidates(page, answer.url) if is_page else [url]
    return Discovered(tuple(dict.fromkeys(found)), tuple(unread))


async def check(
    watch: Watch, chosen: Sequence[Feed], advance: Callable[[], None] = lambda: None
) -> list[Finding]:
    """Fetch feeds once each, side by side; `advance` hears of each that is done."""
    from techwatch.feeds.fetching import Fetcher  # noqa: PLC0415 - httpx is slow to import
    from techwatch.feeds.parsing_pool import ParsingPool  # noqa: PLC0415 - so are processes

    async with (
        Fetcher(watch.settings.fetching, watch.clock) as fetcher,
        ParsingPool(watch.settings.parsing) as pool,
    ):

        async def one(feed: Feed) -> Finding:
            finding = await _finding(fetcher, pool, feed)
            advance()
            return finding

        return list(await asyncio.gather(*map(one, chosen)))


async def _finding(fetcher: Fetcher, pool: ParsingPool, feed: Feed) -> Finding:
    try:
        answer = await fetcher.fetch(feed.url, Validators())
        assert isinstance(answer, Document)  # noqa: S101 - it was shown no validators
        return _of(feed, answer, await pool.parse(answer, feed))
    except (FetchError, ParseError) as error:
        kind = type(error).__name__
        return Finding(feed.url, feed.publisher, error=str(error), error_kind=kind)


def _of(feed: Feed, answer: Document, parsed: ParsedFeed) -> Finding:
    languages = {item.language for item in parsed.items}
    return Finding(
        url=feed.url,
        publisher=feed.publisher,
        items=len(parsed.items),
        newest=max((item.published for item in parsed.items if item.published), default=None),
        damage=parsed.damage,
        hub=answer.announced.hub or parsed.announced.hub,
        title=parsed.title,
        language=languages.pop() if len(languages) == 1 else None,
        samples=tuple(item.title for item in parsed.items[:_SAMPLES]),
    )


def pushed_by(watch: Watch, subscriptions: Sequence[Subscription] | None = None) -> dict[str, str]:
    """Say by feed how it stands with the hubs that push; of all, or of these subscriptions."""
    from techwatch.feeds.reliance import told  # noqa: PLC0415 - for few commands

    if not watch.has_store():
        return {}
    now = watch.clock()
    found = watch.store.subscriptions.all() if subscriptions is None else subscriptions
    # Of one that is given up and one that took its place, the second is told.
    given_up_first = sorted(found, key=lambda one: one.state != "leaving")
    return {one.feed_url: told(one, now) for one in given_up_first}
