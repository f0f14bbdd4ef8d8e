"""What a phrasebook holds: the words of the frame in one language.

A pair is the form for one and the form for many. A test holds the books to the same keys and
placeholders; a further language is a further book, named in `wording`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The words of one language."""

    conjunction: str
    thousands: str  # between groups of three digits
    point: str  # before decimals
    numbers: tuple[str, ...]  # none, one, two, ... as they begin a sentence
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    weekdays: tuple[str, ...]  # Monday first
    short_weekdays: tuple[str, ...]
    seasons: Mapping[str, str]  # by the English word, as dates of facts write it
    tongues: Mapping[str, str]  # names of languages by primary tag
    phrases: Mapping[str, str | tuple[str, str]]


def split(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())
