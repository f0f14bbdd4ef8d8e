"""Names inside a longer word: in hashtags, and in Norwegian compounds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techwatch.text import is_word

if TYPE_CHECKING:
    from techwatch.text import Folded

_COMPOUND_LETTERS = 5  # a shorter name begins too many words by chance: "Metasaken"
_SMALL_TAG_LETTERS = 6  # likewise in a hashtag that shows no borders: "#bantiktok"
_LONGEST_TAG = 80  # folded characters; longer ones are no tags, and would cost much time
_LEAST_REST = 3  # letters that a hashtag in small letters has besides the name

# What Norwegian puts behind a name in one word, with the endings of nouns. For folded text, where
# å is a. A list, since an open rule would take "Trumpeten" for Trump.
_SECOND_PARTS = re.compile(
    r"s?(?:administrasjon|aksje|ansatt|app|avtale|bil|bot|brikke|bruker|butikk|data|direktør|dom|"
    r"eie|eier|enhet|fabrikk|forbud|forhandler|forslag|grunder|gründer|inntekt|investor|kamera|"
    r"konflikt|konkurrent|konsern|konto|krav|krig|kunde|ledelse|leder|leverandor|leverandør|lov|"
    r"maskin|mobil|modell|nekt|nett|nettverk|oppkjop|oppkjøp|plattform|produkt|produsent|regel|"
    r"regler|ruter|router|sak|salg|sanksjon|sjef|skandale|sok|søk|soksmal|søksmal|spill|strid|"
    r"telefon|tilsyn|tjeneste|topp|utstyr|vedtak|video)"
    r"(?:m?et|en|a|ene|er|ne|e|r|te|n|t)?s?(?!\w)"
)


def in_compound(text: str, start: int, end: int) -> bool:
    """Whether what follows a stretch of a folded text makes it a name in a Norwegian compound.

    So it is where a name of five letters or more stands before a noun: "Huaweiforbudet".
    """
    return end - start >= _COMPOUND_LETTERS and _SECOND_PARTS.match(text, end) is not None


def in_hashtag(folded: Folded, original: str, start: int, end: int) -> bool:
    """Whether a stretch is a name in a hashtag. Offsets are into the folded text, end exclusive.

    Capitals show its borders ("#BanHuawei"), or the tag begins or ends with it ("#bantiktok").
    """
    text = folded.text
    first, last = start, end
    while first and start - first < _LONGEST_TAG and is_word(text[first - 1]):
        first -= 1
    if not first or text[first - 1] != "#":
        return False
    while last < len(text) and last - end < _LONGEST_TAG and is_word(text[last]):
        last += 1
    tag_start, tag_end = folded.span(first, last)
    tag = original[tag_start:tag_end]
    if tag.islower():
        at_an_edge = start == first or end == last
        rest = (last - first) - (end - start)
        return at_an_edge and rest >= _LEAST_REST and end - start >= _SMALL_TAG_LETTERS
    begins = start == first or _border(folded, original, start)
    return begins and (end == last or _border(folded, original, end))


def _border(folded: Folded, original: str, at: int) -> bool:
    """Whether a new word begins at a place of a hashtag: by a capital or a digit."""
    here = original[folded.span(at, at + 1)[0]]
    return here.isupper() or here.isdigit()
