"""The words of a digest's frame, by language: what techwatch says itself, never what a feed says.

A phrase is one string, or a pair for one and for many, told apart by its value `n`. `{N}` is `n`
as a word that begins a sentence, up to twelve.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.digests.english import ENGLISH
from techwatch.digests.norwegian import NORWEGIAN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from techwatch.digests.phrasebook import Phrasebook

_PHRASEBOOKS = {"en": ENGLISH, "nb": NORWEGIAN}
LANGUAGES = tuple(_PHRASEBOOKS)
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?$")
_SEASON = re.compile(r"(?P<year>\d{4})-(?P<season>[a-z]+)$")


@dataclass(frozen=True, slots=True)
class Wording:
    """How one language says the frame."""

    language: str
    book: Phrasebook

    def say(self, key: str, **values: object) -> str:
        """Return the phrase with its values filled in; raises KeyError for an unknown one."""
        phrase = self.book.phrases[key]
        n = values.get("n")
        if isinstance(phrase, tuple):
            phrase = phrase[0] if n == 1 else phrase[1]
        if isinstance(n, int):
            values["N"] = self._number(n)
        return phrase.format(**{name: self._written(value) for name, value in values.items()})

    def _written(self, value: object) -> object:
        if isinstance(value, int):
            return f"{value:,}".replace(",", self.book.thousands)
        return value

    def _number(self, n: int) -> str:
        words = self.book.numbers
        return words[n] if n < len(words) else str(self._written(n))

    def decimal(self, value: float) -> str:
        """Write a number with one decimal, or with none where it is whole: "0.4", "3"."""
        return f"{value:.1f}".removesuffix(".0").replace(".", self.book.point)

    def listed(self, names: Sequence[str], most: int = 4, unnamed: int = 0) -> str:
        """Join names as in prose: "A, B and C", "A, B, C and 5 others"; at least one name."""
        shown = list(names[:most])
        left = len(names) - len(shown) + unnamed
        if left:
            shown.append(self.say("others", n=left))
        *first, last = shown
        return f"{', '.join(first)} {self.book.conjunction} {last}" if first else last

    def tongue(self, language: str) -> str:
        """Name a language; its tag where the phrasebook has no name for it."""
        return self.book.tongues.get(language.partition("-")[0].lower(), language)

    def day(self, moment: datetime) -> str:
        """Return "21 Nov" of a time that stands in the reader's zone already."""
        return self.say("day", day=moment.day, month=self.book.short_months[moment.month - 1])

    def long_day(self, moment: datetime) -> str:
        """Return "Saturday 21 November 2026"."""
        weekday = self.book.weekdays[moment.weekday()]
        month = self.book.months[moment.month - 1]
        return self.say(
            "long_day", weekday=weekday, day=moment.day, month=month, year=str(moment.year)
        )

    def moment(self, moment: datetime, year: int) -> str:
        """Return "Fri 20 Nov, 14:05"; with its year where that is not the given one."""
        weekday = self.book.short_weekdays[moment.weekday()]
        day = self.day(moment) + ("" if moment.year == year else f" {moment.year}")
        return self.say("moment", weekday=weekday, day=day, time=f"{moment:%H:%M}")

    def vague_date(self, text: str) -> str:
        """Put a date as precise as it is known into words: "2020-09" is "September 2020".

        A span, "2020-10/2020-12", is told by both its ends.
        """
        if "/" in text:
            ends = [self.vague_date(end) for end in text.split("/")]
            return text if "/".join(ends) == text else " – ".join(ends)
        if season := _SEASON.match(text):
            return f"{self.book.seasons.get(season['season'], season['season'])} {season['year']}"
        date = _DATE.match(text)
        if date is None or not date["month"] or not 1 <= int(date["month"]) <= 12:  # noqa: PLR2004 - months
            return text
        month = self.book.months[int(date["month"]) - 1]
        if date["day"]:
            return self.say("date", day=int(date["day"]), month=month, year=date["year"])
        return f"{month} {date['year']}"


def wording(language: str) -> Wording:
    """Return the wording of a language; English where there is none."""
    known = language if language in _PHRASEBOOKS else "en"
    return Wording(known, _PHRASEBOOKS[known])
