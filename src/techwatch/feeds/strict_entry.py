"""One entry of a feed, read as feedparser reads it: element by element, in their order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from techwatch.feeds.entries import Entry
from techwatch.feeds.strict_names import (
    CONTENTS,
    DATES,
    HTML,
    ODD,
    PLACED,
    READ,
    SUMMARIES,
    TAKEN,
    TEXT,
    TITLES,
    WHOLE,
    Unsure,
    attribute,
    name_of,
    resolved,
    typed,
    value_of,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_REFERENCE = re.compile("&([A-Za-z0-9_]+);")


@dataclass
class EntryReader:
    """An entry while its elements are read one after the other, as feedparser does."""

    base: str
    language: str | None
    found: dict[str, str] = field(default_factory=dict)
    depths: dict[str, int] = field(default_factory=dict)
    contents: list[str] = field(default_factory=list)
    links: list[str | None] = field(default_factory=list)
    has_content: bool = False
    title_depth: int = -1

    def entry(self, node: Element, url: str, claimed: str | None) -> Entry:
        """Read one entry."""
        own = attribute(node, "lang")
        if attribute(node, "base") or node.get("href") or node.get("lastmod") or own == "":
            raise Unsure
        about = node.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")
        if about:
            self.found["id"] = about
        self._read(node, 0)
        found = self.found
        summary = found.get("summary", "")
        body = max(self.contents, key=len, default="")
        language = (own or self.language) if "title" in self.depths else None
        language = language.replace("_", "-") if language else None
        return Entry(
            guid=found.get("id"),
            link=self._link(url),
            title=found.get("title", ""),
            summary=summary or body,
            body=body if summary and body != summary else "",
            published=next(
                (found[k] for k in ("published", "updated", "created") if k in found), ""
            ),
            language=language if language != claimed else None,
        )

    def _read(self, node: Element, depth: int) -> None:
        for child in node:
            name = name_of(child)
            if name in READ:
                self._element(child, name, depth)
            elif name in ODD:
                raise Unsure
            elif name == "feedburner:origlink":
                if child.attrib:
                    raise Unsure
                self.found["origlink"] = value_of(child)
            elif len(child):
                self._container(child, name, depth)
            if name == "source":
                self.title_depth = -1

    def _container(self, child: Element, name: str, depth: int) -> None:
        if not name.startswith("media:"):
            if any(name_of(inner) in TAKEN for inner in child.iter()):
                raise Unsure
        elif any(attribute(child, key) is not None for key in ("lang", "base")):
            raise Unsure
        else:
            self._read(child, depth + 1)

    def _element(self, child: Element, name: str, depth: int) -> None:
        if name in PLACED and attribute(child, PLACED[name]) is not None:
            raise Unsure
        if name in DATES:
            self._put(DATES[name], value_of(child), depth)
        elif name in TITLES:
            self._title(child, name, depth)
        elif name in SUMMARIES or name in CONTENTS:
            self._text(child, name, depth)
        elif name == "link":
            self._take_link(child)
        else:
            self._guid(child, depth)

    def _put(self, key: str, value: str, depth: int) -> None:
        if depth <= self.depths.get(key, depth):
            self.depths[key] = depth
            self.found[key] = value

    def _title(self, child: Element, name: str, depth: int) -> None:
        value = typed(child, TEXT)
        if not -1 < self.title_depth <= depth:
            self._put("title", value, depth)
        if value and name != "media:title":
            self.title_depth = depth

    def _text(self, child: Element, name: str, depth: int) -> None:
        """Take a summary; or content, which stands for a summary that is not there."""
        if name in SUMMARIES and ("summary" not in self.found or self.has_content):
            self._put("summary", typed(child, SUMMARIES[name]), depth)
            return
        self.has_content = True
        value = typed(child, CONTENTS.get(name, TEXT))
        self.contents.append(value)
        self.found.setdefault("summary", value)

    def _take_link(self, child: Element) -> None:
        href = child.get("url") or child.get("uri") or child.get("href")
        if len(child):
            raise Unsure
        if href:
            href = resolved(self.base, href)
            kind = child.get("type") or HTML
            if child.get("rel", "alternate") == "alternate" and kind.lower() in {"html", HTML}:
                self.found["link"] = href
            if child.get("rel") != "enclosure":
                self.links.append(href)
            return
        value = value_of(child)
        value = resolved(self.base, value) if value else value
        value = _REFERENCE.sub(r"&\g<1>", value.replace("&amp;", "&"))
        self.found["link"] = value
        self.links.append(value or None)

    def _guid(self, child: Element, depth: int) -> None:
        value = value_of(child)
        if attribute(child, "isPermaLink", "true") == "true":
            value = resolved(self.base, value) if value else value
            self._put("id", value, depth)
            self.found.setdefault("link", value)
        else:
            self._put("id", value, depth)

    def _link(self, url: str) -> str | None:
        link = self.found.get("origlink") or self.found.get("link") or next(iter(self.links), None)
        if not link:
            return None
        try:
            return link if WHOLE.fullmatch(link) else urljoin(url, link)
        except ValueError:  # no address at all, such as http://[
            return None
