"""Emerging names as people ask for them: found however they are written, and where they belong."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from techwatch.assessment.lexicon import Lexicon
from techwatch.errors import NotFoundError

if TYPE_CHECKING:
    from techwatch.judging import Judge
    from techwatch.model import Baseline, EmergingName
    from techwatch.storage import Store

_BEFORE = 40  # characters before a name in which the country it belongs to may stand
# A country tells where a name belongs if it is an adjective or a possessive and only small words
# stand between: "Chinese maker X", "Norway's X", but not "US sanctions X".
_BELONGS = re.compile(
    r"\w+(?:ese|ish|ian|ean|can|man|nch|tch|iss|eli|ani|sk|ske|['’]s|-based|-owned)"
    r"(?: [a-z-]+){0,3} "
)
_BELONGS_ZH = re.compile(r"[\u4e00-\u9fff]{2,8}")


def find(store: Store, judge: Judge, text: str, most: int) -> EmergingName:
    """Find a name however it is written, with so many items at most; raises NotFoundError."""
    keys = {judge.names.key(text, language) for language in judge.baseline.naming}
    found = store.emerging.named(keys, most)
    if not found:
        raise NotFoundError("emerging name", text, "`techwatch emerging` lists those there are")
    return found[0]


def near(name: EmergingName, baseline: Baseline) -> list[str]:
    """Name the entities of the baseline that a name stands near, those of most items first."""
    entities = baseline.entities
    return [entities[i].name for i in name.near if i in entities]


def country(name: EmergingName, baseline: Baseline) -> str | None:
    """Tell from the words right before a name where it belongs: "Chinese chip maker YMTC"."""
    breaks = baseline.naming["zh"].breaks if "zh" in baseline.naming else ()
    lexicon, told = Lexicon(baseline.vocabularies), Counter[str]()
    for example in name.examples:
        end = example.sentence.find(example.surface)
        before = example.sentence[max(0, end - _BEFORE) : max(0, end)]
        for word in lexicon.find(before, example.language):
            code, rest = _code(word.word.value), before[word.start :]
            unspaced = _BELONGS_ZH.fullmatch(rest) and not any(verb in rest for verb in breaks)
            if code and (unspaced or _BELONGS.fullmatch(rest)):
                told[code] += 1
                break
    (best, count), *others = [*told.most_common(), ("", 0)]
    return best if count and all(count > other for _, other in others) else None


def _code(value: str) -> str | None:
    """Return the country of a context word: "place us" is us, "china" is cn."""
    if value == "china":
        return "cn"
    return value.removeprefix("place ") if value.startswith("place ") else None
