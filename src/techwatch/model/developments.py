"""What readers are told of a story, and by what they choose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from techwatch.model.assessment import Assessment, Burst, Story, Verdict
from techwatch.model.baseline import EntityKind, Fact, Source
from techwatch.model.items import StoredItem


@dataclass(frozen=True, slots=True)
class Report:
    """One item of a story with its verdict, as the store gives it to a digest."""

    stored: StoredItem
    assessment: Assessment
    earlier_title: str | None = None  # the first headline, where it was changed


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that a search found."""

    key: str  # where the search goes on after it
    item_id: str
    title: str
    summary: str
    link: str | None
    publisher: str
    language: str
    at: datetime  # of the news: published, or first seen where that is missing or later than it
    verdict: Verdict | None  # None: not judged yet
    story_id: str | None
    development: bool  # whether its story is one that readers are told


@dataclass(frozen=True, slots=True)
class FoundDevelopment:
    """A development of which a search found tellings."""

    id: str
    verdict: Verdict  # of its story
    title: str  # of the item that opened it
    link: str | None
    publisher: str
    created_at: datetime
    last_at: datetime  # of its story's news
    found: int  # items of it that the search found
    story_id: str
    language: str  # of the title


@dataclass(frozen=True, slots=True)
class UntoldStory:
    """A story that an edition's readers have not been told."""

    story: Story  # without its tellings, which `reports` hold in full
    created_at: datetime  # when it became a development
    reports: tuple[Report, ...]  # at least one; oldest first
    follows: Followed | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """The story before: the one whose next step a story is."""

    story_id: str
    title: str  # the headline that opened it
    at: datetime  # when it was first told
    language: str = "und"  # of that headline


@dataclass(frozen=True, slots=True)
class OtherSource:
    """A further publisher of a development."""

    publisher: str
    title: str
    link: str | None
    language: str
    published: datetime | None
    item_id: str = ""


@dataclass(frozen=True, slots=True)
class Development:
    """What a reader is told about a story."""

    id: str
    story_id: str
    item_id: str  # the item that leads
    verdict: Verdict
    score: float
    entity_id: str | None  # the one it is grouped under; None: a measure without a known name
    entity_name: str  # as shown; "Other developments" where entity_id is None
    entity_kind: EntityKind | None
    title: str
    link: str | None
    publisher: str
    language: str
    published: datetime | None
    first_seen_at: datetime
    reason: str
    event_label: str | None  # "fined"
    track_label: str | None  # "Coercion of an actor"
    ladder: tuple[str, ...] = ()  # labels of the rungs, lowest first; empty: no ladder
    rung_before: int | None = None  # index into ladder; None: below the lowest
    rung_after: int | None = None
    fact: Fact | None = None  # what the baseline knew
    fact_source: Source | None = None
    earlier_title: str | None = None  # the headline before it was changed
    others: tuple[OtherSource, ...] = ()
    entity_ids: tuple[str, ...] = ()  # all that it concerns
    sectors: tuple[str, ...] = ()  # of those
    kinds: tuple[EntityKind, ...] = ()  # of those
    track: str | None = None
    jurisdiction: str | None = None
    tags: tuple[str, ...] = ()  # of the feeds that tell it
    last_told_at: datetime | None = None  # its latest item
    follows: Followed | None = None
    alerted_at: datetime | None = None  # when its readers were alerted to it
    burst: Burst | None = None  # of one of those that it concerns; it raised the score
    reason_language: str = "en"  # in which the reason is told


@dataclass(frozen=True, slots=True)
class Told:
    """A development as an edition told it last, and what its item says now."""

    development_id: str
    slot: datetime
    item_id: str
    title: str
    verdict: Verdict
    title_now: str
    verdict_now: Verdict
    link: str | None
    publisher: str
    stands: bool  # whether any item of its story is still flagged


@dataclass(frozen=True, slots=True)
class Correction:
    """What an earlier digest said and is no longer so."""

    development_id: str
    item_id: str
    kind: Literal["headline", "verdict", "withdrawn"]
    slot: datetime  # of the digest that said it
    title: str  # as it was told
    verdict: Verdict  # as it was told
    title_now: str
    verdict_now: Verdict
    link: str | None
    publisher: str


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One item of a development, as much of it as choosing the one that leads needs."""

    item_id: str
    verdict: Verdict
    score: float
    language: str
    publisher: str
    tier: int
    tags: tuple[str, ...]  # of its feed
    published: datetime | None
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A development in outline: its story and who tells it."""

    id: str  # of development and story
    created_at: datetime
    entity_ids: tuple[str, ...]  # of the story
    tellings: tuple[Glimpse, ...]  # at least one; oldest first


@dataclass(frozen=True, slots=True)
class Facets:
    """What filters look at of a development."""

    verdict: Verdict
    score: float
    entity_ids: tuple[str, ...]
    sectors: tuple[str, ...]
    kinds: tuple[EntityKind, ...]
    track: str | None
    jurisdiction: str | None
    publishers: tuple[str, ...]
    tags: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which developments an edition tells. What is empty lets everything pass."""

    verdicts: tuple[Verdict, ...] = (Verdict.NOVEL, Verdict.ESCALATING, Verdict.EASING)
    minimum_score: float = 0.0
    entities: tuple[str, ...] = ()  # ids
    sectors: tuple[str, ...] = ()
    kinds: tuple[EntityKind, ...] = ()
    tracks: tuple[str, ...] = ()  # ids
    jurisdictions: tuple[str, ...] = ()  # us lets us-mt pass
    feeds: tuple[str, ...] = ()  # publishers
    tags: tuple[str, ...] = ()  # of feeds
    languages: tuple[str, ...] = ()
