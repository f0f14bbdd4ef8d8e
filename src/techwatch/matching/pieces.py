"""What is read of a sentence on the way to its names: words, and the names themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from techwatch.model import EntityKind


class Piece(NamedTuple):
    """A name as it stands; offsets into the text as published, end exclusive."""

    start: int
    end: int
    kind: EntityKind
    type: str


class Taken(NamedTuple):
    """A stretch that a name of the baseline has."""

    start: int
    end: int
    place: bool = False
    person: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a sentence; offsets into the text as published, end exclusive."""

    text: str
    start: int
    end: int
    folded: str
    capital: bool
    glued: bool  # to the one before: nothing but a space between
    initial: bool  # it has a capital whatever it means
    possessive: bool  # 's follows, or a hyphen with a small word
    taken: Taken | None = None

    @property
    def number(self) -> bool:
        """Whether it begins with a digit."""
        return self.text[0].isdigit()
