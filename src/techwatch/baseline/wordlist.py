"""Which words are common in English, so that a name that is one of them needs a rule."""

from __future__ import annotations

_SHARE = 1e-7  # of running text: one word in ten million; below it lie names and rarities


def common_words() -> frozenset[str]:
    """Return the common words, in small letters.

    They are those that make up at least one in ten million of the words whose frequencies
    pyspellchecker ships, counted in film subtitles (OpenSubtitles, 1.6 thousand million words):
    some 40,000. Reading them takes 0.2 s, and 35 MB while it lasts.
    """
    return dictionary()[0]


def dictionary() -> tuple[frozenset[str], frozenset[str]]:
    """Return the common words, and all 160,000 of which the frequency is known, some names too."""
    from spellchecker import SpellChecker  # noqa: PLC0415 - only those who need it pay for it

    words = SpellChecker(language="en").word_frequency
    least = words.total_words * _SHARE
    common = frozenset(word for word, count in words.items() if count >= least)
    return common, frozenset(words.keys())
