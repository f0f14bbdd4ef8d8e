"""What the readers of the several formats have in common: an entry as the feed gives it."""

from __future__ import annotations

from dataclasses import dataclass, field

from techwatch.model import Announced


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry before its text is cleaned."""

    guid: str | None
    link: str | None  # absolute where the base is known
    title: str  # markup
    summary: str  # markup
    body: str  # markup; empty where it only repeats the summary
    published: str  # as written; empty without one
    language: str | None  # of the entry itself, where it differs from the document's


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """What a reader makes of a document."""

    title: str
    entries: tuple[Entry, ...]
    damage: tuple[str, ...] = ()
    announced: Announced = field(default_factory=Announced)
