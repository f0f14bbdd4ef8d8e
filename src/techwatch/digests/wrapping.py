"""Wrap plain text by the width it takes on a screen, in which a Chinese character counts two."""

from __future__ import annotations

import re
import unicodedata

COLUMNS = 76
_SPACE = re.compile(r"[ \t\r\n]+")  # a no-break space is none of them
_WORDS = re.compile(r"[^ ]+| ")
_CLOSING = frozenset("，。、；：？！）》」』】〉〕…—％,.;:?!)]}%")  # never begin a line
_OPENING = frozenset("（《「『【〈〔([{")  # never end one


def width(text: str) -> int:
    """Return the columns that a text takes in a terminal or a plain-text mail."""
    if text.isascii():
        return len(text)
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def fill(text: str, indent: str = "", hanging: str | None = None, columns: int = COLUMNS) -> str:
    """Wrap a paragraph; every line after the first begins with `hanging` (else `indent`).

    A word that is wider than a line is broken; a line never exceeds the columns.
    """
    hanging = indent if hanging is None else hanging
    lines: list[str] = []
    line, room = indent, columns - width(indent)
    empty = True
    for chunk in _fitting(_chunks(text), columns - max(width(indent), width(hanging))):
        if width(chunk) > room and not empty:
            lines.append(line.rstrip())
            line, room, empty = hanging, columns - width(hanging), True
        if empty and chunk == " ":
            continue
        line, room, empty = line + chunk, room - width(chunk), False
    return "\n".join([*lines, line.rstrip()])


def _chunks(text: str) -> list[str]:
    """Cut a text wherever a line may end; spaces are chunks of their own."""
    spaced = _SPACE.sub(" ", text).strip(" ")
    if spaced.isascii():  # nothing in it is wide
        return _WORDS.findall(spaced)
    chunks: list[str] = []
    for char in spaced:
        if char != " " and chunks and chunks[-1] != " " and not _parted(chunks[-1][-1], char):
            chunks[-1] += char
        else:
            chunks.append(char)
    return chunks


def _parted(left: str, right: str) -> bool:
    wide = _width(left) == 2 or _width(right) == 2  # noqa: PLR2004 - a wide character's columns
    return wide and left not in _OPENING and right not in _CLOSING and _width(right) > 0


def _fitting(chunks: list[str], most: int) -> list[str]:
    fitting: list[str] = []
    for chunk in chunks:
        if width(chunk) <= most:
            fitting.append(chunk)
            continue
        piece = ""
        for char in chunk:
            if piece and width(piece) + _width(char) > most:
                fitting.append(piece)
                piece = ""
            piece += char
        fitting.append(piece)
    return fitting
