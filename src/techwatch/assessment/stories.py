"""Find the story that an item tells: the same news in other words, or news of its own.

An item is compared with every telling that came before it, by the time of the news, and joins the
story whose tellings it is most like on the average. What comes later is never asked, so that the
order in which feeds answer decides nothing: an item that arrives late is judged as if it had been
in time, and the later ones it concerns are judged again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from techwatch.assessment.likeness import Headline, alike, comparable, headline
from techwatch.assessment.pairs import SENTENCES, likelihood
from techwatch.text import digest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from techwatch.model import Signs, Story, Telling

__all__ = [
    "SENTENCES",
    "Headline",
    "alike",
    "comparable",
    "concerned",
    "find_story",
    "headline",
    "heir",
    "story_anchors",
    "story_id",
]

_COMPARED = 30  # tellings of one story, the newest: more of the same say no more
_WORD_ANCHORS = 6  # words of a headline under which its story is looked up
_LONGEST = 100  # letters of a word that anything is looked up by: longer ones are no words
_DAY = 86400

_likelihood = lru_cache(maxsize=200_000)(likelihood)


def find_story(
    signs: Signs,
    at: datetime,
    item_id: str,
    stories: Iterable[Story],
    *,
    cutoff: float,
    days: int,
) -> Story | None:
    """Return the story that the item most likely tells, or None; ties go to the older story."""
    compared: list[tuple[Story, Sequence[Telling]]] = []
    for story in stories:
        earlier = [t for t in story.tellings if (t.at, t.item_id) < (at, item_id)]
        if earlier and _days(at, earlier[-1].at) <= days:
            compared.append((story, earlier[-_COMPARED:]))
    return _likeliest(signs, at, compared, cutoff)


def heir(
    signs: Signs,
    at: datetime,
    item_id: str,
    stories: Iterable[Story],
    *,
    cutoff: float,
    days: int,
) -> Story | None:
    """Return the story that begins later and whose first telling would join this item.

    An item that arrives late becomes the first telling of that story, which keeps its identity
    and what readers were told of it.
    """
    compared: list[tuple[Story, Sequence[Telling]]] = []
    for story in stories:
        first = next(iter(story.tellings), None)
        if first is None or (first.at, first.item_id) < (at, item_id):
            continue
        if _days(at, first.at) <= days:
            compared.append((story, [first]))
    return _likeliest(signs, at, compared, cutoff)


def _likeliest(
    signs: Signs,
    at: datetime,
    compared: Iterable[tuple[Story, Sequence[Telling]]],
    cutoff: float,
) -> Story | None:
    """Return the story whose tellings are likest, from a cutoff on; ties go to the older one."""
    best: tuple[float, Story] | None = None
    for story, tellings in sorted(compared, key=lambda c: (c[0].first_at, c[0].id)):
        sure = likeness(signs, at, tellings)
        if sure >= cutoff and (best is None or sure > best[0]):
            best = sure, story
    return best[1] if best else None


def concerned(
    signs: Signs,
    at: datetime,
    item_id: str,
    stories: Iterable[Story],
    own: Collection[str],
    *,
    cutoff: float,
    days: int,
) -> dict[str, datetime]:
    """Return the later tellings, with their times, that may be judged otherwise for this item.

    Those of the stories that it joined or left (`own`), for the average is another now; those
    that it may have drawn to its story, which takes a likeness above the cutoff; and those that
    tell the same step, whose verdict may rest on the standing that it moved.
    """
    return {
        telling.item_id: telling.at
        for story in stories
        for telling in story.tellings
        if (telling.at, telling.item_id) > (at, item_id)
        and _days(at, telling.at) <= days
        and (
            story.id in own
            or _same_step(signs, telling.signs)
            or likeness(signs, at, [telling]) >= cutoff
        )
    }


def _same_step(a: Signs, b: Signs) -> bool:
    return bool(a.entities & b.entities and a.steps & b.steps)


def likeness(signs: Signs, at: datetime, tellings: Sequence[Telling]) -> float:
    """Return how surely an item tells what these tellings do, on the average, 0 to 1."""
    found = [_likelihood(signs, t.signs, round(_days(at, t.at), 2)) for t in tellings]
    return sum(found) / len(found)


def _days(one: datetime, other: datetime) -> float:
    return abs((one - other).total_seconds()) / _DAY


def story_anchors(signs: Signs, track: str | None) -> tuple[str, ...]:
    """Name what a story is looked up by: who is concerned, else the field and who acts; words.

    Words of the headline that belong to no name and to no field find the story among thousands
    of one actor, and those that name the actor differently or not at all.
    """
    if signs.entities:
        main = sorted(signs.entities)
    elif track is None:
        main = ["topic:general"]
    else:
        main = [f"topic:{signs.jurisdiction or 'any'}-{track}"]
    words = sorted(w for w in signs.words if w not in signs.names and w not in signs.field_words)
    longest = sorted((w for w in words if len(w) <= _LONGEST), key=lambda w: (-len(w), w))[
        :_WORD_ANCHORS
    ]
    acting = [f"by:{signs.jurisdiction}"] if signs.jurisdiction else []
    step = [f"step:{signs.step}"] if signs.step else []
    return (*main, *acting, *step, *(f"word:{word}" for word in longest))


def story_id(item_id: str) -> str:
    """Name a story after the item that opens it; the same everywhere."""
    return digest("story", item_id)[:16]
