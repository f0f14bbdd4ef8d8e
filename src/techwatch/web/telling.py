"""Sentences that other modules say in English, said in the reader's language.

Errors, conditions of feeds, problems of files and reasons are written where they are found out, and
many are stored: they come to a page as English sentences. Here each is recognised by its form, one
of those that the translations list under a context of their own (`make messages` finds them in
the sources). What is put into a sentence is told likewise where it is a sentence itself. The API
says them as they are.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CONTEXT = "told"
_LONGEST = 1_000  # characters of a sentence that is looked at
_DEEPEST = 4  # sentences within sentences
_MOST_PARTS = 6  # of a sentence, joined by semicolons
_KEPT = 4_000  # sentences with their translations
_PLACE = re.compile(r"%\((\w+)\)s")
_ENGLISH = Markup('<span lang="en">{}</span>')
_FOREIGN = re.compile("[\ue000\ue001]")  # around what stays English within a sentence
_OF_OTHERS = frozenset({"error", "problem", "strerror", "parsed"})  # libraries say these
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_STANDS_IN = re.compile(r"(?P<place>[\w./-]+:\d+|[\w.]+): (?P<rest>.+)", re.DOTALL)


class Teller:
    """Tells sentences in one language; for any number of threads."""

    def __init__(self, language: str, forms: Iterable[tuple[str, str]]) -> None:
        """Make it of forms with their translations; none: everything is told in English."""
        self._language = language
        pairs = [(form, said) for form, said in forms if said]
        self._whole = {form: said for form, said in pairs if not _PLACE.search(form)}
        # Of two forms that fit, the one that says more of it itself is meant.
        parted = sorted((pair for pair in pairs if pair[0] not in self._whole), key=_told_itself)
        self._forms = [(_pattern(form), said) for form, said in parted]
        self._found = lru_cache(_KEPT)(self._find)

    def __call__(self, sentence: str) -> str:
        """Return a sentence in the language; in English, marked as such, where none fits."""
        if self._language == "en" or not sentence:
            return sentence
        found = self._look(sentence)
        if found is None:
            return _ENGLISH.format(sentence)
        pieces = _FOREIGN.split(found)  # every second one is English
        if len(pieces) == 1:
            return found
        told = (_ENGLISH.format(one) if n % 2 else escape(one) for n, one in enumerate(pieces))
        return Markup("").join(told)

    def _look(self, sentence: str) -> str | None:
        if len(sentence) > _LONGEST or _FOREIGN.search(sentence):
            return None
        return self._found(str(sentence))

    def _find(self, sentence: str, depth: int = 0) -> str | None:
        if depth > _DEEPEST:
            return None
        for one in _spellings(sentence):
            if (found := self._fitting(one, depth)) is not None:
                return found if one == sentence else found[:1].upper() + found[1:] + "."
        return self._in_parts(sentence, depth)

    def _fitting(self, sentence: str, depth: int) -> str | None:
        if sentence in self._whole:
            return self._whole[sentence]
        for pattern, said in self._forms:
            if found := pattern.fullmatch(sentence):
                values = {
                    name: self._value(name, text, depth) for name, text in found.groupdict().items()
                }
                return _PLACE.sub(lambda place: values[place[1]], said)  # noqa: B023 - used at once
        return None

    def _value(self, name: str, text: str, depth: int) -> str:
        found = self._find(text, depth + 1)
        if found is not None:
            return found
        if name in _OF_OTHERS and " " in text:
            return f"\ue000{text}\ue001"
        return _THOUSANDS.sub(lambda n: n[0].replace(",", "\u00a0"), text)

    def _in_parts(self, sentence: str, depth: int) -> str | None:
        """Tell "file.yaml:3: problem" by what follows the place, and "a; b" by its parts."""
        if placed := _STANDS_IN.fullmatch(sentence):
            found = self._find(placed["rest"], depth + 1)
            return None if found is None else f"{placed['place']}: {found}"
        joins = islice(re.finditer(r"(?<=.); (?=.)", sentence), _MOST_PARTS)
        for at in (join.start() for join in joins):
            first = self._find(sentence[:at], depth + 1)
            for rest, joined in ((sentence[at:], ""), (sentence[at + 2 :], "; ")):
                other = self._find(rest, depth + 1) if first is not None else None
                if other is not None:
                    return f"{first}{joined}{other}"
        return None


def _told_itself(pair: tuple[str, str]) -> int:
    return -len(_PLACE.sub("", pair[0]))


def _pattern(form: str) -> re.Pattern[str]:
    """Make what fits a form; what is put in may be anything, but for the empty text."""
    parts = _PLACE.split(form)
    seen: set[str] = set()
    made = ""
    for index, part in enumerate(parts):
        if index % 2 == 0:
            made += re.escape(part)
        else:
            made += f"(?P={part})" if part in seen else f"(?P<{part}>.+?)"
            seen.add(part)
    return re.compile(made, re.DOTALL)


def _spellings(sentence: str) -> Iterator[str]:
    """Give a sentence as it is, and as a part of one: small, without its full stop."""
    yield sentence
    if sentence.endswith(".") and sentence[:1].isupper():
        yield sentence[:1].lower() + sentence[1:-1]
