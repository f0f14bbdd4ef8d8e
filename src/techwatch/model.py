"""Every value that passes between the stages. Read this file first.

The values are frozen: a stage takes some and returns others, and nobody changes one on the way.
Times are aware and in UTC unless a field says otherwise; scores run from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - the store reads the annotations at run time
from dataclasses import dataclass, field
from datetime import date, datetime, time  # noqa: TC003 - likewise
from enum import StrEnum
from typing import Literal

# --------------------------------------------------------------------------- the baseline


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


# --------------------------------------------------------------------------- feeds and items


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as the user configured it. Its URL is its key."""

    url: str
    publisher: str
    language: str  # BCP 47 primary tag: en, zh, nb
    tier: int = 2  # 1 official or of record, 2 trade and general press, 3 blogs and aggregators
    tags: tuple[str, ...] = ()
    zone: str | None = None  # IANA zone of dates that name none
    paused: bool = False
    full_text: bool | None = None  # whether its articles are read; None: as the settings say


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask "has it changed?", opaque, returned byte for byte."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a publisher asks of those who poll. Nothing asked: zero and empty."""

    fresh_for: float = 0.0  # seconds from the answer on: Cache-Control, Expires
    every: float = 0.0  # seconds between two polls: ttl, sy:updatePeriod
    skip_hours: tuple[int, ...] = ()  # of the day in UTC, 0..23
    skip_days: tuple[int, ...] = ()  # of the week, 0 is Monday


@dataclass(frozen=True, slots=True)
class Manners:
    """What polling remembers of a feed to be courteous to its publisher."""

    wishes: Wishes = Wishes()
    pace: float | None = None  # seconds to wait, by how often news came; None: not known
    reach: float | None = None  # seconds that the last document went back; None: not known
    slower: float = 1.0  # waits are so many times longer, since the server said "too many"
    moved_to: str | None = None  # where permanent redirects lead
    moved_polls: int = 0  # polls in a row that led there; from the third on it is asked itself
    moved_at: datetime | None = None  # when it was first known to have moved for good
    gone_at: datetime | None = None  # when the server said that it is gone for good
    full_at: datetime | None = None  # last time the whole document came


@dataclass(frozen=True, slots=True)
class Announced:
    """Where a feed says that its news is pushed from, by WebSub."""

    hub: str | None = None  # the address to ask
    topic: str | None = None  # the feed's address as the hub knows it


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
class Item:
    """One entry of a feed, as text: an RSS item or an Atom entry."""

    id: str  # 16 hex digits from feed and identity; the same on every machine
    feed_url: str
    identity: str  # guid, else link, else the text; with a prefix that says which
    title: str  # plain text, no markup
    summary: str = ""
    body: str = ""
    link: str | None = None  # http or https only
    guid: str | None = None
    published: datetime | None = None  # from the feed; None where it gives none that can be read
    language: str = "en"
    content_hash: str = ""  # of title, summary, body: tells an edit from a repetition


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


@dataclass(frozen=True, slots=True)
class FeedState:
    """What polling remembers of a feed."""

    feed: Feed
    validators: Validators = Validators()
    body_hash: str | None = None  # of the last document: the same bytes are not parsed again
    next_poll_at: datetime | None = None  # None: due at once
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None  # last poll that brought a document or a 304
    failing_since: datetime | None = None
    failures: int = 0  # in a row
    error: str | None = None  # the last one, for people; None when the feed is well
    error_kind: str | None = None  # name of its class in techwatch.errors
    news_at: datetime | None = None  # last poll that brought a new item
    gap_at: datetime | None = None  # last poll that had nothing in common with the one before
    damage: tuple[str, ...] = ()  # of the last document
    manners: Manners = Manners()
    announced: Announced = Announced()  # by the last document


class SubscriptionState(StrEnum):
    """How far we are with a hub."""

    ASKED = "asked"  # the hub has not confirmed it yet
    ACTIVE = "active"
    DENIED = "denied"  # by the hub
    FAILED = "failed"  # the hub could not be asked
    LEAVING = "leaving"  # no longer wanted; the hub is told


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a hub was asked to push, and how that goes."""

    token: str = field(repr=False)  # the unguessable end of the address that the hub pushes to
    feed_url: str
    hub: str
    topic: str
    callback: str = field(repr=False)  # the address that the hub pushes to
    secret: str = field(repr=False)  # the hub signs with it what it pushes
    state: SubscriptionState = SubscriptionState.ASKED
    due_at: datetime | None = None  # when the hub is asked, or asked again; None: at once
    asked_at: datetime | None = None
    active_since: datetime | None = None
    expires_at: datetime | None = None  # when the hub stops pushing unless it is asked again
    tries: int = 0  # how often it was asked since it last confirmed
    error: str | None = None  # why the last try failed, for people
    pushed_at: datetime | None = None  # last push with a good signature
    pushes: int = 0  # with a good signature
    rejected: int = 0  # with a bad one or none
    missed: int = 0  # polls that brought news no push had brought, less pushes that brought some
    look_at: datetime | None = None  # when a push told of something that only a poll can bring


@dataclass(frozen=True, slots=True)
class Push:
    """A document as a hub pushed it."""

    id: int
    token: str  # of the subscription
    feed_url: str
    content: bytes
    content_type: str | None
    pushed_at: datetime


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


class ArticleState(StrEnum):
    """How far the reading of an item's article has come."""

    WAITING = "waiting"  # the item waits for it, until a time
    READ = "read"
    REFUSED = "refused"  # by the robots.txt of its host
    NONE = "none"  # the page holds no article that can be told: a stub, a wall, a question
    FAILED = "failed"  # it could not be brought, or not in time


@dataclass(frozen=True, slots=True)
class Article:
    """The web page behind an item. It belongs to the headline for which it was asked."""

    item_id: str
    link: str
    title: str  # of the item when it was wanted: under another headline it counts no more
    state: ArticleState
    wanted_at: datetime
    until: datetime  # the item is judged without it from then on
    attempts: int = 0  # over all headlines of the item
    next_attempt_at: datetime | None = None  # None: none
    error: str | None = None  # why there is none, or not yet, for people


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What the robots.txt of a host came to."""

    origin: str  # https://host, with the port where it is not the usual one
    access: Literal["rules", "open", "closed"]  # its rules; everything; nothing for now
    rules: str  # its text, where it has rules
    checked_at: datetime
    until: datetime  # asked again from then on


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item with what the store knows of it."""

    item: Item  # its body is the article's text where that says more
    feed: Feed
    revision: int  # 1 for the first text, one more for each change
    first_seen_at: datetime
    seen_at: datetime  # of this revision
    text_gone_at: datetime | None = None  # when summary and body were dropped for their age
    article: Article | None = None  # None: never wanted


# --------------------------------------------------------------------------- matching


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


# --------------------------------------------------------------------------- assessment


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


class Decision(StrEnum):
    """What a person says of a development: a word on its story, or what was misread in it."""

    ACCEPT = "accept"  # it is one, and from now on part of what is known
    REJECT = "reject"  # it is none: quiet until its story takes a further step
    KNOWN = "known"  # it was known already
    WRONG_ENTITY = "wrong-entity"  # an entity is not meant where the item names it
    SAME_AS = "same-as"  # its story and another one tell one event
    NOT_SAME = "not-same"  # the item does not tell what the others of its story tell

    @property
    def is_word(self) -> bool:
        """Whether it is a word on the whole story, of which the latest is in force."""
        return self in {Decision.ACCEPT, Decision.REJECT, Decision.KNOWN}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's word on an item and on the story it tells."""

    id: int
    item_id: str
    story_id: str | None  # None: the item tells no event
    decision: Decision
    note: str  # why
    by: str
    at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None  # None: it is in force, or a later one on its story is
    verdict: Verdict | None = None  # that the item had when it was said
    entity_id: str | None = None  # the one that is not meant
    right_id: str | None = None  # the one that is, if any was named
    other_story_id: str | None = None  # the story that tells the same


@dataclass(frozen=True, slots=True)
class JudgedItem:
    """A judgement, with what is shown of its item and of the story that tells the same."""

    judgement: Judgement
    title: str
    link: str | None
    publisher: str
    language: str
    other_title: str | None = None  # of the item that opened the other story


@dataclass(frozen=True, slots=True)
class NearStory:
    """A development that may be the same as another."""

    story_id: str
    title: str  # of the item that opened it
    publisher: str
    language: str
    at: datetime  # of its first news
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class JudgedCount:
    """How often people said something, of items in a language from a publisher."""

    decision: Decision
    flagged: bool  # whether the item was a development when it was said
    language: str
    publisher: str
    number: int


@dataclass(frozen=True, slots=True)
class WrongName:
    """That an entity is not meant where the items of a story name it, as a person said."""

    judgement: Judgement
    names: frozenset[str]  # folded: what was taken for the entity's name
    tellings: tuple[Telling, ...]  # the story's items when it was said, with the signs they had


@dataclass(frozen=True, slots=True)
class JudgedStory:
    """A story with the judgement in force on it."""

    story: Story
    judgement: Judgement


# --------------------------------------------------------------------------- digests


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


Condition = Literal["well", "failing", "silent", "gone", "paused", "waiting"]


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """A feed in the coverage section."""

    publisher: str
    url: str
    condition: Condition
    since: datetime | None = None  # failing since; last news of a silent one
    why: str | None = None
    gap_at: datetime | None = None  # last poll that had nothing in common with the one before
    moved_to: str | None = None  # its new address, once it is asked there
    moved_at: datetime | None = None  # since when that is known


@dataclass(frozen=True, slots=True)
class StoreCounts:
    """What the store saw and judged in a period."""

    items_seen: int  # new or revised
    items_judged: int
    items_waiting: int  # for a verdict, now
    by_verdict: Mapping[Verdict, int]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Which texts are left alone for now.

    They wait for an article then, or could not be judged with this version and will be tried again.
    """

    model_version: str  # of program and baseline
    now: datetime


@dataclass(frozen=True, slots=True)
class SetAside:
    """A text of an item that can't be judged."""

    item_id: str
    title: str
    feed_url: str
    revision: int
    error: str
    since: datetime  # when its judging first failed
    again_at: datetime  # when it is tried again, unless the program or the baseline change before


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was dropped for its age."""

    items: int = 0  # that matched nothing, to identity and hash
    texts: int = 0  # items whose summary and body went, with those of their earlier texts
    bytes: int = 0  # of text, in UTF-8: what a file takes for it is a little more
    changes: int = 0  # lines of the audit log

    def __add__(self, other: Pruned) -> Pruned:
        """Add up two batches."""
        return Pruned(
            self.items + other.items,
            self.texts + other.texts,
            self.bytes + other.bytes,
            self.changes + other.changes,
        )


@dataclass(frozen=True, slots=True)
class StoreSize:
    """What a database takes, and what of."""

    bytes: int  # of the database, its journal included
    free: int  # of them unused: filled before the database grows; 0 where that is not known
    items: int  # whole, or without their text
    items_without_text: int
    dropped_items: int  # of which identity and hash are left


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was watched, so that silence is not mistaken for calm."""

    feeds: tuple[FeedHealth, ...]
    items_seen: int  # new or revised, in the digest's period
    items_judged: int
    by_verdict: Mapping[Verdict, int]
    undelivered: tuple[str, ...] = ()  # sentences: earlier digests that did not go out


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


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A time of day, on the edition's clock, in which no alert goes out; may run over midnight."""

    start: time
    end: time  # exclusive


@dataclass(frozen=True, slots=True)
class AlertRule:
    """How an edition tells each development at once."""

    most_an_hour: int = 4  # alerts; what comes beyond is collected into the next one
    quiet: QuietHours | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """A configured series of digests: by schedule, or alerts."""

    id: str
    title: str
    schedule: str  # a cron line or "daily 07:00"; empty for alerts
    zone: str  # IANA
    channels: tuple[str, ...]  # ids of the channels
    recipients: tuple[str, ...] = ()  # mail addresses
    targets: tuple[str, ...] = ()  # names of webhooks and Apprise services; none: all there are
    filter: Filter = Filter()
    most: int = 40  # developments in one digest; the rest is counted and comes in the next one
    when_empty: Literal["send", "skip"] = "send"
    language: str = "en"  # of the frame
    alert: AlertRule | None = None


@dataclass(frozen=True, slots=True)
class DigestGroup:
    """The developments of one actor or law."""

    entity_id: str | None
    name: str
    kind: EntityKind | None
    developments: tuple[Development, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """One issue of an edition."""

    edition_id: str
    title: str
    slot: datetime  # the time it was due
    since: datetime | None  # start of its period; None: everything so far
    until: datetime
    subject: str
    preheader: str
    groups: tuple[DigestGroup, ...]
    coverage: Coverage
    held_over: int = 0  # developments left for the next one
    zone: str = "UTC"
    language: str = "en"
    follow_ups: tuple[Development, ...] = ()  # next steps of stories told before
    alerted: tuple[Development, ...] = ()  # told in full by an alert already
    corrections: tuple[Correction, ...] = ()
    bursts: tuple[Burst, ...] = ()
    emerging: tuple[EmergingName, ...] = ()
    missed: tuple[datetime, ...] = ()  # slots that passed without a digest; the last is its own
    alert: bool = False

    @property
    def developments(self) -> tuple[Development, ...]:
        """All that are told in full: group after group, then the follow-ups."""
        return tuple(d for group in self.groups for d in group.developments) + self.follow_ups

    @property
    def told(self) -> tuple[Development, ...]:
        """All that count as told once this digest is out."""
        return self.developments + self.alerted

    @property
    def empty(self) -> bool:
        """Whether it says nothing but what was watched."""
        return not (self.told or self.corrections)


@dataclass(frozen=True, slots=True)
class RenderedDigest:
    """A digest frozen as it is sent; a retry sends the same bytes."""

    edition_id: str
    slot: datetime
    subject: str
    html: str
    text: str
    json: str  # the digest as data, for programs
    composed_at: datetime | None = None  # when it was frozen; None: it is not


class DeliveryState(StrEnum):
    """Where a delivery is. `uncertain`: it may have arrived, and is not sent again unasked."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    DROPPED = "dropped"  # a person gave it up


@dataclass(frozen=True, slots=True)
class Delivery:
    """One sending of a digest: a row of the ledger."""

    id: int
    edition_id: str
    slot: datetime
    channel: str  # id of the channel
    recipient: str  # a mail address; the channel's id where there is one recipient only
    message_id: str  # RFC 5322, made when the digest was composed
    state: DeliveryState
    attempts: int = 0
    next_attempt_at: datetime | None = None
    error: str | None = None
    sent_at: datetime | None = None
    claims: int = 0  # how often a process took it up: tells one claim from the next
    claimed_at: datetime | None = None  # the last time
    claimed_by: str | None = None  # the process that took it up then
    handed_over_at: datetime | None = None  # from then on it may have arrived; None: surely not

    @property
    def key(self) -> tuple[str, datetime]:
        """The digest that it sends."""
        return self.edition_id, self.slot


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What happened to a delivery, one line of its history."""

    delivery_id: int
    at: datetime
    state: str  # the state it went into; "handed over" stands between sending and its outcome
    note: str | None


@dataclass(frozen=True, slots=True)
class Issue:
    """A digest that was composed, as the ledger lists it."""

    edition_id: str
    slot: datetime
    subject: str
    composed_at: datetime
    scheduled: bool  # False: asked for on the command line
    states: Mapping[DeliveryState, int]  # how many deliveries are in which state


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which an edition is due, in UTC and on the edition's own calendar."""

    edition_id: str
    at: datetime
    local_date: date


# --------------------------------------------------------------------------- the service


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """How a job of the service is."""

    job: str
    at: datetime | None  # when it last ended well
    failing_since: datetime | None = None
    error: str | None = None  # the last one; None when the job is well


@dataclass(frozen=True, slots=True)
class ClockReading:
    """How our clock stands beside those of the hosts that feeds come from."""

    seconds: float  # theirs are ahead of ours by so many; the median of one answer a host
    hosts: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Ping:
    """How telling a dead man's switch of an edition's digests goes."""

    edition_id: str
    slot: datetime | None  # of the last digest that it was told of
    at: datetime | None = None  # when it was
    failing_since: datetime | None = None
    failures: int = 0  # in a row
    next_at: datetime | None = None  # not before then is it tried again
    error: str | None = None  # the last one; None when it was reached


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """What waits to be done, all editions and feeds together."""

    feeds: int  # in the list
    feeds_failing: int
    feeds_due: int
    items_waiting: int  # for a verdict
    waiting_since: datetime | None  # of the oldest of them
    deliveries: Mapping[str, int]  # by state
    deliveries_due: int  # those whose time has come
    digests_at: Mapping[str, datetime]  # by edition: the last digest's slot


# --------------------------------------------------------------------------- the desk


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may use the desk."""

    id: int
    name: str
    role: str  # of `web.identity.roles.Role`
    password: str | None = field(repr=False)  # hashed; None: there is no login by one
    subject: str | None  # issuer and subject at an identity provider
    language: str | None
    made_at: datetime
    disabled_at: datetime | None
    looked_at: datetime | None  # until when they saw what is new


@dataclass(frozen=True, slots=True)
class Login:
    """A browser that somebody logged in with."""

    key: str  # SHA-256 of its token
    account_id: int
    made_at: datetime
    seen_at: datetime
    until: datetime
    address: str  # of the network, from which it was made; empty where none is known
    browser: str  # what it says of itself, up to 200 characters


@dataclass(frozen=True, slots=True)
class Token:
    """What proves a program to the API, in the name of an account."""

    id: int
    account_id: int
    name: str
    scopes: tuple[str, ...]  # of `web.identity.roles.Scope`
    made_at: datetime
    until: datetime | None  # None: until it is revoked
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link by which somebody enters once: to an account of their own, or back to one."""

    id: int
    role: str  # of the account that is made
    account_id: int | None  # whose password it lets choose; None: a new account's
    made_by: str
    made_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Audited:
    """Something that a person changed."""

    id: int
    at: datetime
    account_id: int | None  # None: whoever runs the machine, by the command line
    person: str  # their name at the time
    action: str  # such as "feeds.add"
    target: str  # what was changed
    details: Mapping[str, object]  # of JSON
    address: str  # of the network, from which it was asked


@dataclass(frozen=True, slots=True)
class EntityDevelopment:
    """A development in the timeline of an entity that it concerns."""

    id: str
    story_id: str
    at: datetime  # of the news that opened it
    verdict: Verdict  # of its story
    title: str  # of the item that opened it
    link: str | None
    publisher: str
    language: str
    event_type: str | None
    rung: str | None
    jurisdiction: str | None
    decision: Decision | None  # that a person took on it, where one is in force


@dataclass(frozen=True, slots=True)
class ReportedStanding:
    """A standing that news gave an entity, and whose news it was."""

    standing: Standing  # its reason is the headline; its story the one that told it
    publisher: str
    language: str  # of the headline
    link: str | None


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """What somebody asked for before and wants to ask again."""

    id: int
    account_id: int  # whose it is
    name: str
    query: str  # of an address
    filter: Filter  # what it comes to
    key: str  # of its feeds: who has it reads them
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Hook:
    """Where developments of a saved filter are posted to."""

    id: str
    filter_id: int
    url: str
    secret: str  # that signs what is posted
    made_at: datetime
    paused_at: datetime | None  # None: it is in use
