"""One text of an item while it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from techwatch.text import Folded, fold, is_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techwatch.matching.index import Candidate
    from techwatch.model import Field

_LONGEST_WORD = 100  # characters; a longer run of letters may be cut in two


class Passage(NamedTuple):
    """A text with its folded form, in which everything is searched."""

    field: Field
    original: str
    folded: Folded

    @classmethod
    def fold(cls, field: Field, text: str, limit: int) -> Passage:
        """Fold the first `limit` characters of a text, less the word that the limit cuts in two."""
        if len(text) > limit:
            text = text[: _end_of_word(text, limit)]
        return cls(field, text, fold(text))

    def cut(self, start: int, end: int) -> tuple[int, int, str]:
        """Turn folded offsets into offsets of the original, with the text between them."""
        first, last = self.folded.span(start, end)
        return first, last, self.original[first:last]


def _end_of_word(text: str, limit: int) -> int:
    """Return where the last word ends that `limit` doesn't cut."""
    for end in range(limit, max(limit - _LONGEST_WORD, 0), -1):
        if not (is_word(text[end - 1]) and is_word(text[end])):
            return end
    return limit


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A passage with the names that may stand in it."""

    passage: Passage
    found: Sequence[Candidate]
    firm: Sequence[Candidate]  # the sure ones, as they stand if nothing doubtful takes their place
