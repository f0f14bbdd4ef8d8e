"""Which names stand in a text, and which look like names that the baseline lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from techwatch.model.baseline import EntityKind


class Field(StrEnum):
    """Where in an item something stands."""

    TITLE = "title"
    SUMMARY = "summary"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Feature:
    """One reason, with its part in a score."""

    name: str
    value: float  # how much of it, mostly 0..1
    weight: float  # what one unit adds to the score
    sentence: str  # the reason as a person would say it


class Method(StrEnum):
    """How a name was found."""

    EXACT = "exact"  # letter by letter
    FOLDED = "folded"  # after folding case, width, accents, script
    FUZZY = "fuzzy"  # as a misspelling
    DESCRIBED = "described"  # by words that stand together


@dataclass(frozen=True, slots=True)
class Mention:
    """Scored evidence that a text speaks of an entity."""

    entity_id: str
    field: Field
    start: int  # offsets into the field's text as published, end exclusive
    end: int
    surface: str  # the text between them
    name: str  # the name it was taken for
    language: str  # of that name
    method: Method
    score: float
    features: tuple[Feature, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighting:
    """A name that the baseline lacks, where it stands in an item near a name that it has."""

    key: str  # folded, less what writers leave out: the same for all variants of a name
    kind: EntityKind  # actor or law, by the look of it
    type: str  # company, person, government_body, law or unknown, by the look of it
    surface: str  # as published
    field: Field
    start: int  # offsets into the field's text as published, end exclusive
    end: int
    sentence: str  # that holds it, as published
    near: tuple[str, ...]  # ids of the baseline's entities that stand there too


@dataclass(frozen=True, slots=True)
class SightedItem:
    """An item that holds an emerging name."""

    item_id: str
    title: str
    link: str | None
    publisher: str
    language: str
    at: datetime  # published, or first seen where the feed gives no time
    surface: str
    sentence: str


@dataclass(frozen=True, slots=True)
class EmergingName:
    """A name that the baseline lacks, with all its sightings counted."""

    key: str
    name: str  # as it is written most
    kind: EntityKind
    type: str
    language: str  # of the items that hold it, mostly
    items: int
    publishers: tuple[str, ...]  # by how many of the items are theirs
    first_at: datetime  # by the time of the news
    last_at: datetime
    near: tuple[str, ...]  # entity ids, the one it stands near most first
    examples: tuple[SightedItem, ...]  # newest first
    dismissed: bool = False  # a person said that it is none
