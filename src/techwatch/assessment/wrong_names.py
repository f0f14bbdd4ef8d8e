"""Names that mean another: a person said so of one story, and it holds for what tells the same.

A name is taken for somebody else's in the items of that story, and in items near in time that tell
what they told, by the same likeness by which items join a story. Nowhere else: that a name always
means another is for the baseline to say, as a false friend. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from techwatch.assessment.stories import likeness
from techwatch.model import Feature, Signs
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from techwatch.assessment.reading import Reading
    from techwatch.model import Baseline, Mention, WrongName

_DAY = 86400


def corrected(
    reading: Reading,
    at: datetime,
    wrong: Sequence[WrongName],
    baseline: Baseline,
    *,
    cutoff: float,
    days: int,
) -> tuple[tuple[Mention, ...], tuple[Feature, ...]]:
    """Return an item's mentions as people taught them, and what they said that is heeded.

    Args:
        reading: the item as it reads untaught.
        at: the time of its news.
        wrong: what was said of entities that it names, the earliest first.
        baseline: for the names of entities.
        cutoff: so surely must it tell what the judged items told, 0 to 1.
        days: so near must they be in time.
    """
    mentions, said = reading.mentions, []
    for one in wrong:
        if _concerns(one, reading, at, cutoff, days):
            changed = tuple(m for before in mentions for m in _renamed(before, one))
            if changed != mentions:
                mentions = changed
                said.append(_said(one, baseline))
    return mentions, tuple(said)


def _concerns(one: WrongName, reading: Reading, at: datetime, cutoff: float, days: int) -> bool:
    """Whether an item is one of the story that a person spoke of, or tells the same."""
    if any(telling.item_id == reading.item_id for telling in one.tellings):
        return True
    near = [
        telling
        for telling in one.tellings
        if telling.signs != Signs() and abs((at - telling.at).total_seconds()) <= days * _DAY
    ]
    return bool(near) and likeness(reading.signs, at, near) >= cutoff


def _renamed(mention: Mention, one: WrongName) -> tuple[Mention, ...]:
    said = one.judgement
    if mention.entity_id != said.entity_id or fold(mention.surface).text not in one.names:
        return (mention,)
    return (replace(mention, entity_id=said.right_id),) if said.right_id else ()


def _said(one: WrongName, baseline: Baseline) -> Feature:
    said = one.judgement
    wrong, right = (
        baseline.entities[i].name if i in baseline.entities else i
        for i in (said.entity_id or "", said.right_id or "")
    )
    instead = f" but {right}" if right else ""
    note = f": {said.note.rstrip('.')}" if said.note else ""
    sentence = f"Not {wrong}{instead} is meant, said {said.by} on {said.at:%Y-%m-%d}{note}."
    return Feature("said", 1.0, 0.0, sentence)
