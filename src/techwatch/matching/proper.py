"""What a run of capitalised words names: a law, a body, a person, a company, or nobody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from techwatch.matching.naming import phrase_at
from techwatch.model import EntityKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from techwatch.matching.capitalised import Token
    from techwatch.matching.naming import Words

_LONGEST_NAME = 5  # words of a company's or person's name; longer runs are headlines
_LONGEST_COMMON = 3  # words of a name that are all common ones: Check Point
_LONGEST_TITLE = 12  # words of a law's title
_SHORTEST_WORD = 3  # letters of a name of one word
_ACRONYM = re.compile(r"[A-Z][A-Z&]{2,5}")
_SITE = re.compile(r"\.(?:com|org|net|io|co|cn|eu|uk|no)$", re.IGNORECASE)
_PARTY = re.compile(r"[DRI]-[A-Z].*")  # of a member of Congress and the state: D-Calif
_AND = frozenset({"and", "&", "og"})


class Piece(NamedTuple):
    """A name as it stands; offsets into the text as published, end exclusive."""

    start: int
    end: int
    kind: EntityKind
    type: str


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
    bounds = _law(run, words) or _body(run, words)
    if bounds is None:
        for part, titled in _parts(run, words):
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


# --------------------------------------------------------------------------- laws and bodies


def _law(run: Sequence[Token], words: Words) -> tuple[int, int, EntityKind] | None:
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
    return next((n for n in range(longest, 0, -1) if _text(before[-n:]) in words.law_heads), 0)


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


def _body(run: Sequence[Token], words: Words) -> tuple[int, int, EntityKind] | None:
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


# --------------------------------------------------------------------------- companies and people


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


def _names_somebody(
    part: Sequence[Token], words: Words, small: frozenset[str], *, titled: bool
) -> bool:
    if part and part[0].initial and not titled and not _rare(part[0], words, small):
        part = part[1:]
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
    known = words.is_listed if sure or token.initial else words.is_common
    return not all(known(part) for part in folded.split())


def _ending(token: Token, words: Words) -> bool:
    folded = token.folded
    return folded in words.company_endings or folded in words.bodies or folded in words.law_endings


def _type(part: Sequence[Token], words: Words) -> str:
    last = part[-1].folded
    company = len(part) > 1 and (last in words.company_endings or last in words.legal_forms)
    return "company" if company else "unknown"
