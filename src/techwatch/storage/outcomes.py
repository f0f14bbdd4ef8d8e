"""What a verdict leaves in the database: the assessment, the story that is told, standings."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from techwatch.model import Verdict
from techwatch.storage import aside, stories
from techwatch.storage import tables as t
from techwatch.storage.evidence import dump_assessment

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from techwatch.model import Judged, Standing


def save_assessment(connection: Connection, judged: Judged, at: datetime) -> bool:
    """Store the verdict; returns whether the item had one before."""
    item, assessment = judged.stored.item, judged.assessment
    key = {"item_id": item.id, "revision": judged.stored.revision}
    a, e = t.assessments.c, t.item_entities.c
    aside.take_up(connection, item.id)
    before = connection.execute(
        delete(t.assessments).where(a.item_id == item.id, a.revision == key["revision"])
    )
    connection.execute(
        insert(t.assessments).values(
            **key,
            verdict=assessment.verdict,
            score=assessment.score,
            story_id=judged.story_id,
            evidence=dump_assessment(assessment),
            model_version=assessment.model_version,
            judged_at=judged.judged_at,
        )
    )
    connection.execute(delete(t.item_entities).where(e.item_id == item.id))
    entities = sorted({mention.entity_id for mention in assessment.mentions})
    if entities:
        rows = [{"item_id": item.id, "entity_id": entity, "at": at} for entity in entities]
        connection.execute(insert(t.item_entities), rows)
    connection.execute(
        update(t.items)
        .where(t.items.c.id == item.id)
        .values(judged_revision=judged.stored.revision)
    )
    return before.rowcount > 0 or judged.stored.revision > 1


def tell(
    connection: Connection, judged: Judged, story_id: str, anchors: Collection[str], at: datetime
) -> None:
    """Tell a story by an item, as a development where the verdict says so."""
    item_id, assessment = judged.stored.item.id, judged.assessment
    stories.tell(connection, judged, story_id, anchors, at)
    if assessment.verdict.flagged:
        c = t.stories.c
        connection.execute(
            update(t.stories)
            .where(c.id == story_id, c.verdict.in_([Verdict.UNRELATED, Verdict.KNOWN]))
            .values(verdict=assessment.verdict)
        )
        development = {"id": story_id, "story_id": story_id, "item_id": item_id}
        stories.insert_missing(
            connection,
            t.developments,
            [development | {"created_at": judged.judged_at}],
        )


def move(connection: Connection, item_id: str, moved: Sequence[Standing], at: datetime) -> bool:
    """Replace the standings that an item brought; returns whether they are others."""
    s = t.standings.c
    key = (s.entity_id, s.track, s.rung, s.jurisdiction, s.story_id)
    wanted = select(*key).where(s.item_id == item_id)
    before = {tuple(row) for row in connection.execute(wanted)}
    after = {(m.entity_id, m.track, m.rung, m.jurisdiction, m.story_id) for m in moved}
    if before != after:
        connection.execute(delete(t.standings).where(s.item_id == item_id))
        rows = [asdict(standing) | {"item_id": item_id, "at": at} for standing in moved]
        if rows:
            connection.execute(insert(t.standings), rows)
    return before != after
