"""How surely two items tell one event: the signs for and against, with their weights.

Who did what to whom comes before likeness of words: two bans of one app in two states share every
word but one. The weights are those of a logistic regression over pairs of labelled items
(`python tools/fit_stories.py`), with a strong ridge: many weak signs carry over to other news
better than a few strong ones. Pairs in two languages have no labelled data; their weights are set
by hand and held by tests/assessment/languages.yaml.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from techwatch.assessment.likeness import dice, words_alike

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techwatch.model import Signs

# What each sign adds to the log-odds that two items tell one event.
BIAS = -2.88
WEIGHTS: Mapping[str, float] = {
    "same_kind": 0.38,
    "other_rung": -0.04,
    "other_mode": -0.10,
    "kinds": 0.55,
    "triggers": 0.51,
    "steps": 0.43,
    "same_jurisdiction": 0.65,
    "other_jurisdiction": -0.20,
    "same_place": 0.33,
    "other_place": -0.19,
    "more_places": -0.46,
    "other_state": -0.27,
    "nearby": 0.36,
    "same_body": 0.32,
    "one_essay": -0.31,
    "two_essays": -0.07,
    "title_words": 0.42,
    "all_words": 0.25,
    "covered": 0.63,
    "alike": 0.45,
    "rare": 0.37,
    "lacking": -0.51,
    "same_quantity": 0.11,
    "days": -0.91,
    "entities": 0.57,
    "no_entity": -0.48,
}
# Too rare among the labelled pairs to be fitted, and beyond doubt: set by hand, held in the fit.
HELD: Mapping[str, float] = {
    "elsewhere": -4.0,
    "other_step": -1.5,
    "undone": -3.0,
    "other_quantity": -4.0,
}
# The same for items in two languages, whose words can't be compared.
OTHER_BIAS = -3.6
OTHER_WEIGHTS: Mapping[str, float] = {
    "same_kind": 0.9,
    "kinds": 1.0,
    "steps": 1.0,
    "same_jurisdiction": 1.2,
    "other_jurisdiction": -2.0,
    "same_place": 0.6,
    "elsewhere": -3.0,
    "other_step": -0.8,
    "undone": -3.0,
    "other_place": -1.5,
    "more_places": -0.5,
    "same_quantity": 2.5,
    "other_quantity": -5.0,
    "entities": 1.6,
    "no_entity": -0.5,
    "rare": 2.0,
    "one_essay": -2.2,
    "days": -0.5,
}
SENTENCES: Mapping[str, str] = {
    "same_kind": "the same kind of event",
    "other_rung": "another rung of the ladder",
    "other_step": "another step was taken: the next news, not the same",
    "undone": "one step goes up the ladder, the other back",
    "other_mode": "one is planned or possible, the other is done",
    "kinds": "the headlines tell the same kinds of events",
    "triggers": "the headlines use words for the same events",
    "steps": "a step in common",
    "same_jurisdiction": "the same jurisdiction acts",
    "other_jurisdiction": "another jurisdiction acts",
    "same_place": "the same place",
    "other_place": "a place that the other headline doesn't name",
    "more_places": "one headline names further places",
    "other_state": "another state or province",
    "elsewhere": "another power acts, and the headlines name other places",
    "nearby": "a place in common, in headline or summary",
    "same_body": "the same parliament, ministry, court or office",
    "one_essay": "one is a comment, an explanation or a question",
    "two_essays": "both are comments, explanations or questions",
    "title_words": "words in common in the headlines",
    "all_words": "words in common in headline and summary",
    "covered": "one says nearly all that the other's headline says",
    "alike": "likeness of the headlines",
    "rare": "words in common that are no words of the field",
    "lacking": "words of the headline that the other item lacks",
    "same_quantity": "the same figure",
    "other_quantity": "another sum of the same currency",
    "days": "days between them",
    "entities": "actors and laws in common",
    "no_entity": "no actor or law in common",
}
_NAME, _FIELD_WORD, _WORD = 0.3, 0.6, 1.0  # how much a shared word says, by what it is
_RARE = 3  # so many shared words of no field are as many as can be
_FAR = 7.0  # days
_EU = "at be bg cy cz de dk ee es fi fr gr hr hu ie it lt lu lv mt nl pl pt ro se si sk"
_MEMBERS = frozenset(_EU.split())


def likelihood(a: Signs, b: Signs, days: float) -> float:
    """Return how surely two items, told so many days apart, tell one event: 0 to 1."""
    values = compare(a, b, days)
    if a.language == b.language:
        total = BIAS + _sum(WEIGHTS, values) + _sum(HELD, values)
    else:
        total = OTHER_BIAS + _sum(OTHER_WEIGHTS, values)
    return 1 / (1 + math.exp(-total))


def _sum(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    return sum(weight * values[name] for name, weight in weights.items())


def compare(a: Signs, b: Signs, days: float) -> dict[str, float]:
    """Return the value of every sign; the order of the two makes no difference."""
    return {
        **_key(a, b),
        **_places(a, b),
        **_words(a, b),
        "same_quantity": float(bool(a.quantities & b.quantities or a.numbers & b.numbers)),
        "other_quantity": float(_other_amount(a, b)),
        "days": min(_FAR, abs(days)),
    }


def _key(a: Signs, b: Signs) -> dict[str, float]:
    """Compare who did what, and in what manner it is told."""
    same_track = _track(a) is not None and _track(a) == _track(b)
    rungs = bool(same_track and _rung(a) and _rung(b))
    both = a.jurisdiction is not None and b.jurisdiction is not None
    return {
        "same_kind": float(a.kind is not None and a.kind == b.kind),
        "other_rung": float(rungs and a.step != b.step),
        "other_step": float(rungs and not a.steps & b.steps and a.mode == b.mode == "decided"),
        "undone": float(bool(a.step and b.step) and _goes_back(a) != _goes_back(b)),
        "other_mode": float(bool(a.mode and b.mode) and a.mode != b.mode),
        "kinds": _jaccard(a.kinds, b.kinds),
        "triggers": _jaccard(a.triggers, b.triggers),
        "steps": float(bool(a.steps & b.steps)),
        "same_jurisdiction": float(both and a.jurisdiction == b.jurisdiction),
        "other_jurisdiction": float(both and a.jurisdiction != b.jurisdiction),
        "entities": _jaccard(a.entities, b.entities),
        "no_entity": float(not a.entities & b.entities),
        "one_essay": float(a.essay != b.essay),
        "two_essays": float(a.essay and b.essay),
        "same_body": float(bool(a.bodies & b.bodies)),
    }


def _track(signs: Signs) -> str | None:
    return signs.step.partition("/")[0] if signs.step else None


def _rung(signs: Signs) -> str:
    return signs.step.partition("/")[2] if signs.step else ""


def _goes_back(signs: Signs) -> bool:
    return _rung(signs).startswith("-")


def _places(a: Signs, b: Signs) -> dict[str, float]:
    parts_a, parts_b = _parts(a.places), _parts(b.places)
    return {
        "same_place": float(bool(a.places & b.places)),
        "other_place": float(bool(a.places and b.places) and not a.places & b.places),
        "more_places": float(a.places != b.places),
        "other_state": float(bool(parts_a or parts_b) and not parts_a & parts_b),
        "nearby": float(bool((a.places | a.nearby) & (b.places | b.nearby))),
        "elsewhere": float(_elsewhere(a, b)),
    }


def _elsewhere(a: Signs, b: Signs) -> bool:
    """Whether two powers act in two places; a country acts in its states, the EU in its members."""
    if a.jurisdiction is None or b.jurisdiction is None or not (a.places and b.places):
        return False
    if _within(a.jurisdiction, b.jurisdiction):
        return False
    return not any(_within(one, other) for one in a.places for other in b.places)


def _within(a: str, b: str) -> bool:
    """Whether two jurisdictions are the same, or one is part of the other."""
    if "eu" in {a, b} and {a, b} & _MEMBERS:
        return True
    return a == b or a.startswith(f"{b}-") or b.startswith(f"{a}-")


def _parts(places: frozenset[str]) -> frozenset[str]:
    return frozenset(place for place in places if "-" in place)


def _words(a: Signs, b: Signs) -> dict[str, float]:
    all_a, all_b = a.words | a.more, b.words | b.more
    shared = all_a & all_b
    latin = words_alike(a.text, b.text, a.words, b.words)
    return {
        "title_words": _cosine(a, b, a.words, b.words),
        "all_words": _cosine(a, b, all_a, all_b),
        "covered": max(_covered(a, all_b), _covered(b, all_a)),
        "alike": latin if a.text and b.text else dice(a.words, b.words),
        "rare": min(_RARE, sum(_is_rare(a, w) and _is_rare(b, w) for w in shared)) / _RARE,
        "lacking": min(_lacking(a, all_b), _lacking(b, all_a)),
    }


def _weight(signs: Signs, word: str) -> float:
    if word in signs.names:
        return _NAME
    return _FIELD_WORD if word in signs.field_words else _WORD


def _is_rare(signs: Signs, word: str) -> bool:
    return word not in signs.names and word not in signs.field_words


def _cosine(a: Signs, b: Signs, words_a: frozenset[str], words_b: frozenset[str]) -> float:
    """Compare two sets of words, each weighed by what it is; 0 to 1."""
    shared = sum(((_weight(a, w) + _weight(b, w)) / 2) ** 2 for w in words_a & words_b)
    if not shared:
        return 0.0
    square_a = sum(_weight(a, w) ** 2 for w in words_a)
    square_b = sum(_weight(b, w) ** 2 for w in words_b)
    return min(1.0, shared / math.sqrt(square_a * square_b))


def _covered(signs: Signs, others: frozenset[str]) -> float:
    """Return the share of the headline that the other item says too."""
    whole = sum(_weight(signs, word) for word in signs.words)
    return sum(_weight(signs, w) for w in signs.words & others) / whole if whole else 0.0


def _lacking(signs: Signs, others: frozenset[str]) -> float:
    """Return how much of the headline the other item lacks; names of the baseline left out."""
    return sum(_weight(signs, w) for w in signs.words - others if w not in signs.names)


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a and b else 0.0


def _other_amount(a: Signs, b: Signs) -> bool:
    """Whether both headlines give sums of one currency, and the items have none in common."""
    shared = {q[:3] for q in a.sums} & {q[:3] for q in b.sums}
    return bool(shared) and not a.sums & b.quantities and not b.sums & a.quantities
