"""The words of a text, as the index holds them and a query looks for them. Pure.

Latin, Cyrillic and Hangul words stand as they are folded. Chinese and Japanese put no space between
words: of a run of such characters each pair that stands side by side is a word, and the last
character by itself. So 芯片 is found in 半导体芯片厂 by one word, a longer name by its pairs
in a row, and one character by the words that begin with it. Both databases hold these words and
nothing of their own making, which is why both find the same.
"""

from __future__ import annotations

import re
from operator import add
from typing import TYPE_CHECKING, NamedTuple

from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 64  # characters of a word that count
MOST = 4_000  # words of a title, and of a text, that are indexed: some 25,000 characters of English

_UNSPACED = "\u2e80-\uabff\ud7a4-\U0010ffff"  # as `techwatch.text.is_word` divides them
_RUN = re.compile(r"[^\W_]+")
_PART = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_ASCII_SPACED = {ord(c): " " for c in map(chr, range(128)) if not c.isalnum()}


class Word(NamedTuple):
    """A word, and where it stands in the folded text."""

    text: str
    start: int
    end: int  # exclusive


def split(folded: str) -> Iterator[Word]:
    """Give the words of a folded text in order."""
    for run in _RUN.finditer(folded):
        if run.group().isascii():
            yield Word(run.group()[:LONGEST], *run.span())
            continue
        for part in _PART.finditer(folded, *run.span()):
            if is_unspaced(part.group()):
                yield from _pairs(*part.span(), folded)
            else:
                yield Word(part.group()[:LONGEST], *part.span())


def is_unspaced(text: str) -> bool:
    """Whether a text begins in a script that puts no space between words."""
    first = text[:1]
    return first >= "\u2e80" and not "\uac00" <= first < "\ud7a4"


def _pairs(start: int, end: int, folded: str) -> Iterator[Word]:
    for at in range(start, end - 1):
        yield Word(folded[at : at + 2], at, at + 2)
    yield Word(folded[end - 1], end - 1, end)


def words_of(text: str) -> list[str]:
    """Return the words of a text as it was written, at most `MOST`; the same that `split` gives."""
    folded = fold(text[: MOST * LONGEST]).text
    if folded.isascii():  # as most English is: a tenth of the time
        return [run[:LONGEST] for run in folded.translate(_ASCII_SPACED).split()][:MOST]
    words: list[str] = []
    for run in _RUN.findall(folded):
        if run.isascii():
            words.append(run[:LONGEST])
            continue
        for part in _PART.findall(run):
            if is_unspaced(part):
                words += map(add, part, part[1:])
                words.append(part[-1])
            else:
                words.append(part[:LONGEST])
    return words[:MOST]


def indexed(title: str, summary: str, body: str = "") -> tuple[str, str]:
    """Return what the index holds of an item: the words of its title, and of its text."""
    text = f"{summary}\n{body}" if body else summary
    return " ".join(words_of(title)), " ".join(words_of(text))


def look_for(text: str) -> tuple[tuple[str, ...], bool]:
    """Return the words that stand in a row wherever a text stands, and whether the last may go on.

    Of a run of Chinese at the end, the last character by itself is left out: more may follow. If
    it is all there is, any word that begins with it will do.
    """
    words = list(split(fold(text).text))
    if not words or not is_unspaced(words[-1].text):
        return tuple(word.text for word in words), False
    if len(words) > 1 and words[-2].end == words[-1].end:
        return tuple(word.text for word in words[:-1]), False
    return tuple(word.text for word in words), True
