"""Feeds as bytes: Atom (RFC 4287) and JSON Feed 1.1 (jsonfeed.org). Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from techwatch.digests.delivery.short import SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from techwatch.digests.delivery.entries import Entry, Syndicated

_ATOM = "http://www.w3.org/2005/Atom"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_AUTHOR = "techwatch"


def atom(feed: Syndicated) -> bytes:
    """Return the feed as Atom."""
    root = ET.Element("feed", {"xmlns": _ATOM, _LANG: feed.language})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", _time(feed.updated))
    _add(_add(root, "author"), "name", _AUTHOR)
    _add(root, "generator", _AUTHOR)
    if feed.url:
        _link(root, "self", f"{feed.url}{feed.names[0]}")
    for entry in feed.entries:
        _atom_entry(root, entry)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _atom_entry(root: ET.Element, entry: Entry) -> None:
    told = entry.told
    node = _add(root, "entry", attributes={_LANG: told.language})
    _add(node, "id", entry.id)
    _add(node, "title", _headline(entry))
    _add(node, "updated", _time(entry.at))
    if told.at:
        _add(node, "published", _time(told.at))
    _add(_add(node, "author"), "name", told.publisher or _AUTHOR)
    if told.link:
        _link(node, "alternate", told.link)
    _add(node, "category", attributes={"term": told.verdict})
    if told.entity:
        _add(node, "category", attributes={"term": told.entity})
    # An entry without an alternate link must have content (RFC 4287, 4.1.2).
    _add(node, "content", told.reason, {"type": "text"})


def json_feed(feed: Syndicated) -> bytes:
    """Return the feed as JSON Feed."""
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "feed_url": f"{feed.url}{feed.names[1]}" if feed.url else None,
        "authors": [{"name": _AUTHOR}],
        "language": feed.language,
        "items": [_json_item(entry) for entry in feed.entries],
    }
    return json.dumps(_present(data), ensure_ascii=False, indent=1).encode() + b"\n"


def _json_item(entry: Entry) -> dict[str, Any]:
    told = entry.told
    return _present(
        {
            "id": entry.id,
            "url": told.link,
            "title": _headline(entry),
            "content_text": told.reason,
            "date_published": _time(told.at) if told.at else None,
            "date_modified": _time(entry.at),
            "authors": [{"name": told.publisher or _AUTHOR}],
            "tags": [tag for tag in (told.verdict, told.entity) if tag],
            "language": None if told.language == "und" else told.language,
        }
    )


def _present(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}


def _headline(entry: Entry) -> str:
    told = entry.told
    about = f"{told.entity}: " if told.entity else ""
    return f"{SYMBOLS.get(told.verdict, '■')} {about}{told.title}"


def _add(
    parent: ET.Element,
    name: str,
    text: str | None = None,
    attributes: Mapping[str, str] | None = None,
) -> ET.Element:
    node = ET.SubElement(parent, name, dict(attributes or {}))
    node.text = text
    return node


def _link(parent: ET.Element, rel: str, address: str) -> None:
    _add(parent, "link", attributes={"rel": rel, "href": address})


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
