"""What a person asks the archive for, read into a small tree. Pure.

Words stand side by side when all are needed; OR, NOT (or a minus), "a phrase" and parentheses as
usual, `semicond*` for beginnings, `title:` for words of headlines. Filters narrow what is found:
`entity:`, `verdict:`, `feed:`, `lang:`, `since:`, `until:`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand in a row."""

    words: tuple[str, ...]
    begins: bool = False  # the last one may go on
    title: bool = False  # in the headline only


@dataclass(frozen=True, slots=True)
class All:
    """All of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Where the part is not."""

    part: Node


Node = Phrase | All | Either | Not


@dataclass(frozen=True, slots=True)
class Having:
    """A filter by what is known of an item."""

    name: str  # entity, verdict, feed or lang
    values: tuple[str, ...]  # one of them
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for. Everything named is needed."""

    wanted: Node | None = None  # never a Not, nor does it hold one that nothing stands beside
    unwanted: tuple[Node, ...] = ()
    having: tuple[Having, ...] = ()
    since: datetime | None = None  # of the news, included
    until: datetime | None = None  # excluded
    words: tuple[Phrase, ...] = field(default=())  # all that are looked for, to be highlighted

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return self == Query()


def phrase_of(words: tuple[str, ...], *, begins: bool = False) -> Query:
    """Ask for words in a row."""
    phrase = Phrase(words, begins)
    return Query(phrase, words=(phrase,))


def all_of(words: tuple[str, ...]) -> Query:
    """Ask for all of some words, anywhere."""
    phrases = tuple(Phrase((word,)) for word in dict.fromkeys(words))
    return Query(phrases[0] if len(phrases) == 1 else All(phrases), words=phrases)
