"""Tell whether an item tells the event of a story: the same news in other words, or the next news.

Who did what to whom comes before likeness of words: two bans of one app in two states share every
word but one. A later rung of one ladder is the next news, however alike the headlines.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.model import Feature
from techwatch.text import digest, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from techwatch.assessment.reading import Reading
    from techwatch.model import Story, Telling

_WORD = re.compile(r"[a-z0-9$€£.%']+")
_CJK = re.compile(r"[\u3400-\u9fff]")
_NUMBER = re.compile(r"\d[\d.,]*")
_COMMON_WORDS = """
a an and are as at be been by for from has have in into is it its of on or over that the their this
to under up was were will with after amid new says said say us u.s he she his her they them who
which while than more most not no but about out off
"""
_STOP = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True, slots=True)
class Signs:
    """What a headline offers for comparison."""

    language: str
    text: str  # folded, common words dropped
    words: frozenset[str]
    bigrams: frozenset[str]  # of Chinese characters
    numbers: frozenset[str]
    places: frozenset[str]  # jurisdictions named
    bodies: frozenset[str]  # parliaments, ministries, courts and offices named


def signs(title: str, language: str, places: frozenset[str], bodies: Iterable[str] = ()) -> Signs:
    """Read a headline. `bodies` are its words for those who act, as they stand there."""
    text = fold(title).text
    words = [w.strip(".'") for w in _WORD.findall(text)]
    kept = [_stem(w) for w in words if w and w not in _STOP]
    characters = "".join(c if _CJK.match(c) else " " for c in text)
    return Signs(
        language=language,
        text=" ".join(kept),
        words=frozenset(kept),
        bigrams=frozenset(
            run[i : i + 2] for run in characters.split() for i in range(len(run) - 1)
        ),
        numbers=frozenset(_NUMBER.findall(text)),
        places=places,
        bodies=frozenset(_body(body) for body in bodies),
    )


def headline(title: str) -> Signs:
    """Read a headline for its words alone."""
    return signs(title, "", frozenset())


def comparable(a: Signs, b: Signs) -> bool:
    """Whether two headlines share a script."""
    return bool((a.words and b.words) or (a.bigrams and b.bigrams))


def _body(surface: str) -> str:
    """Bring the words for one body together: senators sit in the senate."""
    folded = fold(surface).text.removeprefix("u.s. ").removeprefix("us ")
    return next((body for words, body in _BODIES.items() if words in folded), folded)


_BODIES = {
    "senat": "senate",
    "house re": "house",
    "house co": "house",
    "house pa": "house",
    "lawmaker": "congress",
    "congress": "congress",
    "capitol": "congress",
    "commission": "commission",
}


def _stem(word: str) -> str:
    """Cut the commonest English endings: bans, banned, banning are one word."""
    for ending in ("ning", "ned", "ing", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:  # noqa: PLR2004 - a stem
            return word[: -len(ending)]
    return word


# What each sign adds to the log-odds that an item tells a story's event.
BIAS = -4.0
WEIGHTS: Mapping[str, float] = {
    "same_step": 0.4,
    "same_type": 0.3,
    "other_rung": -0.5,
    "same_jurisdiction": 1.3,
    "other_jurisdiction": -0.5,
    "same_place": 1.4,
    "other_place": -1.3,
    "same_body": 1.4,
    "alike": 3.6,
    "same_number": 0.8,
    "days": -1.1,
    "other_entities": -0.5,
    "key_alone": 2.0,
}
SENTENCES: Mapping[str, str] = {
    "same_step": "the same rung of the same ladder",
    "same_type": "the same kind of event",
    "other_rung": "another rung of the ladder",
    "same_jurisdiction": "the same jurisdiction acts",
    "other_jurisdiction": "another jurisdiction acts",
    "other_place": "a place that the other headlines don't name",
    "same_place": "the same place",
    "same_body": "the same parliament, ministry, court or office",
    "alike": "likeness of the headlines",
    "same_number": "the same figure",
    "days": "days since the last telling",
    "other_entities": "no actor or law in common",
    "key_alone": "the same who, what and whom, told in another language",
}


def same_story(
    reading: Reading,
    own: Signs,
    story: Story,
    tellings: Sequence[Signs],
    at: datetime | None,
) -> tuple[float, tuple[Feature, ...]]:
    """Return how surely the item tells the story's event, 0 to 1, and why."""
    values = _key(reading, story)
    values |= _likeness(own, tellings)
    values["key_alone"] = float(
        bool(tellings)
        and all(t.language != own.language for t in tellings)
        and bool(values.get("same_step") or values.get("same_type"))
        and bool(values.get("same_jurisdiction"))
    )
    values["days"] = _days(story, at)
    values["other_entities"] = float(
        bool(story.entity_ids)
        and bool(reading.entity_ids)
        and not set(story.entity_ids) & set(reading.entity_ids)
    )
    total = BIAS + sum(WEIGHTS[name] * value for name, value in values.items())
    found = tuple(
        Feature(f"story.{name}", value, WEIGHTS[name], SENTENCES[name])
        for name, value in values.items()
        if value
    )
    return 1 / (1 + math.exp(-total)), found


def _key(reading: Reading, story: Story) -> dict[str, float]:
    """Compare who did what: the event key."""
    main = reading.main
    if main is None or story.event_type is None:
        return {}
    event = main.event
    track = event.track == story.track
    rungs = event.rung is not None and story.rung is not None
    both = event.jurisdiction is not None and story.jurisdiction is not None
    return {
        "same_step": float(track and rungs and event.rung == story.rung),
        "same_type": float(event.event_type == story.event_type),
        "other_rung": float(track and rungs and event.rung != story.rung),
        "same_jurisdiction": float(both and event.jurisdiction == story.jurisdiction),
        "other_jurisdiction": float(both and event.jurisdiction != story.jurisdiction),
    }


def _likeness(own: Signs, tellings: Sequence[Signs]) -> dict[str, float]:
    if not tellings:
        return {}
    places = frozenset().union(*(t.places for t in tellings))
    bodies = frozenset().union(*(t.bodies for t in tellings))
    return {
        "same_body": float(bool(own.bodies & bodies)),
        "alike": max(alike(own, t) for t in tellings),
        "same_number": float(any(own.numbers & t.numbers for t in tellings)),
        "same_place": float(bool(own.places & places)),
        "other_place": float(bool(own.places and places) and not own.places & places),
    }


def alike(a: Signs, b: Signs) -> float:
    """Compare two headlines, 0 to 1; 0 where they share no script."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - 10 ms that an item judged alone doesn't pay

    latin = fuzz.token_set_ratio(a.text, b.text) / 100 if a.text and b.text else 0.0
    overlap = _dice(a.words, b.words)
    chinese = _dice(a.bigrams, b.bigrams)
    return max((latin + 2 * overlap) / 3 if a.words and b.words else 0.0, chinese)


def _dice(a: frozenset[str], b: frozenset[str]) -> float:
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _days(story: Story, at: datetime | None) -> float:
    """Days between the item and the story's nearest telling; 0 where the item has no time."""
    if at is None or story.first_at <= at <= story.last_at:
        return 0.0
    nearest = story.last_at if at > story.last_at else story.first_at
    return abs((at - nearest).total_seconds()) / 86400


def find_story(
    reading: Reading,
    own: Signs,
    open_stories: Sequence[Story],
    read: Callable[[Telling], Signs],
    at: datetime | None,
    *,
    cutoff: float,
    days: int,
) -> Story | None:
    """Return the story that the item most likely tells, or None; ties go to the older story."""
    best: tuple[float, Story] | None = None
    for story in sorted(open_stories, key=lambda s: (s.first_at, s.id)):
        if _days(story, at) > days:
            continue
        sure, _ = same_story(reading, own, story, [read(t) for t in story.tellings], at)
        if sure >= cutoff and (best is None or sure > best[0]):
            best = sure, story
    return best[1] if best else None


def story_id(item_id: str) -> str:
    """Name a story after the item that opens it; the same everywhere."""
    return digest("story", item_id)[:16]
