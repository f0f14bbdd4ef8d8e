"""The elements that an entry is read from, by the names feedparser gives them, and their texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CORE = frozenset(
    {
        "",
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://purl.org/atom/ns#",
        "http://www.w3.org/2005/atom",
        "http://blogs.law.harvard.edu/tech/rss",
    }
)
_PREFIXES = {
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://search.yahoo.com/mrss": "media:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
}
# Name spaces whose elements say nothing that an entry here has.
_OTHERS = frozenset(
    {
        "http://purl.org/rss/1.0/modules/slash/",
        "http://wellformedweb.org/commentapi/",
        "http://purl.org/rss/1.0/modules/syndication/",
        "http://purl.org/syndication/thread/1.0",
        "http://www.georss.org/georss",
        "http://www.w3.org/2003/01/geo/wgs84_pos#",
        "http://madskills.com/public/xml/rss/module/trackback/",
        "http://schemas.google.com/g/2005",
    }
)
TEXT, HTML = "text/plain", "text/html"
_TYPES = frozenset({"text", "plain", TEXT, "html", HTML})
DATES = {
    "pubdate": "published",
    "published": "published",
    "issued": "published",
    "dcterms:issued": "published",
    "updated": "updated",
    "modified": "updated",
    "lastbuilddate": "updated",
    "dc:date": "updated",
    "dcterms:modified": "updated",
    "created": "created",
    "dcterms:created": "created",
}
TITLES = frozenset({"title", "dc:title", "media:title"})
# Opens a summary, or further content where there is a summary; and its type if it has none.
SUMMARIES = {
    "description": HTML,
    "dc:description": HTML,
    "media:description": HTML,
    "summary": TEXT,
    "itunes:summary": TEXT,
}
CONTENTS = {"content": TEXT, "content:encoded": HTML, "fullitem": HTML}
ODD = frozenset(
    {
        "language",
        "dc:language",
        "image",
        "textinput",
        "abstract",
        "body",
        "info",
        "homepage",
        "newlocation",
    }
)
READ = frozenset({*DATES, *TITLES, *SUMMARIES, *CONTENTS, "link", "guid", "id"})
TAKEN = frozenset({*READ, *ODD, "feedburner:origlink"})
# What a single element of a kind may not change, if it is read here.
PLACED = {"link": "base", "guid": "base", "id": "base"} | dict.fromkeys(TITLES, "lang")
MEANT = frozenset(name.rpartition(":")[2] for name in (*READ, *ODD, "origlink"))
# What urljoin would leave as it is, which takes it long to find out.
WHOLE = re.compile(r"https?://[A-Za-z0-9.:-]+/[^?#;\s]*(?:\?[^#;\s]+)?(?:#\S+)?", re.ASCII)
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)(/*)")
_C1 = re.compile("[\x80-\x9f]")


class Unsure(Exception):  # noqa: N818 - no error: the other parser takes over
    """The document is not read here."""


class Broken(Unsure):
    """It is not well-formed; mended it may be."""


def name_of(node: Element) -> str:
    """Return an element's name in lower case, with the prefix that feedparser gives it."""
    known = _NAMES.get(node.tag)
    if known is None:
        space, brace, local = node.tag.rpartition("}")
        known = _prefixed(space.removeprefix("{").lower() if brace else "", local.lower())
        if len(_NAMES) < 4096:  # noqa: PLR2004 - names come from the web
            _NAMES[node.tag] = known
    return known


_NAMES: dict[str, str] = {}


def _prefixed(space: str, local: str) -> str:
    if space in _CORE:
        return local
    if space in _PREFIXES:
        return _PREFIXES[space] + local
    if space not in _OTHERS and local in MEANT:
        raise Unsure  # feedparser goes by the prefix, which is lost here
    return f"?:{local}"


def attribute(node: Element, name: str, default: str | None = None) -> str | None:
    """Find an attribute of XML's own name space, or without one, in any case."""
    if not node.attrib:
        return default
    for key, value in node.attrib.items():
        if key.rpartition("}")[2].lower() == name.lower():
            return value
    return default


def typed(node: Element, default: str) -> str:
    """Return the text of an element that may say of what type it is."""
    if node.attrib:
        kind = (node.get("type") or default).lower()
        if kind not in _TYPES or node.get("mode") or node.get("src"):
            raise Unsure
    return value_of(node)


def value_of(node: Element) -> str:
    """Return the text of an element without markup in it; raises Unsure for one with."""
    if len(node):
        raise Unsure
    value = (node.text or "").strip()
    if not value.isascii():
        if _C1.search(value):
            raise Unsure
        try:
            value = value.encode("iso-8859-1").decode("utf-8")
        except UnicodeError:
            return value
    return value


def resolved(base: str, link: str) -> str:
    """Return a link made absolute; empty for what is no address."""
    if WHOLE.fullmatch(link):
        return link
    try:
        return urljoin(base, _SLASHES.sub(r"\1", link))
    except ValueError:
        return ""
