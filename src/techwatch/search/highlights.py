"""Where in a headline the words stand that were looked for. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.search.words import split
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from techwatch.search.query import Phrase
    from techwatch.search.words import Word


def highlights(phrases: Iterable[Phrase], text: str) -> list[tuple[int, int]]:
    """Return the places of phrases in a text, joined where they touch, in order, end excluded."""
    folded = fold(text)
    words = list(split(folded.text))
    found = sorted(
        folded.span(words[first].start, words[last].end)
        for phrase in phrases
        for first, last in places(phrase, words)
    )
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def places(phrase: Phrase, words: Sequence[Word]) -> Iterable[tuple[int, int]]:
    """Give the first and the last word of each place where a phrase stands."""
    length = len(phrase.words)
    for first in range(len(words) - length + 1):
        last = first + length - 1
        if all(words[first + n].text == phrase.words[n] for n in range(length - 1)) and (
            words[last].text == phrase.words[-1]
            or (phrase.begins and words[last].text.startswith(phrase.words[-1]))
        ):
            yield first, last
