"""The short form of a digest, for chat programs, and what it and the syndication tell of it.

Both are made of the frozen JSON, so that they too stay as they were composed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from techwatch.text import tidy, web_link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.model import RenderedDigest

SYMBOLS = {"escalating": "▲", "novel": "◆", "easing": "▼"}
_LONGEST = 1900  # characters of a short form: Discord, the narrowest of the usual ones, takes 2,000
_LINK = 300  # characters; a longer link is left out
_HEADLINE = 160
_MENTIONS = str.maketrans({"@": "＠", "<": "‹", ">": "›", "`": "'", "\\": "＼"})
_MARKUP = re.compile(r"\]\(")  # the middle of a Markdown link, which could hide where it leads


@dataclass(frozen=True, slots=True)
class Told:
    """A development as a digest told it."""

    id: str
    verdict: str
    entity: str
    title: str
    link: str | None
    publisher: str
    reason: str
    language: str
    at: datetime | None  # published, else first seen


def told(digest: RenderedDigest) -> Iterator[Told]:
    """Return the developments of a digest, in its order: the groups, then next steps of stories."""
    data = json.loads(digest.json)
    for group in data.get("groups", ()):
        yield from map(_told, group["developments"])
    yield from map(_told, data.get("follow_ups", ()))


def _told(one: dict[str, Any]) -> Told:
    return Told(
        id=one["id"],
        verdict=one["verdict"],
        entity=_line(one["entity_name"]) if one["entity_id"] else "",
        title=_line(one["title"]),
        link=web_link(one["link"]),
        publisher=_line(one["publisher"]),
        reason=_line(one["reason"]),
        language=one["language"],
        at=_time(one["published"] or one["first_seen_at"]),
    )


def short_form(digest: RenderedDigest, most: int) -> tuple[str, str]:
    """Return title and text for a chat program: the first `most` developments, bounded.

    What feeds wrote can neither call people (@all) nor hide a link behind other words.
    """
    developments = list(told(digest))
    lines: list[str] = []
    shown = 0
    for one in developments[:most]:
        entry = _entry(one)
        if sum(map(len, lines)) + len(entry) > _LONGEST:
            break
        lines.append(entry)
        shown += 1
    if left := len(developments) - shown:
        lines.append(f"+ {left}")
    preheader = str(json.loads(digest.json).get("preheader", ""))
    body = "\n\n".join(lines) if developments else harmless(preheader)
    return harmless(digest.subject), body or harmless(digest.subject)


def harmless(text: str) -> str:
    """Return text on one line that no chat program takes for markup or for a call."""
    return _MARKUP.sub("] (", tidy(text)).translate(_MENTIONS)


def _entry(one: Told) -> str:
    headline = harmless(one.title)
    headline = headline if len(headline) <= _HEADLINE else headline[: _HEADLINE - 1] + "…"
    about = f"{harmless(one.entity)}: " if one.entity else ""
    entry = f"{SYMBOLS.get(one.verdict, '■')} {about}{headline} ({harmless(one.publisher)})"
    return f"{entry}\n{one.link}" if one.link and len(one.link) <= _LINK else entry


def _line(text: str) -> str:
    return tidy(text)


def _time(text: Any) -> datetime | None:  # noqa: ANN401 - from JSON
    return datetime.fromisoformat(text) if text else None
