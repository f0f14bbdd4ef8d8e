"""OPML 2.0 (opml.org/spec2.opml), in which feed readers exchange lists of feeds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET  # to write; reading goes by defusedxml

import defusedxml.ElementTree
from defusedxml import DefusedXmlException
from pydantic import ValidationError

from techwatch import yamlfile
from techwatch.errors import InvalidFilesError, Problem
from techwatch.feeds import languages
from techwatch.feeds.schema import FeedEntry, key, tag_from
from techwatch.text import tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from techwatch.model import Feed

_OURS = "urn:techwatch:feed"  # name space of what OPML has no attribute for
_LONGEST_NAME = 200
_MOST_FOLDERS = 50  # that a feed is in, the outermost ones: each becomes a tag


def read(data: bytes, name: str) -> tuple[Feed, ...]:
    """Read the feeds of an OPML file; raises InvalidFilesError with every problem.

    Folders, however deep, and categories become tags, of folders the 50 outermost; a feed in two
    folders is one feed with both. Where no language is given it is English, where no title is the
    host names the publisher. `name` is the file's, for problems.
    """
    feeds: dict[str, Feed] = {}
    problems: list[Problem] = []
    for outline, folders in _outlines(_root(data, name)):
        try:
            feed = _entry(outline, folders).feed()
        except ValidationError as error:
            url = outline.get("xmlUrl", "")[:200]
            found = [yamlfile.message(one, FeedEntry) for one in error.errors()]
            problems += [Problem(name, 0, f"{url}: {message}") for message in found]
            continue
        known = feeds.setdefault(key(feed.url), feed)
        tags = tuple(dict.fromkeys((*known.tags, *feed.tags)))
        feeds[key(feed.url)] = replace(known, tags=tags)
    if problems:
        raise InvalidFilesError(problems)
    return tuple(feeds.values())


def repeated(data: bytes, name: str) -> tuple[str, ...]:
    """Return the addresses that stand in an OPML file more than once, in its order."""
    urls = [o.get("xmlUrl", "").strip() for o, _ in _outlines(_root(data, name))]
    counts = Counter(map(key, urls))
    return tuple(dict.fromkeys(url for url in urls if counts[key(url)] > 1))


def write(feeds: Iterable[Feed], title: str = "techwatch") -> str:
    """Write feeds as OPML; reading it gives the same feeds."""
    ET.register_namespace("techwatch", _OURS)
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = title
    body = ET.SubElement(root, "body")
    for feed in feeds:
        ET.SubElement(body, "outline", _attributes(feed))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _root(data: bytes, name: str) -> ET.Element:
    try:
        root: ET.Element = defusedxml.ElementTree.fromstring(data)
    except ET.ParseError as error:
        line = error.position[0]
        raise InvalidFilesError([Problem(name, line, f"is not OPML: {error}")]) from error
    except (DefusedXmlException, ValueError, LookupError) as error:
        raise InvalidFilesError([Problem(name, 0, f"is not read: {error}")]) from error
    if root.tag != "opml":
        message = f"is not OPML: it begins with <{root.tag[:80]}>, not <opml>"
        raise InvalidFilesError([Problem(name, 1, message)])
    return root


def _outlines(element: ET.Element) -> Iterator[tuple[ET.Element, tuple[str, ...]]]:
    """Yield each outline of a feed with the folders it is in, outermost first."""
    outermost: tuple[str, ...] = ()
    stack = [(child, outermost) for child in reversed(element.findall("body/outline"))]
    while stack:
        outline, inside = stack.pop()
        if outline.get("xmlUrl"):
            yield outline, inside
        deeper = inside if outline.get("xmlUrl") else _within(inside, _title(outline))
        stack += [(child, deeper) for child in reversed(outline.findall("outline"))]


def _within(folders: tuple[str, ...], title: str) -> tuple[str, ...]:
    """Add a folder to those that a feed is in: each once, and no more than become tags."""
    full = len(folders) >= _MOST_FOLDERS
    return folders if full or title in folders else (*folders, title)


def _title(outline: ET.Element) -> str:
    return tidy(outline.get("text") or outline.get("title") or "")


def _entry(outline: ET.Element, folders: tuple[str, ...]) -> FeedEntry:
    url = outline.get("xmlUrl", "").strip()
    categories = outline.get("category", "").replace("/", ",").split(",")
    tags = [tag_from(words) for words in (*folders, *categories)]
    language = outline.get("language", "")
    values = {
        "url": url,
        "publisher": (_title(outline) or urlsplit(url).hostname or url)[:_LONGEST_NAME],
        "language": languages.primary(language) or language or "en",
        "tags": tuple(dict.fromkeys(tag for tag in tags if tag)),
        "tier": outline.get(f"{{{_OURS}}}tier", "2"),
        "zone": outline.get(f"{{{_OURS}}}zone"),
        "paused": outline.get(f"{{{_OURS}}}paused", "false"),
    }
    return FeedEntry.model_validate(values)


def _attributes(feed: Feed) -> dict[str, str]:
    ours = {
        "tier": str(feed.tier) if feed.tier != FeedEntry.model_fields["tier"].default else None,
        "zone": feed.zone,
        "paused": "true" if feed.paused else None,
    }
    return {
        "type": "rss",
        "text": feed.publisher,
        "title": feed.publisher,
        "xmlUrl": feed.url,
        "language": feed.language,
        **({"category": ",".join(feed.tags)} if feed.tags else {}),
        **{f"{{{_OURS}}}{name}": value for name, value in ours.items() if value is not None},
    }
