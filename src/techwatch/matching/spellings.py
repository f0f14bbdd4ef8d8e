"""The ways in which a name may be written, made when names are compiled."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from techwatch.text import fold, is_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.model import Name

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SHORT_CAPITALS = re.compile(r"(?<![\w&.])[A-Z]{2,5}(?![\w&.])")
_PART_LETTERS = 3  # a shorter part is likely a word of its own


class Form(Enum):
    """How a spelling differs from the name as listed."""

    LISTED = "as listed"
    PUNCTUATED = "with other punctuation"
    RESPACED = "with other spaces between its words"


class Spelling(NamedTuple):
    """One literal, folded, that stands for a name."""

    folded: str
    form: Form
    doubtful: bool = False  # it may as well be ordinary words


def spellings(name: Name) -> list[Spelling]:
    """List the spellings of a name, each literal once, the listed one first."""
    listed = fold(name.text).text.strip()
    found = {listed: Spelling(listed, Form.LISTED)}
    if name.text.isascii():
        for written, form, doubtful in _otherwise(name):
            if written != name.text:
                folded = fold(written).text.strip()
                found.setdefault(folded, Spelling(folded, form, doubtful))
        if not name.exact_case:
            for broken in _broken(listed):
                found.setdefault(broken, Spelling(broken, Form.RESPACED, True))  # noqa: FBT003 - the field's place
    found.pop("", None)
    return list(found.values())


def _otherwise(name: Name) -> Iterator[tuple[str, Form, bool]]:
    """Write a name otherwise; what it has nothing for comes out as it was."""
    text = name.text
    if text.isalpha() and text[1:].islower():  # one plain word, as most are
        return
    if "." in text:
        yield text.replace(".", ""), Form.PUNCTUATED, False
    yield _SHORT_CAPITALS.sub(lambda m: ".".join(m[0]) + ".", text), Form.PUNCTUATED, False
    if name.exact_case:
        return
    if "'" in text:
        yield text.replace("'", ""), Form.PUNCTUATED, False
    if "&" in text:
        yield text.replace("&", "and"), Form.PUNCTUATED, False
    if split := _split(text):
        yield split, Form.RESPACED, _like_ordinary_words(split) or not name.fuzzy
    if joined := _joined(text):
        yield joined, Form.RESPACED, False


def _split(text: str) -> str | None:
    """Split at inner capitals: "ByteDance" to "Byte Dance"; None where there are none."""
    split = _CAMEL.sub(" ", text)
    return split if split != text and all(len(word) > 1 for word in split.split()) else None


def _like_ordinary_words(split: str) -> bool:
    """Whether a part is so short that it is likely a word of its own, as in "We Chat"."""
    return min(map(len, split.split())) < _PART_LETTERS


def _joined(text: str) -> str | None:
    """Join two or three words that begin with a capital: "Ant Group" to "AntGroup"; else None."""
    words = text.split()
    if len(words) not in {2, 3}:
        return None
    if all(map(str.isalpha, words)) and text[0].isupper() and min(map(len, words)) >= _PART_LETTERS:
        return "".join(words)
    return None


def _broken(folded: str) -> Iterator[str]:
    """Break a single word anywhere, as in "Wal Mart" and "Ali Baba"; no part too short."""
    if folded.isalpha():
        for at in range(_PART_LETTERS, len(folded) - _PART_LETTERS + 1):
            yield f"{folded[:at]} {folded[at:]}"


def latin(folded: str) -> bool:
    """Whether a folded spelling is of a script that puts spaces between words."""
    return is_word(folded[0]) and is_word(folded[-1])
