"""Read amounts of money, counts, dates and terms, in any language, into the same values.

"18.2 billion yuan", "182亿元" and "18,2 milliarder yuan" are one amount; "36 companies" and "36家"
one count; "30 days" and "30天内" one term. The words stand in the vocabularies, under `quantities`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from techwatch.model import Amount, Count
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from techwatch.model import Vocabulary

Found = TypeVar("Found", bound="Amount | Count | str")
_READ = 1000  # characters of a field: what an event's figures are stands at its beginning
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}|\d+(?:[.,]\d+)?"
_START = r"(?<![a-z0-9$€£¥.,])"  # nothing that belongs to the figure stands before it
_TENS = re.compile(r"^(?P<tens>.?)十(?P<ones>.?)$")
_COMMON = ("en", "zh")  # these are read in texts of every language, as triggers are


@dataclass(frozen=True, slots=True)
class Quantities:
    """What a text gives in figures; each once, in the order of the text."""

    amounts: tuple[Amount, ...] = ()
    counts: tuple[Count, ...] = ()
    dates: tuple[str, ...] = ()  # ISO 8601: 2025-03-01, --03-01 without a year, P30D a term

    def keys(self) -> frozenset[str]:
        """Return each as a word that is the same in every language; sums to two figures."""
        counts = (f"{count.number} {count.of}" for count in self.counts)
        days = (date if date.startswith("P") else date[-5:] for date in self.dates)
        return frozenset({*self.sums(), *counts, *days})

    def sums(self) -> frozenset[str]:
        """Return the amounts as words that are the same in every language."""
        return frozenset(f"{amount.currency}{amount.value:.2g}" for amount in self.amounts)


class QuantityReader:
    """The words of quantities, compiled. The same text always gives the same quantities."""

    def __init__(self, vocabularies: Mapping[str, Vocabulary]) -> None:
        """Compile the words of each language."""
        words = {key: _Words(key, v.quantities) for key, v in vocabularies.items() if v.quantities}
        self._words = {
            key: [words[key], *(words[o] for o in _COMMON if o in words and o != key)]
            for key in words
        }
        self._others = [words[key] for key in _COMMON if key in words]

    def read(self, text: str, language: str) -> Quantities:
        """Read a text, or its first thousand characters."""
        folded = fold(text[:_READ]).text
        readers = self._words.get(language, self._others)
        return Quantities(
            _first(reader.amounts(folded) for reader in readers),
            _first(reader.counts(folded) for reader in readers),
            _first(reader.dates(folded) for reader in readers),
        )


def _first(readings: Iterable[Iterable[tuple[int, Found]]]) -> tuple[Found, ...]:
    """Gather what readers find, each value once; a figure is read by the first that knows it."""
    found: dict[int, Found] = {}
    for reading in readings:
        found |= {at: value for at, value in reading if at not in found}
    return tuple(dict.fromkeys(found[at] for at in sorted(found)))


class _Words:
    """The words of one language as regular expressions over folded text."""

    def __init__(self, language: str, words: Mapping[str, Mapping[str, tuple[str, ...]]]) -> None:
        self._comma_decimal = language == "nb"
        self._spaced = language != "zh"
        self._meaning = {
            kind: {
                fold(word).text: meaning for meaning, listed in entries.items() for word in listed
            }
            for kind, entries in words.items()
        }

    def amounts(self, text: str) -> Iterator[tuple[int, Amount]]:
        for match in self._amount.finditer(text):
            currency = self._meaning["currencies"].get(match["before"] or match["after"] or "")
            number = self._number(match["number"])
            if currency is None or number is None:
                continue
            value = round(number * self._magnitude(match["magnitude"]), 2)
            yield match.start("number"), Amount(value, currency)

    def counts(self, text: str) -> Iterator[tuple[int, Count]]:
        for match in self._count.finditer(text):
            number = self._number(match["number"])
            if number is not None:
                number *= self._magnitude(match["magnitude"])
                what = self._meaning["counted"][match["what"]]
                yield match.start("number"), Count(round(number), what)

    def dates(self, text: str) -> Iterator[tuple[int, str]]:
        for match in self._term.finditer(text):
            number = self._number(match["number"])
            if number is not None:
                yield match.start("number"), f"P{number:g}D"
        for pattern in self._dates:
            for match in pattern.finditer(text):
                month = self._meaning["months"].get(match["month"], match["month"])
                if 1 <= int(month) <= 12 and 1 <= int(match["day"]) <= 31:  # noqa: PLR2004 - a calendar
                    year = match["year"] or "-"
                    yield match.start("day"), f"{year}-{int(month):02}-{int(match['day']):02}"

    def _magnitude(self, word: str | None) -> int:
        return int(self._meaning["magnitudes"][word]) if word else 1

    def _number(self, written: str) -> float | None:
        if written in self._meaning["numbers"]:
            return float(self._meaning["numbers"][written])
        tens = _TENS.match(written)
        if tens is not None:
            digits = self._meaning["numbers"]
            return 10.0 * int(digits.get(tens["tens"], 1)) + int(digits.get(tens["ones"], 0))
        thousands, point = (".", ",") if self._comma_decimal else (",", ".")
        plain = written.replace(thousands, "") if _grouped(written, thousands) else written
        try:
            return float(plain.replace(point, "."))
        except ValueError:
            return None

    @cached_property
    def _figure(self) -> str:
        chinese = "" if self._spaced else r"|[一二两三四五六七八九]?十[一二三四五六七八九]?"
        return (
            f"(?P<number>{_DIGITS}{chinese}|{_any(self._meaning['numbers'], bounded=self._spaced)})"
        )

    @cached_property
    def _amount(self) -> re.Pattern[str]:
        currencies = _any(self._meaning["currencies"], bounded=False)
        magnitudes = _any(self._meaning["magnitudes"], bounded=False)
        after = r"(?![a-z0-9])" if self._spaced else ""
        return re.compile(
            rf"(?<![a-z0-9.,])(?:(?P<before>{currencies}) ?)?{self._figure}"
            rf"(?: ?(?P<magnitude>{magnitudes}){after})?(?: ?(?P<after>{currencies}){after})?"
        )

    @cached_property
    def _count(self) -> re.Pattern[str]:
        between = r"(?: [^\d\s,.;:]+){0,3}? " if self._spaced else r"(?:多|余)? ?"
        what = _any(self._meaning["counted"], bounded=self._spaced)
        magnitude = rf"(?: ?(?P<magnitude>{_any(self._meaning['magnitudes'], bounded=False)}))?"
        return re.compile(rf"{_START}{self._figure}{magnitude}{between}(?P<what>{what})")

    @cached_property
    def _term(self) -> re.Pattern[str]:
        days = _any(self._meaning["days"], bounded=self._spaced)
        return re.compile(rf"{_START}{self._figure} ?(?:{days})")

    @cached_property
    def _dates(self) -> tuple[re.Pattern[str], ...]:
        months = self._meaning["months"]
        if not months:
            return (
                re.compile(
                    r"(?:(?P<year>\d{4}) ?年 ?)?(?P<month>\d{1,2}) ?月 ?(?P<day>\d{1,2}) ?日(?!内)"
                ),
            )
        month = f"(?P<month>{_any(months, bounded=True)})"
        year = r"(?:,? (?P<year>(?:19|20)\d{2})\b)?"
        return (
            re.compile(rf"\b{month}\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d){year}"),
            re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)? (?:of )?{month}\b{year}"),
        )


def _grouped(written: str, separator: str) -> bool:
    """Whether a separator stands between thousands: 18,200 but not 18,2."""
    groups = written.split(separator)
    return len(groups) > 1 and all(len(group.split(".")[0]) >= 3 for group in groups[1:])  # noqa: PLR2004


def _any(words: Iterable[str], *, bounded: bool) -> str:
    """Match any of the words, the longest first; nothing where there are none."""
    found = "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))
    if not found:
        return "(?!)"
    return rf"\b(?:{found})\b" if bounded else f"(?:{found})"


def amount_told(amount: Amount) -> str:
    """Put an amount into words: 2.8 billion USD."""
    for size, word in ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")):
        if amount.value >= size:
            return f"{amount.value / size:.4g}{word} {amount.currency}"
    return f"{amount.value:,.0f} {amount.currency}"
