"""Verdicts on items that match nothing, as most do: stored together at the end of a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, exists, insert, or_, select, update

from techwatch.model import Verdict
from techwatch.storage import tables as t
from techwatch.storage.evidence import dump_assessment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter, Connection

    from techwatch.model import Judged


def is_plain(judged: Judged) -> bool:
    """Whether nothing follows from a verdict, and it is on the first text of an item."""
    assessment = judged.assessment
    return (
        judged.stored.revision == 1
        and judged.story_id is None
        and assessment.verdict is Verdict.UNRELATED
    )


def save(connection: Connection, verdicts: Sequence[tuple[Judged, datetime]]) -> None:
    """Store verdicts on items that were never judged, each with the time of its news.

    Repeating it changes nothing.
    """
    ids = [judged.stored.item.id for judged, _ in verdicts]
    rows = [
        {
            "item_id": judged.stored.item.id,
            "revision": judged.stored.revision,
            "verdict": judged.assessment.verdict,
            "score": judged.assessment.score,
            "story_id": None,
            "evidence": dump_assessment(judged.assessment),
            "model_version": judged.assessment.model_version,
            "judged_at": judged.judged_at,
        }
        for judged, _ in verdicts
    ]
    named = [
        {"item_id": judged.stored.item.id, "entity_id": entity, "at": at}
        for judged, at in verdicts
        for entity in sorted({mention.entity_id for mention in judged.assessment.mentions})
    ]
    for forget in _FORGET:
        connection.execute(forget, {"ids": ids})
    connection.execute(insert(t.assessments), rows)
    if named:
        connection.execute(insert(t.item_entities), named)
    connection.execute(_JUDGED, {"ids": ids})


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
