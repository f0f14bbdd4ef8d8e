"""Read well-formed RSS and Atom fast, into exactly what feedparser makes of it.

feedparser handles every element of a document in Python. Of an entry we need eight, and expat
builds the tree in C. What is read here is what feedparser would give, element by element; where
its ways are too odd to follow (markup inside a title, xhtml, a language for one element),
`Unsure` is raised and feedparser reads the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from techwatch.feeds.entries import ReadFeed
from techwatch.feeds.strict_entry import EntryReader
from techwatch.feeds.strict_names import (
    TEXT,
    TITLES,
    Broken,
    Unsure,
    attribute,
    name_of,
    resolved,
    typed,
    value_of,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["Broken", "Unsure", "read"]


def read(text: str, url: str) -> ReadFeed:
    """Read a document without an XML declaration; raises Unsure, or Broken."""
    if "<!DOCTYPE" in text:
        raise Unsure
    try:
        root = ET.fromstring(text)  # noqa: S314 - without a DTD there are no entities to explode
    except (ET.ParseError, ValueError) as error:
        raise Broken from error
    kind = name_of(root)
    if kind not in {"rss", "feed", "rdf:rdf"}:
        raise Unsure
    channel = root if kind == "feed" else next((c for c in root if name_of(c) == "channel"), None)
    if channel is None:
        raise Unsure
    nodes = _entries(root, channel)
    title, base, language = _head(root, channel, url)
    claimed = _claimed(channel, language)
    return ReadFeed(title, tuple(EntryReader(base, language).entry(n, url, claimed) for n in nodes))


def _entries(root: Element, channel: Element) -> list[Element]:
    """Return the entries; raises Unsure if some stand where they shouldn't."""
    inside = [] if channel is root else list(channel)
    nodes = [node for node in (*inside, *root) if name_of(node) in {"item", "entry"}]
    found = sum(node.tag.endswith(("item", "entry")) for node in root.iter())
    if found != len(nodes) or any(list(root).index(c) for c in root if c is channel):
        raise Unsure
    return nodes


def _head(root: Element, channel: Element, url: str) -> tuple[str, str, str | None]:
    """Return title, base address and language of the feed."""
    titles = [c for c in channel if name_of(c) in TITLES]
    if len(titles) > 1 or any(attribute(one, "lang") for one in titles):
        raise Unsure
    if channel is not root and any(attribute(channel, name) for name in ("lang", "base")):
        raise Unsure
    title = typed(titles[0], TEXT) if titles else ""
    base = resolved(url, attribute(root, "base") or "")
    if urlsplit(base).scheme not in {"http", "https"}:
        raise Unsure
    return title, base, attribute(root, "lang") or None


def _claimed(channel: Element, language: str | None) -> str | None:
    """Return the language that the feed as a whole claims."""
    own = [value_of(c) for c in channel if name_of(c) in {"language", "dc:language"}]
    if len(own) > 1:
        raise Unsure
    claimed = own[0] if own and own[0] else language
    return claimed.replace("_", "-") if claimed and not own else claimed
