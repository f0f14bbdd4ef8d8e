"""Find the feeds of a web page: those it names, those it links to, and where feeds often are. Pure.

Naming them: <link rel="alternate" type="application/rss+xml" href="..."> (rssboard.org,
RSS autodiscovery), and likewise for Atom and JSON Feed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from techwatch.text import web_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TYPES = re.compile(r"application/(?:rss|atom|rdf|feed)\+(?:xml|json)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:^|[/._-])(?:feeds?|rss|atom)(?:$|[/._?-])|\.(?:rss|atom|rdf)$", re.IGNORECASE
)
_USUAL = ("/feed", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml")
_MOST = 20


def candidates(page: str, url: str) -> tuple[str, ...]:
    """Return addresses where a page's feeds may be, likeliest first, 20 at most.

    Only a page that names and links to none is worth guessing for.
    """
    tree = LexborHTMLParser(page)
    base = tree.css_first("base[href]")
    root = urljoin(url, (base.attributes.get("href") or "") if base else "")
    found = _distinct((*_named(tree), *_linked(tree)), root, url)
    return found[:_MOST] or _distinct(_USUAL, url, url)


def _named(tree: LexborHTMLParser) -> Iterator[str]:
    for link in tree.css("link[href][type]"):
        rels = (link.attributes.get("rel") or "").lower().split()
        if {"alternate", "feed"} & set(rels) and _TYPES.match(link.attributes.get("type") or ""):
            yield link.attributes.get("href") or ""


def _linked(tree: LexborHTMLParser) -> Iterator[str]:
    for link in tree.css("a[href]"):
        href = link.attributes.get("href") or ""
        if _ADDRESS.search(href.partition("#")[0]):
            yield href


def _distinct(links: Iterable[str], root: str, url: str) -> tuple[str, ...]:
    """Return whole addresses other than the page's own, each once."""
    found: dict[str, None] = {}
    for link in links:
        try:
            address = web_link(urljoin(root, link.strip()))
        except ValueError:
            continue
        if address and urlsplit(address)._replace(fragment="").geturl() != url:
            found[urlsplit(address)._replace(fragment="").geturl()] = None
    return tuple(found)
