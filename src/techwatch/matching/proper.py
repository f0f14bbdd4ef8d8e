"""What a run of capitalised words names: a law, a body, a person, a company, or nobody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techwatch.matching.naming import phrase_at
from techwatch.matching.official import body, law
from techwatch.matching.pieces import Piece
from techwatch.model import EntityKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from techwatch.matching.naming import Words
    from techwatch.matching.pieces import Token

_LONGEST_NAME = 5  # words of a company's or person's name; longer runs are headlines
_LONGEST_COMMON = 3  # words of a name that are all common ones: Check Point
_SHORTEST_WORD = 3  # letters of a name of one word
_ACRONYM = re.compile(r"[A-Z][A-Z&]{2,5}")
_SITE = re.compile(r"\.(?:com|org|net|io|co|cn|eu|uk|no)$", re.IGNORECASE)
_PARTY = re.compile(r"[DRI]-[A-Z].*")  # of a member of Congress and the state: D-Calif


def names_in(
    run: Sequence[Token], words: Words, small: frozenset[str], *, every_word: bool
) -> Iterator[Piece]:
    """Give the names in a run.

    Args:
        run: capitalised words side by side, with joining words between them.
        words: of the language.
        small: words that the sentence also has in small letters.
        every_word: whether the sentence capitalises every word, so that capitals mean nothing;
            then only words that are no common ones name somebody.
    """
    if every_word:
        for part in _rare_parts(run, words, small):
            yield _piece(part, EntityKind.ACTOR, _type(part, words))
        return
    bounds = law(run, words) or body(run, words)
    if bounds is None:
        for found, titled in _parts(run, words):
            part = _without_sentence_opener(found, words, titled=titled)
            if _names_somebody(part, words, small, titled=titled):
                yield _piece(part, EntityKind.ACTOR, "person" if titled else _type(part, words))
        return
    first, last, kind = bounds
    yield from names_in(run[:first], words, small, every_word=False)
    kept = run[first:last]
    if not words.names_nobody(_text(kept)):
        yield _piece(kept, kind, "law" if kind is EntityKind.LAW else "government_body")
    yield from names_in(run[last:], words, small, every_word=False)


def _piece(tokens: Sequence[Token], kind: EntityKind, type_: str) -> Piece:
    return Piece(tokens[0].start, tokens[-1].end, kind, type_)


def _text(tokens: Sequence[Token]) -> str:
    return " ".join(token.folded for token in tokens)


def _parts(run: Sequence[Token], words: Words) -> Iterator[tuple[list[Token], bool]]:
    """Split a run at joining words, known names and days; each part with whether a title led it."""
    part: list[Token] = []
    for token in [*run, None]:
        if (
            token is None
            or not (token.capital or token.number)
            or token.taken
            or (token.folded in words.calendar)
        ):
            if part:
                yield _without_titles(part, words)
            part = []
            continue
        if part or not token.number:
            part.append(token)
        if token.possessive and part:
            yield _without_titles(part, words)
            part = []


def _without_titles(part: list[Token], words: Words) -> tuple[list[Token], bool]:
    """Drop titles, places and openers from both ends; what stands before a title goes too."""
    titled = [i for i, t in enumerate(part) if t.folded in words.titles]
    kept = part[titled[-1] + 1 :] if titled else part
    lead = len(kept)
    at = 0
    while at < len(kept) and (count := _leads(kept, at, words)):
        at += count
    kept = kept[at:]
    while kept and (_trails(kept[-1], words) or (len(kept) > 1 and _SITE.search(kept[-1].text))):
        kept = kept[:-1]
    return kept, bool(titled) and lead == len(kept)


def _leads(part: Sequence[Token], at: int, words: Words) -> int:
    """Return how many words from `at` on are a place, a paper or an opener."""
    folded = [token.folded for token in part]
    phrase = max(phrase_at(folded, at, words.places), phrase_at(folded, at, words.media))
    return phrase or int(folded[at] in words.openers or bool(_PARTY.fullmatch(part[at].text)))


def _trails(token: Token, words: Words) -> bool:
    """Whether a word behind a name is no part of it: H200 AI, Example IPO."""
    folded = token.folded
    if _ending(token, words):
        return False
    return folded in words.openers or folded in words.titles or words.names_nobody(folded)


def _without_sentence_opener(part: list[Token], words: Words, *, titled: bool) -> list[Token]:
    """Drop the first word of a sentence if it is one in which news is told: Chipmaker Example."""
    if len(part) < 2 or titled or not part[0].initial:  # noqa: PLR2004 - the name stays
        return part
    first = part[0].folded
    return part[1:] if first in words.ordinary or words.is_plain(first) else part


def _names_somebody(
    part: Sequence[Token], words: Words, small: frozenset[str], *, titled: bool
) -> bool:
    if part and part[0].initial and not titled and not _rare(part[0], words, small):
        # Its capital proves nothing: what follows must name somebody. "Ada Brontelix said" does.
        return len(part) > 1 and _names_somebody(part[1:], words, small, titled=False)
    if not 0 < len(part) <= _LONGEST_NAME or words.names_nobody(_text(part)):
        return False
    if all(t.number or words.names_nobody(t.folded) or t.folded in words.legal_forms for t in part):
        return False
    if any(_rare(t, words, small) for t in part):
        return True
    spelt = [t for t in part if not t.number and len(t.text) > 1]
    if not 1 < len(spelt) <= _LONGEST_COMMON:
        return False
    return titled or not all(_ending(t, words) for t in spelt)


def _rare_parts(run: Sequence[Token], words: Words, small: frozenset[str]) -> Iterator[list[Token]]:
    """Give the stretches of words that are no common ones, of a run that proves nothing else."""
    part: list[Token] = []
    for token in [*run, None]:
        if token is not None and not token.taken and _rare(token, words, small, sure=True):
            part.append(token)
            if not token.possessive:
                continue
        if part and len(part) <= _LONGEST_NAME and not words.names_nobody(_text(part)):
            yield part
        part = []


def _rare(token: Token, words: Words, small: frozenset[str], *, sure: bool = False) -> bool:
    """Whether a word alone may name somebody; `sure` where its capital proves nothing."""
    folded = token.folded
    if not token.capital or token.number or len(folded) < _SHORTEST_WORD or folded in small:
        return False
    if words.names_nobody(folded) or folded in words.openers or folded in words.titles:
        return False
    if _ending(token, words) or phrase_at([folded.removesuffix("s")], 0, words.places):
        return False
    if _ACRONYM.fullmatch(token.text):
        return not words.is_common(folded)
    parts = folded.split()  # of a word with hyphens
    if sure:
        return not any(words.is_listed(part) for part in parts)
    known = words.is_listed if token.initial else words.is_common
    return not all(known(part) for part in parts)


def _ending(token: Token, words: Words) -> bool:
    folded = token.folded
    return folded in words.company_endings or folded in words.bodies or folded in words.law_endings


def _type(part: Sequence[Token], words: Words) -> str:
    last = part[-1].folded
    company = len(part) > 1 and (last in words.company_endings or last in words.legal_forms)
    return "company" if company else "unknown"
