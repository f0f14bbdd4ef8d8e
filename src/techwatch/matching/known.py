"""Whether the baseline has a name already, however it is written or misspelt."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from techwatch.matching.typos import allowed_edits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techwatch.matching.naming import Words
    from techwatch.model import Baseline

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SHORTEST_INSIDE = 3  # characters of a Chinese name that may stand in a longer one by chance
_MEMO = 4096  # names that are remembered


class KnownNames:
    """The names and false friends of a baseline, by key."""

    def __init__(self, baseline: Baseline, languages: Iterable[Words]) -> None:
        texts = [
            text
            for entity in baseline.entities.values()
            for text in (
                entity.name,
                *(name.text for name in entity.names),
                *(friend.text for friend in entity.false_friends),
            )
        ]
        self._keys = {words.key(text) for words in languages for text in texts} - {""}
        listed = sorted(self._keys)
        self._phrases = "\n".join(f" {key} " for key in listed)  # to find parts of names
        self._chinese = [k for k in listed if len(k) >= _SHORTEST_INSIDE and _CHINESE.search(k)]
        self._by_letter: dict[str, list[str]] = defaultdict(list)  # a slip seldom touches the first
        for key in listed:
            self._by_letter[key[0]].append(key)
        self._is_known = lru_cache(_MEMO)(self._look_up)

    def __contains__(self, key: str) -> bool:
        """Whether a key is a name, a part of one, one turned round, or a misspelling of one."""
        return self._is_known(key)

    def _look_up(self, key: str) -> bool:
        if key in self._keys:
            return True
        if _CHINESE.search(key):
            return key in self._phrases or any(known in key for known in self._chinese)
        if f" {key} " in self._phrases:
            return True
        turned = " ".join(reversed(key.split()))  # Wanzhou Meng, if Meng Wanzhou is known
        return turned in self._keys or self._misspells(key)

    def _misspells(self, key: str) -> bool:
        from rapidfuzz import process  # noqa: PLC0415 - 20 ms that items without names don't pay
        from rapidfuzz.distance import OSA  # noqa: PLC0415 - likewise

        edits = allowed_edits(len(key))
        near = edits and process.extractOne(
            key, self._by_letter.get(key[0], ()), scorer=OSA.distance, score_cutoff=edits
        )
        return bool(near)
