"""What an item says happened, how far that is, and what was decided of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from techwatch.model.baseline import Direction, Fact, Mode
from techwatch.model.items import StoredItem
from techwatch.model.mentions import Feature, Field, Mention


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money."""

    value: float  # in the currency's unit: 18.2 billion yuan is 18_200_000_000
    currency: str  # ISO 4217


@dataclass(frozen=True, slots=True)
class Count:
    """How many of something."""

    number: int
    of: str  # companies, apps, people, ... as the vocabulary calls it


@dataclass(frozen=True, slots=True)
class Event:
    """What a text says happened."""

    event_type: str  # id
    track: str
    rung: str | None
    direction: Direction
    mode: Mode
    entity_ids: tuple[str, ...]  # to whom or what; may be empty: a measure without a known target
    jurisdiction: str | None  # whose power: cn, us, us-mt, eu, ...; None: not told
    field: Field
    start: int  # of the trigger, in the field's text as published
    end: int
    surface: str
    amounts: tuple[Amount, ...] = ()
    counts: tuple[Count, ...] = ()
    dates: tuple[str, ...] = ()  # 2025-03-01, --03-01 without a year; P30D: a term of 30 days


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an entity has come on a ladder, by one jurisdiction, and who says so."""

    entity_id: str
    track: str
    rung: str | None  # None: back at the foot of the ladder
    jurisdiction: str | None
    since: str  # a date as precise as is known
    reason: str  # the fact or the headline
    source: str  # document id, or publisher of the item
    story_id: str | None = None  # None: from the baseline


class Verdict(StrEnum):
    """The outcome for an item."""

    UNRELATED = "unrelated"
    KNOWN = "known"
    NOVEL = "novel"
    ESCALATING = "escalating"
    EASING = "easing"

    @property
    def flagged(self) -> bool:
        """Whether a digest shows it."""
        return self in {Verdict.NOVEL, Verdict.ESCALATING, Verdict.EASING}


@dataclass(frozen=True, slots=True)
class Assessment:
    """A verdict with all its evidence."""

    verdict: Verdict
    score: float  # ranks the digest
    reason: str  # one or two sentences for people
    mentions: tuple[Mention, ...] = ()
    event: Event | None = None  # the one the verdict rests on
    before: Standing | None = None  # where the entity stood on the event's ladder
    fact: Fact | None = None  # the baseline fact the event goes beyond, or restates
    features: tuple[Feature, ...] = ()
    model_version: str = ""  # of the rules and weights, and of the baseline


@dataclass(frozen=True, slots=True)
class Signs:
    """What an item offers for telling whether another one tells the same event.

    Made of the item and the baseline alone. Words are stems of English and Norwegian words, and
    pairs of Chinese characters; common words are left out.
    """

    language: str = ""
    text: str = ""  # the headline's stems in their order
    words: frozenset[str] = frozenset()  # of the headline
    more: frozenset[str] = frozenset()  # of the summary's beginning
    names: frozenset[str] = frozenset()  # those words that are names of the baseline
    field_words: frozenset[str] = frozenset()  # those that the vocabulary knows
    places: frozenset[str] = frozenset()  # jurisdictions that the headline names
    nearby: frozenset[str] = frozenset()  # and those of the summary
    bodies: frozenset[str] = frozenset()  # parliaments, ministries, courts and offices
    triggers: frozenset[str] = frozenset()  # event types whose words stand in the headline
    kinds: frozenset[str] = frozenset()  # event types that the headline tells
    steps: frozenset[str] = frozenset()  # track/rung of all that is told, track/-rung of ways back
    kind: str | None = None  # event type of the main event
    step: str | None = None  # of the main event likewise; track/ where it has no rung
    mode: str | None = None
    jurisdiction: str | None = None
    entities: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()  # as written
    quantities: frozenset[str] = frozenset()  # amounts, counts, dates and terms, normalised
    sums: frozenset[str] = frozenset()  # amounts of the headline, normalised
    essay: bool = False  # a comment, an explanation, a question


@dataclass(frozen=True, slots=True)
class Telling:
    """One item of a story, as much of it as telling stories apart needs."""

    item_id: str
    title: str
    link: str | None
    publisher: str
    language: str
    at: datetime  # published, or first seen where the feed gives no time
    signs: Signs = Signs()


@dataclass(frozen=True, slots=True)
class Story:
    """Items that tell one event."""

    id: str
    entity_ids: tuple[str, ...]
    event_type: str | None
    track: str | None
    rung: str | None
    jurisdiction: str | None
    verdict: Verdict
    first_at: datetime
    last_at: datetime
    tellings: tuple[Telling, ...] = ()  # oldest first
    follows: str | None = None  # id of the story that told the step before
    part: str = ""  # id by which it was recognised, where people joined it to another; else empty


@dataclass(frozen=True, slots=True)
class Burst:
    """An actor or law of which far more is told than usual. Salience, never a change of state."""

    entity_id: str
    name: str
    counts: tuple[int, ...]  # publishers that told of it, day by day, the last day last
    usual: float  # publishers a day in the weeks before
    publishers: int  # different ones in the period
    chance: float  # how likely so many are at the usual rate, 0..1
    known_event: bool = False  # a story with a step or other development explains it


@dataclass(frozen=True, slots=True)
class Judged:
    """One item judged: what the pipeline stores in one transaction."""

    stored: StoredItem
    assessment: Assessment
    story_id: str | None  # None: tells no event
    opens_story: bool
    judged_at: datetime
    signs: Signs = Signs()
    part: str | None = None  # the story by whose tellings it was recognised; None: `story_id`
