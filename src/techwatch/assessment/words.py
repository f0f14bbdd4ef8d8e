"""The plain words of an item as evidence: what no rule says, learnt from labelled news.

The words and pairs of words of headline and summary are weighed as in a search engine: the rarer
a word, the more it counts (inverse document frequency, Spärck Jones 1972), repeated ones count by
the logarithm, and a text counts the same however long it is. `words.tsv` says what each is worth.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PATH = Path(__file__).with_name("words.tsv")
TITLE, SUMMARY = "title ", "text "  # begin the terms of each field
_SCALE = {TITLE: 3.0, SUMMARY: 2.5}  # the length of each field's values as a vector
_LIMIT = 300  # characters of the summary; news leads with what is new
_TOKEN = re.compile(r"[a-z0-9æøå$%&']+|[\u4e00-\u9fff]+|[?:;!]")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Worth:
    """What one term is worth."""

    rarity: float  # inverse document frequency, from 1 up
    relevance: float  # log-odds for each unit of its value, as in weights.Row
    development: float
    importance: float


def values(title: str, summary: str, rarity: Mapping[str, float]) -> dict[str, float]:
    """Return the value of each known term of an item; unknown ones count for nothing."""
    found = _values(TITLE, terms(title), rarity)
    return found | _values(SUMMARY, terms(summary[:_LIMIT]), rarity)


def all_terms(title: str, summary: str) -> set[str]:
    """List the terms of an item, with the field that they stand in."""
    texts = ((TITLE, title), (SUMMARY, summary[:_LIMIT]))
    return {field + term for field, text in texts for term in terms(text)}


def terms(text: str) -> Iterator[str]:
    """Yield words and pairs of words; of Chinese, two and three characters at a time."""
    before = ""
    for token in _TOKEN.findall(fold(text).text):
        if token[0] >= "\u4e00":
            yield from (token[i : i + 2] for i in range(len(token) - 1))
            yield from (token[i : i + 3] for i in range(len(token) - 2))
            before = ""
            continue
        word = _DIGITS.sub("0", token)
        yield word
        if before:
            yield f"{before} {word}"
        before = word


def _values(field: str, found: Iterable[str], rarity: Mapping[str, float]) -> dict[str, float]:
    counts = Counter(term for each in found if (term := field + each) in rarity)
    raw = {term: (1 + math.log(count)) * rarity[term] for term, count in counts.items()}
    length = math.sqrt(sum(value * value for value in raw.values()))
    return {term: _SCALE[field] * value / length for term, value in raw.items()}


@cache
def load() -> Mapping[str, Worth]:
    """Read the table that comes with the program."""
    lines = PATH.read_text(encoding="utf-8").split("\n")[1:]
    rows = (line.split("\t") for line in lines if line)
    return {term: Worth(*map(float, figures)) for term, *figures in rows}
