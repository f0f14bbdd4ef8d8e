"""How alike two headlines are, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass

from techwatch.text import fold

_WORD = re.compile(r"[a-z0-9$€£%']+")
_CJK = re.compile(r"[\u3400-\u9fff]+")
_COMMON_WORDS = """
a an and are as at be been by for from has have in into is it its of on or over that the their this
to under up was were will with after amid new says said say us u s he she his her they them who
which while than more most not no but about out off
"""
_STOP = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True, slots=True)
class Headline:
    """The words of a headline."""

    text: str  # stems in their order, common words dropped
    words: frozenset[str]
    bigrams: frozenset[str]  # of Chinese characters


def headline(title: str) -> Headline:
    """Read a headline for its words alone."""
    folded = fold(title).text
    kept = stems(folded)
    return Headline(" ".join(kept), frozenset(kept), bigrams(folded))


def stems(folded: str) -> list[str]:
    """List the words of a folded text in Latin letters, cut to stems; common words are dropped."""
    words = (word.strip("'") for word in _WORD.findall(folded))
    return [_stem(word) for word in words if word and word not in _STOP]


def bigrams(folded: str) -> frozenset[str]:
    """Return the pairs of neighbouring Chinese characters."""
    runs = _CJK.findall(folded)
    return frozenset(run[i : i + 2] for run in runs for i in range(len(run) - 1))


def _stem(word: str) -> str:
    """Cut the commonest English endings: bans, banned, banning are one word."""
    for ending in ("ning", "ned", "ing", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:  # noqa: PLR2004 - a stem
            return word[: -len(ending)]
    return word


def comparable(a: Headline, b: Headline) -> bool:
    """Whether two headlines share a script."""
    return bool((a.words and b.words) or (a.bigrams and b.bigrams))


def alike(a: Headline, b: Headline) -> float:
    """Compare two headlines, 0 to 1; 0 where they share no script."""
    latin = words_alike(a.text, b.text, a.words, b.words)
    return max(latin, dice(a.bigrams, b.bigrams))


def words_alike(a: str, b: str, words_a: frozenset[str], words_b: frozenset[str]) -> float:
    """Compare two texts by words: in any order, and in both alike; 0 to 1."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - 10 ms that an item judged alone doesn't pay

    if not a or not b:
        return 0.0
    return (fuzz.token_set_ratio(a, b) / 100 + 2 * dice(words_a, words_b)) / 3


def dice(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the share of words that two sets have in common, 0 to 1."""
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0
