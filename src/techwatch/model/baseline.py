"""What is known: entities with their names and facts, tracks, and what phrases mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class EntityKind(StrEnum):
    """What sort of thing an entity is. Places give context and are never reported."""

    ACTOR = "actor"
    LAW = "law"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Name:
    """One way of writing an entity."""

    text: str  # as written
    language: str  # BCP 47 primary tag of the name: en, zh, nb
    weak: bool = False  # counts only with support from the context
    exact_case: bool = False  # an acronym: matches only in this very case
    fuzzy: bool = True  # misspellings of it may match
    ours: bool = False  # not in the documents; added because the world writes it so


@dataclass(frozen=True, slots=True)
class FalseFriend:
    """A wording that holds a name of the entity but means something else."""

    text: str  # "CAC 40", "Ant-Man"
    means: str  # "the Paris stock index"


@dataclass(frozen=True, slots=True)
class DescribedName:
    """A combination of words that together mean an entity that has no title of its own."""

    groups: tuple[tuple[str, ...], ...]  # one word of every group must stand in the text
    language: str
    window: int = 16  # how many words apart the first and the last hit may stand


@dataclass(frozen=True, slots=True)
class Fact:
    """What one document says of an entity, in our words."""

    entity_id: str
    text: str  # one sentence
    source: str  # id of the document in sources.yaml
    date: str  # as precise as the text gives: 2020-09-19, 2020-09, 2020, 2019-summer, 2018/2019
    event_type: str | None = None  # id of the event type it records; None for a plain description
    jurisdiction: str | None = None  # whose step it was: cn, us, eu, de, ...
    post: str | None = None  # the post or article inside the document
    disputed_by: tuple[str, ...] = ()  # ids of the documents that say otherwise of the entity
    note: str | None = None  # a remark of ours on it, for people: that it is a mistake, and why


@dataclass(frozen=True, slots=True)
class Relation:
    """A tie between two entities, read from the one that holds it."""

    type: str  # owner, product_of, founder_of, part_of, enforces, ...
    target: str  # entity id


@dataclass(frozen=True, slots=True)
class Entity:
    """An actor or a law of the baseline, or a place that gives context."""

    id: str
    kind: EntityKind
    type: str  # company, product, person, government_body, statute, draft rule, ...
    name: str  # the one shown to people
    names: tuple[Name, ...]
    false_friends: tuple[FalseFriend, ...] = ()
    described: tuple[DescribedName, ...] = ()
    country: str | None = None  # cn, us, ... : where it belongs
    sector: str | None = None  # networks, devices, platforms, components
    relations: tuple[Relation, ...] = ()
    documents: tuple[str, ...] = ()  # ids of the documents that mention it
    facts: tuple[Fact, ...] = ()  # oldest first


class Direction(StrEnum):
    """Which way an event moves a ladder."""

    UP = "up"
    BACK = "back"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Track:
    """A field of events. On a ladder the rungs are ordered, lowest first."""

    id: str
    label: str
    rungs: tuple[str, ...] = ()  # empty: not a ladder
    rung_labels: tuple[str, ...] = ()  # how people read each rung, same order
    label_nb: str | None = None  # the same in Norwegian; None: as in English
    rung_labels_nb: tuple[str, ...] = ()  # likewise; empty: as in English


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event: "fine imposed", "bill passed"."""

    id: str
    track: str
    label: str  # short, for people: "fined"
    sentence: str  # what counts as one
    weight: float  # default importance, 0..1
    rung: str | None = None  # the rung it reaches or, going back, leaves
    direction: Direction = Direction.NONE
    label_nb: str | None = None  # the same in Norwegian; None: as in English
    sentence_nb: str | None = None  # likewise


class Mode(StrEnum):
    """How far an event has come, by what the text asserts."""

    POSSIBLE = "possible"
    PROPOSED = "proposed"
    DECIDED = "decided"
    IN_EFFECT = "in_effect"
    REVERSED = "reversed"
    DENIED = "denied"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A phrase that tells of an event. See techwatch.phrases for the pattern language."""

    pattern: str
    event_type: str
    mode: Mode | None = None  # None: decided unless the text says otherwise


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language by which events are read. All but triggers are patterns."""

    language: str
    triggers: tuple[Trigger, ...] = ()
    markers: Mapping[Mode, tuple[str, ...]] = field(default_factory=dict)  # hedges, recaps ...
    topics: tuple[str, ...] = ()  # words of the field: chip, export control, 5G
    contexts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # named word lists
    noise: tuple[str, ...] = ()  # words of items nobody needs: review, deal, trailer
    # by kind of quantity and what it stands for: currencies -> CNY -> words; amounts are read by it
    quantities: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Naming:
    """How names look in one language, by which those that the baseline lacks are told."""

    language: str
    law_endings: tuple[str, ...] = ()  # Act, 条例, loven
    law_heads: tuple[str, ...] = ()  # Executive Order, before a number
    bodies: tuple[str, ...] = ()  # Ministry, Commission
    company_endings: tuple[str, ...] = ()  # Technologies, 集团
    legal_forms: tuple[str, ...] = ()  # Inc, 有限公司: the same name with it and without
    titles: tuple[str, ...] = ()  # Senator: no part of the name behind it
    joiners: tuple[str, ...] = ()  # of, inside the name of a body or law
    law_joiners: tuple[str, ...] = ()  # from, inside the title of a law
    small: tuple[str, ...] = ()  # even where a headline capitalises every other word
    openers: tuple[str, ...] = ()  # begin no name: The, Chinese
    breaks: tuple[str, ...] = ()  # end where a name begins, in a script without spaces
    ordinary: tuple[str, ...] = ()  # name nobody: CEO, Trade War
    calendar: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    media: tuple[str, ...] = ()  # who tells, not who is told of
    tails: tuple[str, ...] = ()  # backed, behind a hyphen: no part of the name before it
    word_endings: tuple[str, ...] = ()  # ness, ity: of words that a dictionary may not have
    credits: tuple[str, ...] = ()  # photo by: before the name of one who tells
    boilerplate: tuple[str, ...] = ()  # sign up: of sentences that a feed adds to every item


@dataclass(frozen=True, slots=True)
class Source:
    """One of the documents the baseline is drawn from, or an article a fact was taken from."""

    id: str
    title: str
    publisher: str
    date: str  # as precise as is known
    author: str | None = None
    kind: Literal["document", "article"] = "document"
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """All that is known before the first item arrives."""

    entities: Mapping[str, Entity]
    tracks: Mapping[str, Track]
    event_types: Mapping[str, EventType]
    vocabularies: Mapping[str, Vocabulary]
    sources: Mapping[str, Source]
    version: str  # hash of the files, 12 hex digits; every stored assessment names it
    naming: Mapping[str, Naming] = field(default_factory=dict)  # by language; none: none are told
