"""Read JSON Feed, versions 1.0 and 1.1 (jsonfeed.org/version/1.1), into the shape of an entry."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urljoin

from techwatch.errors import HostileDocumentError, NotAFeedError
from techwatch.feeds.announced import in_json
from techwatch.feeds.entries import Entry, ReadFeed

_VERSION = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/1")
_ITEMS = re.compile(r'"items"\s*:\s*\[\s*')
_BETWEEN = re.compile(r"\s*,?\s*")


def read(text: str, url: str) -> ReadFeed:
    """Read a JSON Feed; raises NotAFeedError or HostileDocumentError."""
    damage: tuple[str, ...] = ()
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise HostileDocumentError(url, "its JSON is nested too deeply") from error
    except ValueError as error:
        data = _broken_off(text)
        if data is None:
            raise NotAFeedError(url, f"is neither XML nor whole JSON: {error}") from error
        damage = (f"is not whole JSON ({error}); the items before the break were read",)
    if not _is_feed(data):
        raise NotAFeedError(url, "is JSON, but no JSON Feed")
    items = [item for item in data["items"] if isinstance(item, dict)]
    if len(items) < len(data["items"]):
        damage += (f"items that are no objects, left out: {len(data['items']) - len(items)}",)
    language = _text(data.get("language")) or None
    entries = tuple(_entry(item, url, language) for item in items)
    return ReadFeed(_text(data.get("title")), entries, damage, in_json(data, url))


def _is_feed(data: Any) -> bool:  # noqa: ANN401 - JSON holds anything
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        return False
    return bool(_VERSION.match(_text(data.get("version"))))


def _broken_off(text: str) -> dict[str, Any] | None:
    """Read the whole items of a document that ends early or breaks; None without any."""
    start = _ITEMS.search(text)
    if start is None:
        return None
    try:
        head: dict[str, Any] = json.loads(text[: start.start()] + '"items": []}')
    except ValueError:
        return None
    items = []
    decoder = json.JSONDecoder()
    position = start.end()
    while True:
        try:
            item, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        items.append(item)
        between = _BETWEEN.match(text, position)
        position = between.end() if between else position
    return head | {"items": items}


def _entry(item: dict[str, Any], url: str, language: str | None) -> Entry:
    content = _text(item.get("content_html")) or _text(item.get("content_text"))
    summary = _text(item.get("summary"))
    link = _text(item.get("url")) or _text(item.get("external_url"))
    own = _text(item.get("language"))
    return Entry(
        guid=_text(item.get("id")) or None,
        link=urljoin(url, link) if link else None,
        title=_text(item.get("title")),
        summary=summary or content,
        body=content if summary else "",
        published=_text(item.get("date_published")) or _text(item.get("date_modified")),
        language=own if own and own != language else None,
    )


def _text(value: Any) -> str:  # noqa: ANN401 - JSON holds anything
    """Take strings as they are, and numbers, which some publishers use as ids."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
