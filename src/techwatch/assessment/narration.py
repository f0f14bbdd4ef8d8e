"""Tell news from narration: a headline that is a whole sentence of an account brings nothing new.

News is told in the present tense ("Nepal bans TikTok"), has just been done ("has banned"), or
names its day ("banned it on Friday"). A whole sentence without any of these, such as essays,
histories and background paragraphs are made of, recounts or explains.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techwatch.assessment.lexicon import Kind
from techwatch.assessment.told import ASSERTED
from techwatch.model import Mode

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from techwatch.assessment.told import Passage, Told

_LEAST_WORDS = 5  # shorter ones may be headlines with a full stop
_PROSE = 0.3  # share of words in small letters; headlines have fewer, or end without a full stop
_ENDS = re.compile(r"(?<!\b[A-Z])[.!][”\"’')]*$")  # "in the U.S." may end a headline
_DAY = re.compile(
    r"\b(?:today|tonight|yesterday|tomorrow|this (?:morning|evening|week)|"
    r"(?<!last )(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(r"\b(?:announces?|discloses?|unveils?|intends?)\b", re.IGNORECASE)
_PASSIVE = re.compile(r"\b(?:is|are|being)\s+$", re.IGNORECASE)
_PERFECT = re.compile(r"\b(?:has|have)\s+(?:\w+\s+)?(?:been\s+)?$", re.IGNORECASE)
_ANYONE = "authority"  # the context word for governments and officials without a name
_FIRST = 4  # characters: a name that begins a sentence, with an article or without
# Behind such a name: "China has barred gamers", "Alibaba is hiring", "Canada will ban the app".
_UNDER_WAY = re.compile(
    r"\s(?:(?:has|have)(?:\s+been)?\s+(?!been\b|said\b)\w+(?:ed|en|t)|"
    r"(?:is|are)\s+\w+ing|(?:will|plans? to)\s+\w+)\b",
    re.IGNORECASE,
)
_CONDITIONAL = re.compile(r"\b(?:would|could|might|may)\b", re.IGNORECASE)
_SAYING = re.compile(r"sa(?:y|ys|id)$", re.IGNORECASE)
_PAST = re.compile(
    r"(?:\w+ed|began|bought|built|came|fell|gave|led|made|said|sold|told|took|won)\b", re.IGNORECASE
)
_GERUND = re.compile(r"\w+ing\b", re.IGNORECASE)
_THIRD_PERSON = re.compile(r"\b(?!this\b)\w{2,}[^\Ws]s\b|\b(?:is|are)\b", re.IGNORECASE)
_ADJECTIVE = re.compile(r"(?:ese|an|ish)$", re.IGNORECASE)
# Behind several names a verb in its base form is in the present: "Apple and Google remove it".
_SEVERAL = re.compile(r"\b(?:and|along with)\b|s$")
# Plural nouns that look like verbs of the third person.
_PLURALS = re.compile(
    r"(?:accounts|breaches|charges|concerns|controls|curbs|flaws|hackers|investments|investors|leaks|"
    r"logs|partners|partnerships|regulations|researchers|restrictions|rules|sanctions|talks|tariffs)\b",
    re.IGNORECASE,
)


def is_narration(title: Passage, told: Sequence[Told], language: str) -> bool:
    """Whether a headline is a sentence of an account. English only; others never are.

    Only headlines are asked: where there is none, the first sentence of news is in the past too.
    """
    text = title.text
    if language != "en" or not _is_prose(text) or _ANNOUNCES.search(text):
        return False
    names = _names(title, but=_ANYONE)
    if any(start <= _FIRST and _UNDER_WAY.match(text, end) for start, end in names):
        return False
    ends = {end for _, end in _names(title)}
    return not any(
        _is_news(text, one, ends) if one.event.field is title.field else one.is_step for one in told
    )


def _names(title: Passage, but: str | None = None) -> list[tuple[int, int]]:
    """Where those who may act are named; "Chinese" is an adjective and no one's name."""
    words = [
        (w.start, w.end) for w in title.words if w.word.kind is Kind.CONTEXT and w.word.value != but
    ]
    named = words + [(m.start, m.end) for m in title.mentions]
    return [span for span in named if not _ADJECTIVE.search(title.text, *span)]


def _is_prose(text: str) -> bool:
    words = text.split()
    small = sum(word[:1].islower() for word in words)
    return len(words) >= _LEAST_WORDS and small >= _PROSE * len(words) and bool(_ENDS.search(text))


def _is_news(text: str, one: Told, names_end: Collection[int]) -> bool:
    event = one.event
    if one.background or event.mode not in {*ASSERTED, Mode.PROPOSED}:
        return False
    if _CONDITIONAL.search(event.surface) or _SAYING.match(event.surface):
        return False
    before = text[: event.start]
    if _is_present(before, event.surface, names_end, anywhere=one.is_step):
        return True
    return bool(_DAY.search(text)) or (one.is_step and bool(_PERFECT.search(before)))


def _is_present(before: str, surface: str, names_end: Collection[int], *, anywhere: bool) -> bool:
    """Whether a phrase is told in the present; `anywhere` in it for "judge … blocks … ban"."""
    if _PAST.match(surface):
        return bool(_PASSIVE.search(before))
    if _GERUND.match(surface):
        return False
    verbs = [m for m in _THIRD_PERSON.finditer(surface) if not _PLURALS.match(m.group())]
    if any(anywhere or verb.start() == 0 for verb in verbs):
        return True
    several = len(before.rstrip(" ,")) in names_end and _SEVERAL.search(before)
    return bool(several) and not _PLURALS.match(surface)
