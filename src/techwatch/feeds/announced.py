"""Where a feed says that its news is pushed from: the links `hub` and `self` of WebSub. Pure.

They stand in the answer's Link headers (RFC 8288) or in the document, before its first entry:
atom:link in RSS and Atom, `hubs` and `feed_url` in JSON Feed.
https://www.w3.org/TR/websub/#discovery
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from techwatch.model import Announced
from techwatch.text import web_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MOST_HEAD = 50_000  # characters of a document that are searched
_MOST_HEADER = 20_000  # characters of Link headers; some sites preload a hundred files by them
_FIRST_ENTRY = re.compile(r"<(?:item|entry)[\s>]")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LINK = re.compile(r"<(?:[\w.-]{1,20}:)?link\s([^<>]{1,3000})>")
_ATTRIBUTE = re.compile(r"""\b(rel|href)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_IN_HEADER = re.compile(r"""<([^<>]{1,2048})>((?:[^<>",]|"[^"]*")*)""")
_RELATION = re.compile(r""";\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))""", re.IGNORECASE)


def in_headers(headers: Iterable[str], place: str) -> Announced:
    """Read the values of Link headers; `place` is what they are relative to."""
    found: list[tuple[str, str]] = []
    for goal, rest in _IN_HEADER.findall(", ".join(headers)[:_MOST_HEADER]):
        relation = _RELATION.search(rest)  # the first one counts
        if relation:
            found.append((relation[1] or relation[2], goal))
    return _announced(found, place)


def in_markup(text: str, place: str) -> Announced:
    """Read the links of RSS or Atom, well-formed or not."""
    head = text[:_MOST_HEAD]
    if "hub" not in head:
        return Announced()
    head = _COMMENT.sub("", head)
    first = _FIRST_ENTRY.search(head)
    found = []
    for inner in _LINK.findall(head[: first.start()] if first else head):
        given = {name: html.unescape(a or b) for name, a, b in _ATTRIBUTE.findall(inner)}
        found.append((given.get("rel", ""), given.get("href", "")))
    return _announced(found, place)


def in_json(data: dict[str, Any], place: str) -> Announced:
    """Read what stands in a JSON Feed; hubs of other kinds than WebSub are left out."""
    hubs = data.get("hubs")
    found = [
        ("hub", hub.get("url"))
        for hub in (hubs if isinstance(hubs, list) else ())
        if isinstance(hub, dict) and str(hub.get("type", "")).lower() == "websub"
    ]
    found.append(("self", data.get("feed_url")))
    return _announced([(rel, url) for rel, url in found if isinstance(url, str)], place)


def together(headers: Announced, document: Announced, place: str) -> Announced:
    """Join what the headers and the document say: headers first, as the specification has it.

    A feed that names a hub but not itself is meant by the address where it was found.
    """
    hub = headers.hub or document.hub
    if hub is None:
        return Announced()
    return Announced(hub, headers.topic or document.topic or place)


def _announced(links: Sequence[tuple[str, str]], place: str) -> Announced:
    """Take the first hub, one with encryption if there is any, and the first `self`."""
    hubs = [
        url for rel, goal in links if "hub" in rel.lower().split() and (url := _at(goal, place))
    ]
    selves = [u for rel, goal in links if "self" in rel.lower().split() and (u := _at(goal, place))]
    safe = [hub for hub in hubs if hub.lower().startswith("https://")]
    return Announced(next(iter([*safe, *hubs]), None), next(iter(selves), None))


def _at(goal: str, place: str) -> str | None:
    """Return an address of the web; one that is whole stays as written, since hubs compare it."""
    goal = goal.strip()
    if not goal:
        return None
    try:
        return web_link(goal) or web_link(urljoin(place, goal))
    except ValueError:  # no address at all, such as http://[
        return None
