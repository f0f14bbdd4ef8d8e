"""The form of the baseline's files: what an analyst may write, entry by entry.

Each class is one entry of a YAML list, or, for vocabularies, one file. What a single entry can
get wrong is checked here; what takes two entries is in techwatch.baseline.checking.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, model_validator

from techwatch.baseline.dates import span
from techwatch.model import Direction, EntityKind, Mode

Language = Literal["en", "zh", "nb"]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
SourceIdentifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
# A country by ISO 3166, eu, un; with a part of it after a dash: us-mt.
Jurisdiction = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]{2,3})?$")]
RelationType = Literal[
    "owner",  # of the target
    "part_of",
    "product_of",
    "founder_of",
    "leads",
    "employed_by",
    "member_of",
    "invests_in",
    "supplies",
    "rival_of",
    "enforces",
    "issued_by",
    "part_of_law",
    "targets",
    "concerns",
    "answers",  # one measure another
    "blocks",
]


def _date(value: Any) -> Any:  # noqa: ANN401 - a validator is handed anything
    """Take 2020, which YAML reads as a number, for a year; refuse what is no date."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(text, str):
        span(text)
    return text


PartialDate = Annotated[str, BeforeValidator(_date)]


class _Entry(BaseModel, frozen=True, extra="forbid"):
    """An entry; unknown keys are errors."""


class SourceEntry(_Entry):
    """One document, in sources.yaml, or an article of the news from which a fact was accepted.

    Documents are what the baseline is drawn from: an entity lists those that mention it. Articles
    stand only beside their facts.
    """

    id: SourceIdentifier
    title: Text
    publisher: Text
    date: PartialDate
    author: Text | None = None
    kind: Literal["document", "article"] = "document"
    link: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None


class TrackEntry(_Entry):
    """A field of events, under `tracks` in events.yaml."""

    id: Identifier
    label: Text
    rungs: tuple[Identifier, ...] = ()
    rung_labels: tuple[Text, ...] = ()
    label_nb: Text | None = None
    rung_labels_nb: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _labelled(self) -> TrackEntry:
        if len(self.rungs) != len(self.rung_labels):
            message = f"has {len(self.rungs)} rungs but {len(self.rung_labels)} rung_labels"
            raise ValueError(message)
        if self.rung_labels_nb and len(self.rungs) != len(self.rung_labels_nb):
            message = f"has {len(self.rungs)} rungs but {len(self.rung_labels_nb)} rung_labels_nb"
            raise ValueError(message)
        if len(set(self.rungs)) != len(self.rungs):
            message = "names a rung twice"
            raise ValueError(message)
        return self


class EventTypeEntry(_Entry):
    """A kind of event, under `event_types` in events.yaml."""

    id: Identifier
    track: Identifier
    label: Text
    sentence: Text
    weight: float = Field(ge=0, le=1)
    rung: Identifier | None = None
    direction: Direction = Direction.NONE
    label_nb: Text | None = None
    sentence_nb: Text | None = None

    @model_validator(mode="after")
    def _directed(self) -> EventTypeEntry:
        if (self.rung is None) != (self.direction is Direction.NONE):
            message = "a rung needs direction up or back, and a direction needs a rung"
            raise ValueError(message)
        return self


class FalseFriendEntry(_Entry):
    """A wording that holds a name but means something else."""

    text: Text
    means: Text


class DescribedEntry(_Entry):
    """Words that together mean an entity without a title; each line one group.

    A group lists alternatives with | between them, in the pattern language of techwatch.phrases.
    """

    en: tuple[Text, ...] = ()
    zh: tuple[Text, ...] = ()
    nb: tuple[Text, ...] = ()
    window: int = Field(16, ge=1, le=100)

    @model_validator(mode="after")
    def _grouped(self) -> DescribedEntry:
        if not any(self.groups().values()):
            message = "needs groups of words under en, zh or nb"
            raise ValueError(message)
        if any(len(groups) == 1 for groups in self.groups().values()):
            message = "one group alone is a name: put it among the names"
            raise ValueError(message)
        return self

    def groups(self) -> dict[Language, tuple[str, ...]]:
        """Return the groups of each language, none for a language that has none."""
        return {"en": self.en, "zh": self.zh, "nb": self.nb}


class RelationEntry(_Entry):
    """A tie to another entity, read from the entry that holds it."""

    type: RelationType
    target: Identifier


class FactEntry(_Entry):
    """What one document says, in our words."""

    text: Text
    source: SourceIdentifier
    date: PartialDate
    event: Identifier | None = None
    by: Jurisdiction | None = None
    post: Text | None = None
    disputed_by: tuple[SourceIdentifier, ...] = ()
    note: Text | None = None


class EntityEntry(_Entry):
    """An actor, a law or a place."""

    id: Identifier
    kind: EntityKind
    type: Text
    name: Text
    country: Jurisdiction | None = None
    sector: Text | None = None
    names: dict[Language, tuple[Text, ...]] = Field(default_factory=dict)
    weak: tuple[Text, ...] = ()
    sure: tuple[Text, ...] = ()  # words of the language that nearly always mean it all the same
    exact_case: tuple[Text, ...] = ()
    no_fuzzy: tuple[Text, ...] = ()
    ours: tuple[Text, ...] = ()  # names, or a language for all of its names
    false_friends: tuple[FalseFriendEntry, ...] = Field((), alias="not")
    described: tuple[DescribedEntry, ...] = ()
    relations: tuple[RelationEntry, ...] = ()
    documents: tuple[SourceIdentifier, ...] = ()
    facts: tuple[FactEntry, ...] = ()

    @model_validator(mode="after")
    def _findable(self) -> EntityEntry:
        if not any(self.names.values()) and not self.described:
            message = "needs names or described: nothing could ever match it"
            raise ValueError(message)
        return self


def _phrase(value: Any) -> Any:  # noqa: ANN401 - a validator is handed anything
    """Take a bare string for a phrase without a mode of its own."""
    return {"phrase": value} if isinstance(value, str) else value


class TriggerEntry(_Entry):
    """A phrase that tells of an event, and how far the event has come when told so."""

    phrase: Text
    mode: Mode | None = None


_Words = dict[Text, tuple[Text, ...]]


class QuantityEntry(_Entry):
    """The words of amounts, counts and dates."""

    currencies: dict[Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")], tuple[Text, ...]] = (
        Field(default_factory=dict)
    )
    magnitudes: dict[Annotated[int, Field(ge=10, le=10**15)], tuple[Text, ...]] = Field(
        default_factory=dict
    )
    numbers: dict[Annotated[int, Field(ge=1, le=1000)], tuple[Text, ...]] = Field(
        default_factory=dict
    )
    counted: _Words = Field(default_factory=dict)
    months: dict[Annotated[int, Field(ge=1, le=12)], tuple[Text, ...]] = Field(default_factory=dict)
    days: tuple[Text, ...] = ()


class VocabularyFile(_Entry):
    """The words of one language, vocabulary/<language>.yaml."""

    language: Language
    triggers: dict[Identifier, tuple[Annotated[TriggerEntry, BeforeValidator(_phrase)], ...]] = (
        Field(default_factory=dict)
    )
    markers: dict[Mode, tuple[Text, ...]] = Field(default_factory=dict)
    topics: tuple[Text, ...] = ()
    contexts: dict[Text, tuple[Text, ...]] = Field(default_factory=dict)
    noise: tuple[Text, ...] = ()
    quantities: QuantityEntry | None = None


class NamingFile(_Entry):
    """How names look in one language, naming/<language>.yaml."""

    language: Language
    law_endings: tuple[Text, ...] = ()
    law_heads: tuple[Text, ...] = ()
    bodies: tuple[Text, ...] = ()
    company_endings: tuple[Text, ...] = ()
    legal_forms: tuple[Text, ...] = ()
    titles: tuple[Text, ...] = ()
    joiners: tuple[Text, ...] = ()
    law_joiners: tuple[Text, ...] = ()
    small: tuple[Text, ...] = ()
    openers: tuple[Text, ...] = ()
    breaks: tuple[Text, ...] = ()
    ordinary: tuple[Text, ...] = ()
    calendar: tuple[Text, ...] = ()
    places: tuple[Text, ...] = ()
    media: tuple[Text, ...] = ()
    tails: tuple[Text, ...] = ()
    word_endings: tuple[Text, ...] = ()
    credits: tuple[Text, ...] = ()
    boilerplate: tuple[Text, ...] = ()
