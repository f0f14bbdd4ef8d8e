"""A web page as an item, for `techwatch check URL`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from techwatch.errors import FetchError
from techwatch.judging import loose_item
from techwatch.model import Document, Validators
from techwatch.text import strip_markup

if TYPE_CHECKING:
    from techwatch.model import Item
    from techwatch.watch import Watch

_SUMMARY_LENGTH = 2000


def read(watch: Watch, url: str, language: str | None) -> Item:
    """Bring a page and take its headline and lead; raises FetchError."""
    document = asyncio.run(_fetch(watch, url))
    tree = LexborHTMLParser(document.content)
    title = _meta(tree, "og:title") or _text(tree, "title") or _text(tree, "h1")
    if not title:
        raise FetchError(url, "the page has no title; pass its text with `techwatch check -`")
    lead = _meta(tree, "og:description") or _meta(tree, "description") or _paragraphs(tree)
    root = tree.css_first("html")
    told = (root.attributes.get("lang") or "en") if root else "en"
    return loose_item(title, lead[:_SUMMARY_LENGTH], language or told.split("-")[0].lower())


async def _fetch(watch: Watch, url: str) -> Document:
    from techwatch.feeds.fetching import Fetcher  # noqa: PLC0415 - httpx is slow to import

    async with Fetcher(watch.settings.fetching, watch.clock) as fetcher:
        answer = await fetcher.fetch(url, Validators())
    if not isinstance(answer, Document):
        raise FetchError(url, "the server says it has not changed, but was not asked that")
    return answer


def _meta(tree: LexborHTMLParser, name: str) -> str:
    node = tree.css_first(f'meta[property="{name}"], meta[name="{name}"]')
    return strip_markup(node.attributes.get("content") or "") if node else ""


def _text(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return " ".join(node.text().split()) if node else ""


def _paragraphs(tree: LexborHTMLParser) -> str:
    return " ".join(" ".join(node.text().split()) for node in tree.css("article p, main p")[:5])
