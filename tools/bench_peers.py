"""What the matcher is compared with: other ways to find the same names in the same items.

Each is made of folded names and searches folded texts, so that all do the same work. None mends
misspellings but the two of rapidfuzz; none judges what it finds.
"""

from __future__ import annotations

import importlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ahocorasick_rs import AhoCorasick
from rapidfuzz import fuzz, process

from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bench_data import Item

WINDOW = 3  # words of a text that are compared with names at once, at most
SIMILAR = 90  # the cutoff of rapidfuzz's scores
COLUMNS = 50_000  # names of one table of cdist: memory
ADDED_AT_ONCE = 10_000  # names that spaCy turns into documents


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast one way is."""

    items_a_second: float
    items: int  # how many were tried
    reason: str = ""  # why there is no figure

    def __str__(self) -> str:
        """Say it for a table; few items are told."""
        if self.reason:
            return self.reason
        digits = 0 if self.items_a_second >= 10 else 2
        return f"{self.items_a_second:,.{digits}f}"


def rate(work: Callable[[Any], object], items: Sequence[Any], seconds: float = 1e9) -> Rate:
    """Return how many items are done in a second of processor time; stop after some seconds."""
    begin, done = time.process_time(), 0
    for item in items:
        work(item)
        done += 1
        if time.process_time() - begin > seconds:
            break
    return Rate(done / (time.process_time() - begin), done)


def peers(
    names: Sequence[str], items: Sequence[Item], seconds: float
) -> Iterator[tuple[str, Rate]]:
    """Give each way's name and rate; each may take some seconds, and is dropped before the next."""
    texts = [" ".join(item.values()) for item in items]
    ways = {
        "bare automaton": _automaton,
        "flashtext2": _flashtext2,
        "spaCy": _phrase_matcher,
        "rapidfuzz loop": _loop,
        "rapidfuzz cdist": _cdist,
    }
    for name, make in ways.items():
        try:
            search = make(names)
        except ImportError as missing:
            yield name, Rate(0, 0, f"skipped: no {missing.name}")
        else:
            yield name, rate(search, texts, seconds)


def _automaton(names: Sequence[str]) -> Callable[[str], object]:
    automaton = AhoCorasick(list(dict.fromkeys(names)), store_patterns=False)
    return lambda text: automaton.find_matches_as_indexes(fold(text).text, overlapping=True)


def _flashtext2(names: Sequence[str]) -> Callable[[str], object]:
    processor = importlib.import_module("flashtext2").KeywordProcessor(case_sensitive=True)
    processor.add_keywords_from_iter(names)
    return lambda text: processor.extract_keywords_with_span(fold(text).text)


def _phrase_matcher(names: Sequence[str]) -> Callable[[str], object]:
    language = importlib.import_module("spacy").blank("en")
    matcher = importlib.import_module("spacy.matcher").PhraseMatcher(language.vocab)
    for start in range(0, len(names), ADDED_AT_ONCE):
        some = names[start : start + ADDED_AT_ONCE]
        matcher.add("name", list(language.tokenizer.pipe(some)))
    return lambda text: matcher(language.make_doc(fold(text).text))


def _loop(names: Sequence[str]) -> Callable[[str], object]:
    return lambda text: process.extract(
        fold(text).text, names, scorer=fuzz.partial_ratio, score_cutoff=SIMILAR, limit=None
    )


def _cdist(names: Sequence[str]) -> Callable[[str], object]:
    importlib.import_module("numpy")

    def search(text: str) -> list[Any]:
        windows = [*_windows(fold(text).text.split())]
        found = []
        for start in range(0, len(names), COLUMNS):
            columns = names[start : start + COLUMNS]
            scores = process.cdist(windows, columns, scorer=fuzz.ratio, score_cutoff=SIMILAR)
            found.append(scores.nonzero())
        return found

    return search


def _windows(words: Sequence[str]) -> Iterator[str]:
    for start in range(len(words)):
        for size in range(1, min(WINDOW, len(words) - start) + 1):
            yield " ".join(words[start : start + size])
