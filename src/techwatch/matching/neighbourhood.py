"""Which of many words lie within one or two edits of a given one, without going over them all.

Two words that lie within k edits of each other become equal when at most k letters are deleted
from each (Mor and Fraenkel 1982), so a look-up of a word's own deletions finds every word nearby.
Letters are deleted from the beginning only, which keeps the table small and loses nothing:
verification tells words that agree there but differ behind. The first letter stays, for slips
seldom touch it, unless the first two are swapped.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ONE_EDIT_LETTERS = 5  # words shorter than this are never mended
TWO_EDIT_LETTERS = 9
_PREFIX = 7  # letters of a word from which deletions are made
_OPENING = 2  # letters that a key has behind the first, at least, besides one for each edit
_NONE: frozenset[tuple[str, ...]] = frozenset()
_Beginning = tuple[str, int]  # of words: their first letters, and the edits that they are allowed


def allowed_edits(letters: int) -> int:
    """Say how many edits a word of a name may be away: none, one or two."""
    if letters < ONE_EDIT_LETTERS:
        return 0
    return 1 if letters < TWO_EDIT_LETTERS else 2


class Neighbourhood:
    """Words to be found by what is left of them when letters are deleted: by their keys.

    Words that begin alike share their keys, so these are made and kept once for all of them. The
    first letters of keys are looked at before the whole, for most words are near to none.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[_Beginning, list[str]] = {}
        for word in words:
            beginning = word[:_PREFIX], allowed_edits(len(word))
            self._words.setdefault(beginning, []).append(word)
        self._beginnings: dict[str, tuple[_Beginning, ...]] = {}
        for beginning in self._words:
            alone = (beginning,)
            for key in set(_deletions(*beginning)):
                before = self._beginnings.get(key)
                self._beginnings[key] = before + alone if before else alone
        self._openings: dict[str, set[tuple[str, ...]]] = {}  # by first letter, the next ones
        for key in self._beginnings:
            openings = self._openings.setdefault(key[0], set())
            openings.update(tuple(key[1 : _OPENING + edits + 1]) for edits in (1, 2))

    def around(self, word: str) -> set[str]:
        """Return the words that may be near to one; all that are, and some that are not."""
        if not self.may_be_near(word):
            return set()
        edits = allowed_edits(len(word) + 1)
        keys = _deletions(word, edits)
        keys.append(word[1::-1] + word[2:_PREFIX])  # its first two letters may be swapped
        if self._beginnings.keys().isdisjoint(keys):
            return set()
        beginnings = {b for key in keys for b in self._beginnings.get(key, ())}
        letters = len(word)
        return {
            found
            for beginning in beginnings
            for found in self._words[beginning]
            if abs(len(found) - letters) <= beginning[1]
        }

    def may_be_near(self, word: str) -> bool:
        """Whether a key begins as one of a word's does, after deletions or a swap: a quick look."""
        letters, reach = (3, 5) if len(word) < TWO_EDIT_LETTERS - 1 else (4, 7)
        openings = self._openings.get(word[0], _NONE)
        if not openings.isdisjoint(itertools.combinations(word[1:reach], letters)):
            return True
        return word[1::-1] + word[2:_PREFIX] in self._beginnings


def _deletions(word: str, most: int) -> list[str]:
    """List a word's beginning without up to `most` letters, two at best; the first letter stays."""
    first, rest = word[0], word[1:_PREFIX]
    left = [first + rest]
    if most >= 1:
        once = [first + rest[:i] + rest[i + 1 :] for i in range(len(rest))]
        left += once
        if most > 1:
            left += [o[:j] + o[j + 1 :] for i, o in enumerate(once, 1) for j in range(i, len(o))]
    return left
