"""Verdicts on items that nothing follows from, as most are: stored many at a time.

An item that is unrelated to the topic opens no story and moves nothing. Stored by itself it would
take longer than it takes to judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from techwatch.model import Verdict
from techwatch.storage import tables as t
from techwatch.storage.evidence import dump_assessment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from techwatch.model import Judged

_JUDGED = select(t.assessments.c.item_id).where(t.assessments.c.item_id == bindparam("of")).limit(1)
_ITEM = update(t.items).where(t.items.c.id == bindparam("of"))


def is_plain(connection: Connection, judged: Judged) -> bool:
    """Whether an item's verdict is its first, and is that it is unrelated."""
    if judged.story_id is not None or judged.assessment.verdict is not Verdict.UNRELATED:
        return False
    if judged.stored.revision > 1:
        return False
    return connection.scalar(_JUDGED, {"of": judged.stored.item.id}) is None


def save(connection: Connection, plain: Sequence[Judged]) -> None:
    """Store such verdicts, each of another item."""
    if not plain:
        return
    connection.execute(insert(t.assessments), [_row(judged) for judged in plain])
    named = [
        {"item_id": judged.stored.item.id, "entity_id": entity}
        for judged in plain
        for entity in sorted({mention.entity_id for mention in judged.assessment.mentions})
    ]
    if named:
        connection.execute(insert(t.item_entities), named)
    ids = [{"of": judged.stored.item.id, "judged_revision": 1} for judged in plain]
    connection.execute(_ITEM, ids)


def _row(judged: Judged) -> dict[str, object]:
    assessment = judged.assessment
    return {
        "item_id": judged.stored.item.id,
        "revision": judged.stored.revision,
        "verdict": assessment.verdict,
        "score": assessment.score,
        "story_id": None,
        "evidence": dump_assessment(assessment),
        "model_version": assessment.model_version,
        "judged_at": judged.judged_at,
    }
