"""What people say of what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from techwatch.model.assessment import Story, Telling, Verdict


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
