"""One text of an item while it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.text import fold, is_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techwatch.matching.index import Candidate
    from techwatch.model import Field
    from techwatch.text import Folded


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with its folded form, in which everything is searched."""

    field: Field
    original: str
    folded: Folded

    @classmethod
    def fold(cls, field: Field, text: str, limit: int) -> Passage:
        """Fold the first `limit` characters of a text, less the word that the limit cuts in two."""
        end = min(limit, len(text))
        while 0 < end < len(text) and is_word(text[end - 1]) and is_word(text[end]):
            end -= 1
        return cls(field, text[:end], fold(text[:end]))

    def cut(self, start: int, end: int) -> tuple[int, int, str]:
        """Turn folded offsets into offsets of the original, with the text between them."""
        first, last = self.folded.span(start, end)
        return first, last, self.original[first:last]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A passage with the names that may stand in it."""

    passage: Passage
    found: Sequence[Candidate]
    firm: Sequence[Candidate]  # the sure ones, as they stand if nothing doubtful takes their place
