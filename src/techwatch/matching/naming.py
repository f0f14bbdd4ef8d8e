"""The word lists by which names are told from other capitals, compiled for one language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techwatch.model import Baseline, Naming

# Gives the common words of English, and all words that are known, in small letters.
Dictionary = Callable[[], tuple[frozenset[str], frozenset[str]]]

_WORD = re.compile(r"[a-z\u00df-\u024f]+(?:['’][a-z]+)?")
_ENDINGS = ("'s", "s", "es", "ed", "d", "ing", "er", "ers", "ly")
_SHORTEST_STEM = 3
_LONGEST_PHRASE = 5  # words
_CREDIT = 40  # characters behind "photo by" in which names are those of photographers and papers
_YEAR = re.compile(r"\s+(?:of|av)\s+(?:19|20)\d\d$")
_BRACKETED = re.compile(r"\s*[(（][^()（）]*[)）]\s*")  # (征求意见稿): a draft of the same law
_CHINESE_SPACE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_STATE = "中华人民共和国"  # before the short title of a Chinese law


@dataclass(frozen=True)
class Words:
    """One language's lists, folded; and the words that are no names however they are written."""

    law_endings: frozenset[str]
    law_heads: frozenset[str]
    bodies: frozenset[str]
    company_endings: frozenset[str]
    legal_forms: frozenset[str]
    titles: frozenset[str]
    joiners: frozenset[str]
    law_joiners: frozenset[str]
    small: frozenset[str]
    openers: frozenset[str]
    breaks: frozenset[str]
    ordinary: frozenset[str]
    calendar: frozenset[str]
    places: frozenset[str]
    media: frozenset[str]
    tails: frozenset[str]
    word_endings: tuple[str, ...]
    credits: re.Pattern[str]
    boilerplate: re.Pattern[str]
    plain: frozenset[str]  # words in which events are told, in small letters
    dictionary: Dictionary

    @classmethod
    def of(cls, naming: Naming, plain: frozenset[str], dictionary: Dictionary) -> Words:
        """Fold the lists; what else is no name is in small letters already."""
        return cls(
            law_endings=_folded(naming.law_endings),
            law_heads=_folded(naming.law_heads),
            bodies=_folded(naming.bodies),
            company_endings=_folded(naming.company_endings),
            legal_forms=_folded(naming.legal_forms),
            titles=_folded(naming.titles),
            joiners=_folded(naming.joiners),
            law_joiners=_folded(naming.law_joiners),
            small=_folded(naming.small),
            openers=_folded(naming.openers),
            breaks=_folded(naming.breaks),
            ordinary=_folded(naming.ordinary),
            calendar=_folded(naming.calendar),
            places=_folded(naming.places),
            media=_folded(naming.media),
            tails=_folded(naming.tails),
            word_endings=tuple(naming.word_endings),
            credits=_any_of(naming.credits),
            boilerplate=_any_of(naming.boilerplate),
            plain=plain,
            dictionary=dictionary,
        )

    @cached_property
    def any_company(self) -> re.Pattern[str]:
        """Match an ending of a company's name, the longest that stands there."""
        return _longest_of(self.company_endings)

    @cached_property
    def any_kind(self) -> re.Pattern[str]:
        """Match a place, a paper or a kind of company before a name, in a script without spaces."""
        return _longest_of(self.places | self.ordinary | self.media)

    def is_plain(self, folded: str) -> bool:
        """Whether a word is one in which events are told, as it stands or inflected."""
        return _is_in(folded, self.plain)

    def is_common(self, folded: str) -> bool:
        """Whether a word is one of running text, as it stands or inflected."""
        return _is_in(folded, self.plain) or _is_in(folded, self.dictionary()[0])

    def is_listed(self, folded: str) -> bool:
        """Whether a word is in the dictionary, as it stands or inflected, or is made like one."""
        if folded.removesuffix("s").endswith(self.word_endings):
            return True
        return _is_in(folded, self.plain) or _is_in(folded, self.dictionary()[1])

    def names_nobody(self, folded: str) -> bool:
        """Whether a word or phrase is a place, a paper, a day, or in the list of ordinary ones."""
        return (
            folded in self.ordinary
            or folded in self.places
            or folded in self.media
            or folded in self.calendar
        )

    def credited(self, text: str, start: int, end: int) -> list[range]:
        """Return where in a sentence those stand who tell, not those who are told of."""
        found = self.credits.finditer(text, start, end)
        return [range(match.end(), match.end() + _CREDIT) for match in found]

    def key(self, surface: str) -> str:
        """Fold a name, less what one writer adds and another leaves out.

        "The Acme Co., Ltd." and "ACME" share a key, and so do 《某某办法》 and its 征求意见稿.
        """
        text = _BRACKETED.sub(" ", surface).strip(" .,\"'“”‘’《》〈〉")
        folded = _YEAR.sub("", " ".join(re.sub(r"[.,'\"]", "", fold(text).text).split()))
        folded = _CHINESE_SPACE.sub("", folded.removeprefix("the ")).removeprefix(_STATE)
        return self._without_legal_form(folded)

    def _without_legal_form(self, folded: str) -> str:
        words = folded.split()
        while len(words) > 1 and words[-1] in self.legal_forms:
            words.pop()
        text = " ".join(words)
        if text.isascii():
            return text
        forms = (form for form in self.legal_forms if not form.isascii() and text.endswith(form))
        longest = max(forms, key=len, default="")
        return text.removesuffix(longest) if len(text) - len(longest) > 1 else text


def no_dictionary() -> tuple[frozenset[str], frozenset[str]]:
    """Stand for a dictionary without words."""
    return frozenset(), frozenset()


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Match any of the phrases as whole words; nothing where there are none."""
    listed = "|".join(re.escape(phrase) for phrase in phrases)
    return re.compile(
        rf"(?<![A-Za-z0-9])(?:{listed})(?![A-Za-z0-9])" if listed else r"(?!)", re.IGNORECASE
    )


def _longest_of(phrases: Iterable[str]) -> re.Pattern[str]:
    listed = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return re.compile("|".join(map(re.escape, listed)) or r"(?!)")


def _is_in(folded: str, words: frozenset[str]) -> bool:
    if folded in words:
        return True
    stems = (folded[: -len(e)] for e in _ENDINGS if folded.endswith(e))
    return any(len(s) >= _SHORTEST_STEM and (s in words or f"{s}e" in words) for s in stems)


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(word).text.strip() for word in words)


def vocabulary_words(baseline: Baseline) -> frozenset[str]:
    """Return the words in which events and topics are told: none of them is a name."""
    found: set[str] = set()
    for vocabulary in baseline.vocabularies.values():
        patterns = [*vocabulary.topics, *vocabulary.noise]
        patterns += [trigger.pattern for trigger in vocabulary.triggers]
        patterns += [p for listed in vocabulary.markers.values() for p in listed]
        found.update(
            *(_WORD.findall(fold(pattern).text) for pattern in patterns if "=" not in pattern)
        )
    return frozenset(found)


def phrase_at(folded: list[str], at: int, phrases: frozenset[str]) -> int:
    """Return how many words from `at` on are the longest of some phrases; 0 if none is."""
    for count in range(min(_LONGEST_PHRASE, len(folded) - at), 0, -1):
        if " ".join(folded[at : at + count]) in phrases:
            return count
    return 0
