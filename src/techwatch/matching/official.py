"""Names of laws and of authorities in a run of capitalised words, by the words they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.matching.naming import phrase_at
from techwatch.model import EntityKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techwatch.matching.naming import Words
    from techwatch.matching.pieces import Token

_LONGEST_TITLE = 12  # words of a law's title
_AND = frozenset({"and", "&", "og"})

Bounds = tuple[int, int, EntityKind]  # of a name in a run, end exclusive, and what it names


def law(run: Sequence[Token], words: Words) -> Bounds | None:
    """Find the last title of a law in a run."""
    for at in range(len(run) - 1, 0, -1):
        token = run[at]
        if token.number and (head := _law_head(run[:at], words)):
            return at - head, at + 1, EntityKind.LAW
        if token.folded in words.law_endings and token.capital and not token.taken:
            first = at
            while first and _belongs_to_law(run, first - 1, words):
                first -= 1
            first = _without_openers(run, first, at, words)
            if _says_what(run[first:at], words) and not _heads_a_body(run, first, at, words):
                return first, at + 1, EntityKind.LAW
    return None


def _heads_a_body(run: Sequence[Token], first: int, at: int, words: Words) -> bool:
    """Whether what ends like a law is a body's field: Administration for Market Regulation."""
    return any(
        run[i].folded in words.bodies and run[i + 1].folded in words.joiners - _AND
        for i in range(first, at)
    )


def _law_head(before: Sequence[Token], words: Words) -> int:
    """Return how many words before a number make it that of a law: Executive Order, SB."""
    longest = min(2, len(before))
    return next(
        (
            n
            for n in range(longest, 0, -1)
            if " ".join(t.folded for t in before[-n:]) in words.law_heads
        ),
        0,
    )


def _belongs_to_law(run: Sequence[Token], at: int, words: Words) -> bool:
    token, following = run[at], run[at + 1]
    if token.folded in words.calendar or (token.possessive and at == 0):
        return False
    if token.taken and (token.taken.person or not following.capital):
        before = run[at - 1] if at else None
        inside = before is not None and before.capital and not before.taken
        return not token.taken.person and (token.taken.place or inside)
    ends_another = token.folded in words.law_endings and not following.capital
    return not ends_another and not (
        token.folded in _AND and at and run[at - 1].folded in words.law_endings
    )


def body(run: Sequence[Token], words: Words) -> Bounds | None:
    """Find the first name of a body in a run: Trade Commission, Ministry of Trade and Industry."""
    at = next((i for i, t in enumerate(run) if t.capital and t.folded in words.bodies), None)
    if at is None or _is_taken(run[at]):
        return None
    while at + 1 < len(run) and run[at + 1].folded in words.bodies:  # Exchange Commission
        at += 1
    first = at
    while first and _belongs_to_body(run, first - 1, words):
        first -= 1
    last = at + 1
    if last < len(run) and run[last].folded in words.joiners - _AND:
        while last < len(run) and not _ends_body(run, last, words):
            last += 1
    while last > at + 1 and not run[last - 1].capital:
        last -= 1
    first = _without_openers(run, first, at, words)
    return (
        (first, last, EntityKind.ACTOR) if _says_what(_but(run, first, last, at), words) else None
    )


def _ends_body(run: Sequence[Token], at: int, words: Words) -> bool:
    """Whether a body's name ends before a word: a known name, or "and" before another body."""
    if _is_taken(run[at]):
        return True
    return run[at].folded in _AND and any(t.folded in words.bodies for t in run[at:])


def _is_taken(token: Token) -> bool:
    return token.taken is not None and not token.taken.place


def _but(run: Sequence[Token], first: int, last: int, at: int) -> list[Token]:
    return [*run[first:at], *run[at + 1 : last]]


def _belongs_to_body(run: Sequence[Token], at: int, words: Words) -> bool:
    token = run[at]
    if token.possessive or token.folded in words.calendar or token.folded in words.titles:
        return False
    if token.taken:
        return token.taken.place
    if token.capital:
        return True
    before = run[at - 1] if at else None
    return (
        token.folded in _AND
        and before is not None
        and before.capital
        and not before.taken
        and words.is_common(before.folded)
    )


def _without_openers(run: Sequence[Token], first: int, at: int, words: Words) -> int:
    """Skip what stands before a title or body but is no part of it: The, US, Senator, of."""
    while first < at and _stands_before(run, first, words):
        first += 1
    return first


def _stands_before(run: Sequence[Token], at: int, words: Words) -> bool:
    token, folded = run[at], [t.folded for t in run]
    if phrase_at(folded, at, words.places) > 1:  # New York is no New
        return False
    if token.initial and run[at + 1].folded in words.law_joiners:
        return True
    return not token.capital or token.folded in words.openers or token.folded in words.titles


def _says_what(lead: Sequence[Token], words: Words) -> bool:
    """Whether the words beside "Act" or "Agency" are more than places and joining words."""
    if len(lead) > _LONGEST_TITLE:
        return False
    return any(
        t.capital
        and not t.taken
        and not t.number
        and t.folded not in words.places
        and t.folded not in words.openers
        and t.folded not in words.titles
        and t.folded not in words.law_endings
        for t in lead
    )
