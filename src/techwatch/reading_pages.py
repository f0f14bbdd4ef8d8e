"""A web page as an item, for a check of a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from techwatch.errors import FetchError, HostileDocumentError
from techwatch.feeds import extraction
from techwatch.feeds.languages import primary
from techwatch.judging import loose_item
from techwatch.model import Document, Validators
from techwatch.text import strip_markup

if TYPE_CHECKING:
    from techwatch.model import Item
    from techwatch.watch import Watch

_TITLE_LENGTH = 1000
_SUMMARY_LENGTH = 2000


async def read(watch: Watch, url: str, language: str | None) -> Item:
    """Bring a page that a person at this machine asks for, and read it; raises FetchError."""
    from techwatch.feeds.fetching import Fetcher  # noqa: PLC0415 - httpx is slow to import

    async with Fetcher(watch.settings.fetching, watch.clock) as fetcher:
        answer = await fetcher.fetch(url, Validators())
    return item_of(_whole(answer, url), url, language)


async def read_politely(watch: Watch, url: str, language: str | None) -> Item:
    """Bring a page as articles are brought, and read it; raises FetchError.

    Its host's robots.txt, the pauses that hosts asked for, and the bounds of articles on time,
    size and kind are kept. For pages that people ask for from elsewhere.
    """
    from techwatch.articles import ArticleReader  # noqa: PLC0415 - see above
    from techwatch.feeds.fetching import Fetcher  # noqa: PLC0415 - likewise
    from techwatch.feeds.parsing_pool import ParsingPool  # noqa: PLC0415 - likewise

    of = watch.settings
    async with Fetcher(of.fetching, watch.clock) as fetcher:
        fetcher.turns.leave_alone(watch.store.feeds.pauses(watch.clock()))
        pool = ParsingPool(of.parsing)  # starts no process: only the headline is read
        reader = ArticleReader(watch.store, fetcher, pool, of.articles, watch.clock)
        document = await reader.bring(url)
    return item_of(document, url, language)


def item_of(document: Document, url: str, language: str | None) -> Item:
    """Take a page's headline and lead; raises FetchError where it has none that can be read."""
    try:
        tree = LexborHTMLParser(extraction.decoded(document, language or "en"))
    except HostileDocumentError as error:
        raise FetchError(url, str(error)) from error
    title = _meta(tree, "og:title") or _text(tree, "title") or _text(tree, "h1")
    if not title:
        raise FetchError(url, "the page has no title; check its text instead")
    lead = _meta(tree, "og:description") or _meta(tree, "description") or _paragraphs(tree)
    root = tree.css_first("html")
    told = (root.attributes.get("lang") or "") if root else ""
    chosen = language or primary(told) or "en"
    return loose_item(title[:_TITLE_LENGTH], lead[:_SUMMARY_LENGTH], chosen)


def _whole(answer: object, url: str) -> Document:
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
