"""Split a text into clauses, and tell which of them only give the background.

"TikTok sues Montana after the state bans the app" tells of a suit; the ban stands in a clause
that a subordinating word opens, and is not the news. Offsets are into the text as given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# A full stop ends a sentence unless it belongs to initials or to a shortened word.
_SENTENCE_END = re.compile(
    r"(?<![A-Z]\.[A-Z])(?<!\b[A-Z])(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)(?<!\bInc)(?<!\bLtd)"
    r"(?<!\bCo)(?<!\bCorp)(?<!\bRep)(?<!\bSen)(?<!\bGov)(?<!\bNo)(?<!\bvs)(?<!\bSt)\.(?=\s|$)"
    r"|[!?](?=[\s'\"”’]|$)|[。！？]"
)
# Words that open a clause which explains, dates or excuses the one before it.
_OPENERS = (
    r"after|amid|amidst|while|following|since|because|despite|although|though|whereas|"
    r"in response to|in the wake of|in light of|due to|thanks to|as a result of|ahead of|"
    r"prior to|months after|weeks after|days after|years after|hours after|in case of|"
    r"over(?=\s+(?:\S+\s+){0,4}(?:ban|bans|curbs?|sanctions?|crackdown|restrictions?|probe|law)\b)|"
    r"as(?!\s+(?:part|an?|well|much|many|long|soon|final|the\s+first|planned|expected|little)\b)|"
    r"etter at|etter|mens|fordi|siden|til tross for|som følge av"
)
_OPENER = re.compile(rf"(?<![\w'’-])(?:{_OPENERS})(?![\w'’-])", re.IGNORECASE)
_BREAK = re.compile(r";\s|；|，|\s[–—―|]\s|\s-\s|,\s|:\s(?=[\"'“‘A-Z])|：|(?<=[\u4e00-\u9fff])\s")
_CHINESE_OPENER = re.compile(r"^(?:因|由于|鉴于|随着|继|虽然|尽管)")


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a text, end exclusive."""

    start: int
    end: int
    background: bool = False  # opened by a word that makes it the circumstance of another


def clauses(text: str) -> tuple[Clause, ...]:
    """Split a text; every character belongs to exactly one clause, in order."""
    found = [clause for start, end in _sentences(text) for clause in _split(text, start, end)]
    return tuple(found)


def clause_at(parts: tuple[Clause, ...], position: int) -> Clause:
    """Return the clause that holds a position of the text."""
    for clause in parts:
        if position < clause.end:
            return clause
    return parts[-1] if parts else Clause(0, 0)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for stop in _SENTENCE_END.finditer(text):
        yield start, stop.end()
        start = stop.end()
    if start < len(text):
        yield start, len(text)


def _split(text: str, start: int, end: int) -> Iterator[Clause]:
    """Cut a sentence at breaks and openers; a background clause runs to the next break."""
    background = bool(_CHINESE_OPENER.match(text[start:end].lstrip()))
    for cut, opens in _cuts(text, start, end):
        if cut > start:
            yield Clause(start, cut, background)
        background, start = opens, cut
    if start < end:
        yield Clause(start, end, background)


def _cuts(text: str, start: int, end: int) -> list[tuple[int, bool]]:
    """List where a sentence is cut, and whether background begins there."""
    openers = {match.start() for match in _OPENER.finditer(text, start, end)}
    breaks = {match.end() for match in _BREAK.finditer(text, start, end)}
    plain = {at for at in breaks if not any(at <= opener <= at + 1 for opener in openers)}
    chinese = {at for at in plain if _CHINESE_OPENER.match(text[at:end])}
    cuts = [(at, True) for at in openers | chinese] + [(at, False) for at in plain - chinese]
    return sorted(cuts)
