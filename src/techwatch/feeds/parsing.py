"""From a document to the items it holds. Pure: bytes in, values out.

Bytes become text (encoding), hostile text is refused (hostile), a reader of the format makes
entries (xml_feed, json_feed), and here entries become items: plain text, checked links, dates in
UTC, an identity each. A document is taken whole, whatever the number of its entries.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from techwatch import text as texts
from techwatch.errors import EmptyDocumentError, HostileDocumentError
from techwatch.feeds import announced, encoding, json_feed, links, manners, xml_feed
from techwatch.feeds.dates import published
from techwatch.feeds.hostile import hostility
from techwatch.feeds.languages import primary
from techwatch.model import Document, Feed, Item, ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techwatch.feeds.entries import Entry, ReadFeed

MOST_TITLE = 2_000  # characters; longer texts are cut without a note
MOST_SUMMARY = 20_000
MOST_BODY = 200_000
_MOST_GUID = 1_000  # longer ones are hashed
_UNTITLED = 100  # characters of the text that stand for a title that is missing
_MARKUP = 4  # a text is cut before its markup is stripped, at this many times its length
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def parse(document: Document, feed: Feed) -> ParsedFeed:
    """Return the items of a document; raises a ParseError.

    What is wrong but can be read is mended and told in `damage`. Of two entries with one
    identity the one published last is taken.
    """
    if not document.content.strip(b" \t\r\n\0"):
        raise EmptyDocumentError(document.url, "the document is empty")
    decoded = encoding.decode(document.content, document.content_type, feed.language)
    read = _read(decoded.text, document.url)
    items = [_item(entry, feed, document.fetched_at) for entry in read.entries]
    told, sharing = _told_apart([item for item in items if item.title or item.link])
    damage = [*_losses(decoded), *read.damage]
    if len(told) < len(items):
        damage.append(f"entries without text and link, left out: {len(items) - len(told)}")
    if sharing:
        damage.append(f"entries that share a guid or link, told apart by their text: {sharing}")
    distinct, repeated = _distinct(told)
    if repeated:
        damage.append(
            f"entries that say something else under another's identity: {repeated}; "
            "the one published last was taken"
        )
    title = texts.strip_markup(read.title[: _MARKUP * MOST_TITLE])[:MOST_TITLE]
    wishes = manners.wishes(decoded.text)
    return ParsedFeed(title, distinct, tuple(damage), wishes, read.announced)


def _read(text: str, url: str) -> ReadFeed:
    text = text.lstrip("\ufeff \t\r\n\0")
    if not text:
        raise EmptyDocumentError(url, "the document is empty")
    if text.startswith(("{", "[")):
        return json_feed.read(text, url)
    why = hostility(text)
    if why:
        raise HostileDocumentError(url, why)
    return replace(xml_feed.read(text, url), announced=announced.in_markup(text, url))


def _losses(decoded: encoding.Decoded) -> list[str]:
    if not decoded.lost:
        return []
    return [f"{decoded.lost} characters can't be read as {decoded.encoding}"]


def _item(entry: Entry, feed: Feed, fetched_at: datetime) -> Item:
    summary = _plain(entry.summary, MOST_SUMMARY)
    body = _plain(entry.body, MOST_BODY)
    title = _plain(entry.title, MOST_TITLE) or _untitled(summary or body)
    link = texts.web_link(entry.link)
    link = links.plain(link) if link else None
    guid = _guid(entry.guid)
    identity = texts.identity(guid, link, title, summary)
    return Item(
        id=texts.item_id(feed.url, identity),
        feed_url=feed.url,
        identity=identity,
        title=title,
        summary=summary,
        body=body if body != summary else "",
        link=link,
        guid=guid,
        published=published(entry.published, feed.zone, fetched_at),
        language=primary(entry.language or "") or feed.language,
        content_hash=texts.content_hash(title, summary, body if body != summary else ""),
    )


def _plain(markup: str, most: int) -> str:
    """Return plain text of `most` characters at most."""
    return texts.strip_markup(markup[: _MARKUP * most])[:most].rstrip()


def _untitled(text: str) -> str:
    """Return the beginning of a text, whole words of it, as a title."""
    if len(text) <= _UNTITLED:
        return text
    start = text[:_UNTITLED]
    return (start.rpartition(" ")[0] or start) + "…"


def _guid(guid: str | None) -> str | None:
    guid = texts.tidy(guid or "")
    return texts.digest(guid) if len(guid) > _MOST_GUID else guid or None


def _told_apart(items: list[Item]) -> tuple[list[Item], int]:
    """Name posts by their text where one guid or link stands for several, and count those.

    Posts differ in title, and in link as well if they share a guid: an older telling of one post
    has its link.
    """
    looks: dict[str, set[tuple[str, str]]] = {}
    for item in items:
        place = item.link or "" if item.guid else item.title
        looks.setdefault(item.identity, set()).add((item.title, place))
    several = {name for name, found in looks.items() if _are_several(found)}
    named = [_by_text(item) if item.identity in several else item for item in items]
    return named, sum(item.identity in several for item in items)


def _are_several(looks: set[tuple[str, str]]) -> bool:
    titles, places = zip(*looks, strict=True)
    return len(looks) > 1 and len(set(titles)) == len(looks) == len(set(places))


def _by_text(item: Item) -> Item:
    identity = texts.identity(None, None, item.title, f"{item.link} {item.published}")
    return replace(item, id=texts.item_id(item.feed_url, identity), identity=identity)


def _distinct(items: Iterable[Item]) -> tuple[tuple[Item, ...], int]:
    """Keep one item for each identity, in the order of the document, and count what was lost.

    Feeds list the newest first, so of two with the same time the first one stays.
    """
    kept: dict[str, Item] = {}
    lost: Counter[str] = Counter()
    for item in items:
        other = kept.setdefault(item.identity, item)
        if other is item:
            continue
        lost[item.identity] += other.content_hash != item.content_hash
        if (item.published or _LONG_AGO) > (other.published or _LONG_AGO):
            kept[item.identity] = item
    return tuple(kept.values()), lost.total()
