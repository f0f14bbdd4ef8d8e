"""What a poll brought, and what it came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from techwatch.model.assessment import Assessment
from techwatch.model.feeds import Announced, Feed, FeedState, Validators, Wishes
from techwatch.model.items import Item


@dataclass(frozen=True, slots=True)
class Document:
    """A feed document as a server sent it."""

    url: str  # where it was found, after redirects
    content: bytes
    content_type: str | None
    validators: Validators
    fetched_at: datetime
    fresh_for: float = 0.0  # seconds for which the server says it will not change
    moved_to: str | None = None  # where permanent redirects lead
    announced: Announced = Announced()  # by the headers


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that nothing changed since the validators it was shown."""

    url: str
    validators: Validators
    fetched_at: datetime
    fresh_for: float = 0.0  # as of a Document
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """What was made of an item with its document, before it is known whether it is new."""

    title: str  # its words, as the search index holds them
    text: str  # likewise those of summary and body
    assessment: Assessment | None = None  # if it is off the topic and nothing follows from it


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a document holds."""

    title: str
    items: tuple[Item, ...]
    damage: tuple[str, ...] = ()  # sentences: what was wrong with the document and was mended
    wishes: Wishes = Wishes()  # those that stand in the document
    announced: Announced = Announced()  # likewise
    ahead: Mapping[str, ReadAhead] = field(default_factory=dict)  # by item id, of some


PollResult = Literal["document", "not_modified", "postponed", "failed"]


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """What one poll of one feed came to; the pipeline stores it as it is."""

    state: FeedState  # as it is to be stored
    result: PollResult
    items: tuple[Item, ...] = ()  # everything the document held, new or not
    ahead: Mapping[str, ReadAhead] = field(default_factory=dict)  # by item id, of some


@dataclass(frozen=True, slots=True)
class PollReport:
    """What storing a poll changed."""

    feed: Feed
    result: PollResult
    seen: int = 0  # items in the document
    new: int = 0
    revised: int = 0
    judged: int = 0  # new ones off the topic, stored with their verdict
    error: str | None = None
