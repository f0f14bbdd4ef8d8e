"""Read RSS and Atom of all versions into the shape of an entry.

`strict` reads most documents; feedparser, the parser of record, reads those that are odd or broken.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from techwatch.errors import NotAFeedError, ParseError
from techwatch.feeds import strict
from techwatch.feeds.entries import Entry, ReadFeed
from techwatch.feeds.repair import Mended, isolate, mend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Repair = Callable[[str], Mended]

_DECLARATION = re.compile(r"^\s*<\?xml\b[^<>]{0,500}\?>")
_PAGE = re.compile(
    r"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)

# What feedparser lets through when a document is odd enough: &#xffffff;, a stray <gml:pos> ...
_SLIPS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def read(text: str, url: str) -> ReadFeed:
    """Read RSS or Atom; raises NotAFeedError.

    What is not well-formed is mended and tried again, then mended entry by entry; what still is not
    is read leniently. The damage says so.
    """
    text = _DECLARATION.sub("", text).lstrip()
    damage: tuple[str, ...] = ()
    left: list[Repair] = [mend, isolate]
    while True:
        try:
            return replace(strict.read(text, url), damage=damage)
        except strict.Broken:
            mended = _repaired(text, left)
        except strict.Unsure:
            mended = None
        if mended is None:
            return by_feedparser(text, url, damage, left)
        text, damage = mended.text, damage + mended.damage


def _repaired(text: str, left: list[Repair]) -> Mended | None:
    """Try the repairs that are left, in order, until one finds something; they are used up."""
    while left:
        mended = left.pop(0)(text)
        if mended.damage:
            return mended
    return None


def by_feedparser(
    text: str,
    url: str,
    damage: tuple[str, ...] = (),
    repairs: Iterable[Repair] = (mend, isolate),
) -> ReadFeed:
    """Read a document without an XML declaration by feedparser; raises NotAFeedError.

    Args:
        text: the document, perhaps mended.
        url: where it is from.
        damage: what was mended already.
        repairs: what may still be tried where it is not well-formed.
    """
    parsed = _parse(text, url)
    for repair in repairs:
        if not parsed.bozo:
            break
        mended = repair(text)
        if mended.damage:
            text, damage = mended.text, damage + mended.damage
            parsed = _parse(text, url)
    if parsed.get("slipped"):
        slip = parsed.bozo_exception
        raise ParseError(url, f"the parser failed on it: {type(slip).__name__}: {slip}"[:300])
    if parsed.bozo:
        damage += (f"is no well-formed XML ({_why(parsed)}); it was read leniently",)
    if not parsed.get("version") and not parsed.entries:
        raise NotAFeedError(url, _what(text, parsed, url))
    claimed = _language(parsed.feed)
    entries = tuple(_entry(entry, url, claimed) for entry in parsed.entries)
    return ReadFeed(parsed.feed.get("title", ""), entries, damage)


def _parse(text: str, url: str) -> Any:  # noqa: ANN401 - feedparser has no types
    import feedparser  # noqa: PLC0415 - slow to import, and seldom needed

    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        # As a stream: feedparser takes bytes that happen to name a file for that file.
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except _SLIPS as error:
        nothing = feedparser.FeedParserDict()
        return feedparser.FeedParserDict(
            bozo=True, bozo_exception=error, entries=[], feed=nothing, slipped=True
        )


def _why(parsed: Any) -> str:  # noqa: ANN401
    error = parsed.get("bozo_exception")
    message = error.getMessage() if hasattr(error, "getMessage") else error
    line = error.getLineNumber() if hasattr(error, "getLineNumber") else None
    return f"line {line}: {message}" if line else str(message)


def _what(text: str, parsed: Any, url: str) -> str:  # noqa: ANN401
    """Say what a document is that is no feed, and where its feed may be."""
    if not _PAGE.match(text[:4096]):
        return "is neither RSS nor Atom nor JSON Feed"
    for link in parsed.feed.get("links", ()):
        if link.get("rel") == "alternate" and re.search(r"rss|atom", link.get("type", "")):
            return f"is a web page; its feed may be {urljoin(url, link.get('href', ''))[:300]}"
    return "is a web page, no feed"


def _entry(entry: Any, url: str, claimed: str | None) -> Entry:  # noqa: ANN401
    summary = entry.get("summary", "")
    body = max((part.get("value", "") for part in entry.get("content", ())), key=len, default="")
    language = _language(entry)
    return Entry(
        guid=entry.get("id"),
        link=_link(entry, url),
        title=entry.get("title", ""),
        summary=summary or body,
        body=body if summary and body != summary else "",
        published=_first(entry, "published", "updated", "created"),
        language=language if language != claimed else None,
    )


def _link(entry: Any, url: str) -> str | None:  # noqa: ANN401
    """Return the address of the entry's page; FeedBurner keeps the true one apart."""
    original = entry.get("feedburner_origlink")  # a mapping where the element has attributes
    link = original if original and isinstance(original, str) else entry.get("link")
    if not link:
        links = entry.get("links", ())
        link = next((one.get("href") for one in links if one.get("rel") != "enclosure"), None)
    try:
        return urljoin(url, link) if link else None
    except ValueError:  # no address at all, such as http://[
        return None


def _language(element: Any) -> str | None:  # noqa: ANN401
    """Return the language of an element: its own, or the xml:lang over its title."""
    language = element.get("language") or element.get("title_detail", {}).get("language")
    return str(language) if language else None


def _first(entry: Any, *keys: str) -> str:  # noqa: ANN401
    # Asked for by `in` first: feedparser warns when one date has to stand in for another.
    return next((str(entry[key]) for key in keys if key in entry.keys()), "")  # noqa: SIM118
