"""From hits to mentions: the evidence is gathered, judged and put into words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techwatch.matching.index import capitalised
from techwatch.matching.scoring import Evidence, Support, judge, judge_description, table_for
from techwatch.matching.spellings import latin
from techwatch.model import Mention, Method

if TYPE_CHECKING:
    from techwatch.matching.described import Description
    from techwatch.matching.index import Candidate
    from techwatch.matching.passage import Passage
    from techwatch.model import Name

_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]{4,}")  # shorter ones are small even in headlines
_HEADLINE_CASE = 0.6  # share of words with capitals from which capitals don't tell names
_AROUND = 200  # characters on each side by which the case of a headline is told
_SENTENCE_BREAKS = ".!?:;|•…-–—"


def case_allows(candidate: Candidate, passage: Passage) -> bool:
    """Whether case lets a weak name be one: in small letters it is the ordinary word.

    Words that the name itself writes small may be small: "federal court in San Francisco".
    """
    name = candidate.name.text
    if candidate.edits or name.islower():
        return True
    if not latin(passage.folded.text[candidate.start : candidate.end]):
        return True
    surface = passage.cut(candidate.start, candidate.end)[2]
    return capitalised(surface) or _as_capitalised(surface, name)


def _as_capitalised(surface: str, name: str) -> bool:
    """Whether a surface has a capital wherever the name has one."""
    words, model = surface.split(), name.split()
    return len(words) == len(model) and all(
        word[0].isupper() or not wanted[0].isupper()
        for word, wanted in zip(words, model, strict=True)
    )


def mention_of(passage: Passage, candidate: Candidate, support: Support) -> Mention:
    """Judge a name that stands in a passage."""
    start, end, surface = passage.cut(candidate.start, candidate.end)
    name = candidate.name
    method = _method(name, surface, candidate.edits)
    tells = not candidate.firm and _case_tells(passage.original, start)
    evidence = Evidence(
        candidate.entity, name, surface, method, candidate.form, candidate.edits, tells, support
    )
    score, features = judge(evidence, table_for(evidence, weak=candidate.weak))
    return Mention(
        entity_id=candidate.entity.id,
        field=passage.field,
        start=start,
        end=end,
        surface=surface,
        name=name.text,
        language=name.language,
        method=method,
        score=score,
        features=features,
    )


def _method(name: Name, surface: str, edits: int) -> Method:
    if edits:
        return Method.FUZZY
    return Method.EXACT if surface == name.text else Method.FOLDED


def _case_tells(text: str, start: int) -> bool:
    """Whether a capital at a place says "name": not first in a sentence, not in headline case."""
    before = text[max(0, start - 9) : start].rstrip(" \t\r\n\u00a0“‘\"'(")
    if not before or before[-1] in _SENTENCE_BREAKS or not text[start].isupper():
        return False
    words: list[str] = _WORD.findall(text, max(0, start - _AROUND), start + _AROUND)
    capitals = sum(word[0].isupper() for word in words)
    return capitals < _HEADLINE_CASE * len(words)


def mention_of_description(passage: Passage, description: Description) -> Mention:
    """Judge words that stand together."""
    start, end, surface = passage.cut(description.start, description.end)
    described = description.described
    score, features = judge_description(description.words, described.window, len(described.groups))
    return Mention(
        entity_id=description.entity.id,
        field=passage.field,
        start=start,
        end=end,
        surface=surface,
        name=description.entity.name,
        language=described.language,
        method=Method.DESCRIBED,
        score=score,
        features=features,
    )
