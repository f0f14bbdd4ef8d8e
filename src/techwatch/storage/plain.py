"""Verdicts on items that match nothing, as most do: stored together at the end of a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, delete, exists, insert, or_, select, update

from techwatch.model import Verdict
from techwatch.storage import tables as t
from techwatch.storage.evidence import dump_assessment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter, Connection

    from techwatch.model import Assessment, Judged


def is_plain(judged: Judged) -> bool:
    """Whether nothing follows from a verdict, and it is on the first text of an item."""
    assessment = judged.assessment
    return (
        judged.stored.revision == 1
        and judged.story_id is None
        and assessment.verdict is Verdict.UNRELATED
    )


class Plain(NamedTuple):
    """A verdict from which nothing follows, on the first text of an item."""

    item_id: str
    assessment: Assessment
    at: datetime  # of the item's news
    judged_at: datetime


def save(connection: Connection, verdicts: Sequence[tuple[Judged, datetime]]) -> None:
    """Store verdicts on items that were never judged, each with the time of its news.

    Repeating it changes nothing.
    """
    found = [Plain(j.stored.item.id, j.assessment, at, j.judged_at) for j, at in verdicts]
    ids = [one.item_id for one in found]
    for forget in _FORGET:
        connection.execute(forget, {"ids": ids})
    add(connection, found)
    connection.execute(_JUDGED, {"ids": ids})


def add(connection: Connection, verdicts: Sequence[Plain]) -> None:
    """Store verdicts on items that have none, not even one that failed."""
    rows = [
        {
            "item_id": one.item_id,
            "revision": 1,
            "verdict": one.assessment.verdict,
            "score": one.assessment.score,
            "story_id": None,
            "evidence": dump_assessment(one.assessment),
            "model_version": one.assessment.model_version,
            "judged_at": one.judged_at,
        }
        for one in verdicts
    ]
    named = [
        {"item_id": one.item_id, "entity_id": entity, "at": one.at}
        for one in verdicts
        for entity in sorted({mention.entity_id for mention in one.assessment.mentions})
    ]
    if rows:
        connection.execute(insert(t.assessments), rows)
    if named:
        connection.execute(insert(t.item_entities), named)


def told(connection: Connection, verdicts: Sequence[Judged]) -> set[str]:
    """Return which of these items told something before, by id: from them something follows."""
    ids = [judged.stored.item.id for judged in verdicts]
    return set(connection.scalars(_TOLD, {"ids": ids}))


_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_FORGET = (
    delete(t.assessments).where(t.assessments.c.item_id.in_(_IDS), t.assessments.c.revision == 1),
    delete(t.item_entities).where(t.item_entities.c.item_id.in_(_IDS)),
    delete(t.set_aside).where(t.set_aside.c.item_id.in_(_IDS)),
)
_JUDGED = update(t.items).where(t.items.c.id.in_(_IDS)).values(judged_revision=1)
_TOLD = select(t.items.c.id).where(
    t.items.c.id.in_(_IDS),
    or_(
        *(
            exists().where(table.c.item_id == t.items.c.id)
            for table in (t.story_items, t.standings, t.sightings)
        )
    ),
)
