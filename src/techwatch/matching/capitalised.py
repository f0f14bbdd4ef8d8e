"""Names in scripts with capitals: which runs of capitalised words name somebody or a law.

A capital is evidence only where a small letter could stand: not at the start of a sentence, and
not in a headline that capitalises every word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techwatch.matching import proper
from techwatch.matching.pieces import Piece, Token
from techwatch.model import EntityKind
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from techwatch.matching.naming import Words
    from techwatch.matching.pieces import Taken

_LETTER = r"A-Za-z0-9\u00c0-\u024f"
_TOKEN = re.compile(rf"[{_LETTER}]+(?:['’.&+-][{_LETTER}]+)*")
_POSSESSIVE = re.compile(r"['’][sS]$")
_GLUE = frozenset({" ", " & ", "\u00a0"})
_SHORTENED = re.compile(r"^(?:[A-Z]|[A-Z][a-z]{0,4}|(?:[A-Z]\.)+[A-Z])$")  # before a full stop
_OPENS = re.compile(r"(?:[:;!?–—|\"“‘'(\[•]|\s-)\s*$")  # before a word that has its capital anyway
_QUOTE = re.compile(r"[\"“][^\"“”]{20,300}[\"”]")
_HEADLINE_WORDS = 6  # in a quotation: shorter ones are names
_CUT_OFF = re.compile(r"…|\.\.\.")  # behind a word of which a feed may have left the beginning only
_LONGEST_WORD = 25  # letters: longer runs of them are parts of addresses
_IN_ADDRESS = frozenset("/@#=%_\\")  # before a word that is no word of the text
_LONG_WORD = 4  # letters: shorter words are small in any headline
_SMALL_SHARE = 0.08  # small words to a capitalised one, up to which all others have capitals
_LOUD_SHARE = 0.6  # of words in capitals throughout, above which they mean nothing


def pieces(
    text: str, start: int, end: int, taken: Sequence[Taken], words: Words
) -> Iterator[Piece]:
    """Give the names in one sentence, `text[start:end]`, by where they stand."""
    tokens = list(_tokens(text, start, end, taken, words))
    if not tokens or _loud(tokens):
        return
    small = frozenset(token.folded for token in tokens if not token.capital)
    every = _capitalises_every_word(tokens, words)
    headlines = [] if every else list(_quoted_headlines(text, start, end, tokens, words))
    for run in _runs(tokens, words):
        quoted = any(run[0].start in stretch for stretch in headlines)
        yield from proper.names_in(run, words, small, every_word=every or quoted)


def attached_laws(text: str, start: int, end: int, words: Words) -> Iterator[Piece]:
    """Give the laws of a language that writes a title in one word: ekomloven, KI-forordningen."""
    for match in _TOKEN.finditer(text, start, end):
        folded = fold(match[0]).text.replace(" ", "")
        ending = next((e for e in words.law_endings if folded.endswith(e)), None)
        if ending and len(folded) - len(ending) >= 2 and not words.names_nobody(folded):  # noqa: PLR2004 - KI
            yield Piece(match.start(), match.end(), EntityKind.LAW, "law")


def _tokens(
    text: str, start: int, end: int, taken: Sequence[Taken], words: Words
) -> Iterator[Token]:
    before, last = start, ""
    for match in _TOKEN.finditer(text, start, end):
        between = text[before : match.start()]
        if len(match[0]) > _LONGEST_WORD or text[match.start() - 1 : match.start()] in _IN_ADDRESS:
            before = match.end()
            continue
        written, possessive = _cut(match[0], words)
        folded = fold(written).text.strip()
        at, stop = match.start(), match.start() + len(written)
        glued = (
            between in _GLUE
            or (between == ". " and bool(_SHORTENED.match(last)))
            or (between in {", ", "., "} and folded in words.legal_forms)
        )
        owner = next((t for t in taken if t.start < stop and at < t.end), None)
        opens = before == start or bool(_OPENS.search(between))
        capital = _has_capital(written) and not _CUT_OFF.match(text, match.end())
        yield Token(written, at, stop, folded, capital, glued, opens, possessive, owner)
        before, last = match.end(), match[0]


def _cut(written: str, words: Words) -> tuple[str, bool]:
    """Cut off what is no part of a name: 's, and "-backed" behind it."""
    possessive = _POSSESSIVE.search(written)
    if possessive:
        return written[: possessive.start()], True
    head, hyphen, tail = written.partition("-")
    if hyphen and fold(tail).text in words.tails:
        return head, True
    return written, False


def _has_capital(written: str) -> bool:
    return written[0].isupper() or any(c.isupper() for c in written[1:3])


def _loud(tokens: Sequence[Token]) -> bool:
    long = [t for t in tokens if len(t.text) >= _LONG_WORD and not t.number]
    return len(long) > 2 and sum(t.text.isupper() for t in long) > _LOUD_SHARE * len(long)  # noqa: PLR2004 - two may be acronyms


def _capitalises_every_word(tokens: Sequence[Token], words: Words) -> bool:
    """Whether a capital means nothing here: no verb or noun has a small letter.

    Some headlines capitalise all but articles and the like; a language that has no list of
    those has no such headlines.
    """
    if not words.small:
        return False
    free = [t for t in tokens if not t.taken and not t.initial and not t.number]
    small = sum(not t.capital and t.folded not in words.small for t in free)
    return small <= _SMALL_SHARE * sum(t.capital for t in free)


def _quoted_headlines(
    text: str, start: int, end: int, tokens: Sequence[Token], words: Words
) -> Iterator[range]:
    """Give the quotations in a sentence that are headlines or titles with capitals of their own."""
    for quote in _QUOTE.finditer(text, start, end):
        stretch = range(quote.start(), quote.end())
        inside = [t for t in tokens if t.start in stretch]
        if len(inside) >= _HEADLINE_WORDS and _capitalises_every_word(inside, words):
            yield stretch


def _runs(tokens: Sequence[Token], words: Words) -> Iterator[list[Token]]:
    """Group capitalised words that stand together, small joining words between them included."""
    inside = words.joiners | words.law_joiners
    run: list[Token] = []
    pending: list[Token] = []
    for token in tokens:
        if not token.glued and run:
            yield run
            run, pending = [], []
        if token.capital or (token.number and run):
            run += [*pending, token]
            pending = []
        elif run and token.folded in inside and len(pending) < 2:  # noqa: PLR2004 - "of the"
            pending.append(token)
        elif run:
            yield run
            run, pending = [], []
    if run:
        yield run
