"""Names in Chinese: titles of laws between 《》, and what is called a company."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techwatch.matching.pieces import Piece
from techwatch.model import EntityKind
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from techwatch.matching.naming import Words
    from techwatch.matching.pieces import Taken

_TITLE = re.compile(r"[《〈]([^《》〈〉]{3,60})[》〉]")
_BRACKET = re.compile(r"[(（][^()（）]*[)）]$")
_STRETCH = re.compile(r"[\u4e00-\u9fff]+")
_SHORTEST, _LONGEST = 2, 8  # characters of a company's name before its ending
_LONGEST_PLAIN = 4  # of one that ends in a word that is no sure sign of a company
_LEAST_OF_ACT, _LEAST_OF_TITLE = 3, 6  # characters: 密码法; shorter ones are parts of titles
_LOOK_BACK = 24  # characters before an ending: names begin nearer, and cost stays bounded
_SURE = ("公司", "集团")


def titles(text: str, start: int, end: int, words: Words) -> Iterator[Piece]:
    """Give the titles of laws in a sentence, without their marks."""
    for match in _TITLE.finditer(text, start, end):
        folded = fold(match[1]).text.strip()
        bare = _BRACKET.sub("", folded)
        least = _LEAST_OF_ACT if bare.endswith(("法", "法案")) else _LEAST_OF_TITLE
        if len(bare) < least:
            continue
        if _any_end(bare, words.law_endings) and not _any_end(bare, words.ordinary):
            yield Piece(match.start(1), match.end(1), EntityKind.LAW, "law")


def companies(
    text: str, start: int, end: int, taken: Sequence[Taken], words: Words
) -> Iterator[Piece]:
    """Give what a sentence calls a company, a group or the like.

    Without spaces only the end of such a name is plain. Its beginning is taken to be the last
    mark, known name or word that ends where names begin; what is then too long is left out.
    """
    for stretch in _STRETCH.finditer(text, start, end):
        folded = fold(stretch[0]).text
        if len(folded) != len(stretch[0]):
            continue
        here = [(t.start - stretch.start(), t.end - stretch.start()) for t in taken]
        done = 0
        for found in words.any_company.finditer(folded):
            known = max((e for _, e in here if e <= found.start()), default=0)
            first = max(done, known, _beginning(folded, found.start(), words))
            first = _without_kinds(folded, first, found.start(), words)
            done = found.end()
            overlaps = any(s < done and first < e for s, e in here)
            if not overlaps and _is_name(folded, first, found, words):
                at = stretch.start()
                yield Piece(at + first, at + done, EntityKind.ACTOR, "company")


def _any_end(text: str, endings: frozenset[str]) -> bool:
    return any(text.endswith(ending) and text != ending for ending in endings)


def _beginning(folded: str, end: int, words: Words) -> int:
    """Return where the last word that ends before a name ends, or as far back as is looked."""
    first = max(0, end - _LOOK_BACK)
    lead = folded[first:end]
    ends = (lead.rfind(word) + len(word) for word in words.breaks if word in lead)
    return first + max(ends, default=0)


def _without_kinds(folded: str, first: int, end: int, words: Words) -> int:
    """Skip countries and kinds of company before a name."""
    while first < end and (skipped := words.any_kind.match(folded, first, end)):
        first = skipped.end()
    return first


def _is_name(folded: str, first: int, found: re.Match[str], words: Words) -> bool:
    lead = folded[first : found.start()]
    if found[0] in _SURE:
        return _SHORTEST <= len(lead) <= _LONGEST
    ends = found.end() == len(folded) or _opens(folded[found.end() :], words)
    return ends and _SHORTEST <= len(lead) <= _LONGEST_PLAIN


def _opens(rest: str, words: Words) -> bool:
    return any(
        rest.startswith(word)
        for word in (*words.breaks, *words.company_endings, *words.legal_forms)
    )
