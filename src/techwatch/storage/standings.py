"""What reports made of entities' state, as people judged it: what an item is compared with.

A busy entity has thousands of standings, of which few have a say: an event is compared with the
first that stands highest, and whether it is told again is asked of those of the last days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, select, union_all

from techwatch.model import Decision, ReportedStanding, Standing
from techwatch.storage import tables as t
from techwatch.storage.judgements import WORDS, in_force

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row


def read(
    connection: Connection,
    entity_ids: Collection[str],
    without_story: str | None = None,
    before: tuple[datetime, str] | None = None,
    recent: datetime | None = None,
) -> tuple[Standing, ...]:
    """Read standings in the order in which they were stored.

    What a rejected story brought is left out. What one brought that was accepted, or known
    before, is no longer that story's but part of what is known.

    Args:
        connection: of the transaction.
        entity_ids: of whom.
        without_story: leave out what this story brought.
        before: the time of an item's news, and its id: what was reported later is left out.
        recent: of what was reported before this time, only the first of each entity on each rung
            by each power is read; None: all is.
    """
    if not entity_ids:
        return ()
    s = t.standings.c
    conditions: list[ColumnElement[bool]] = [s.entity_id.in_(sorted(entity_ids))]
    if without_story is not None:
        conditions.append(s.story_id != without_story)
    if before is not None:
        at, item_id = before
        conditions.append((s.at < at) | ((s.at == at) & (s.item_id < item_id)))
    wanted = select(t.standings).where(*conditions)
    if recent is not None:
        first = select(func.min(s.id)).where(*conditions, ~_rejected())
        first = first.group_by(s.entity_id, s.track, s.rung, s.jurisdiction)
        last = select(s.id).where(*conditions, s.at >= recent)
        wanted = select(t.standings).where(s.id.in_(union_all(first, last)))
    rows = connection.execute(wanted.order_by(s.id)).all()
    told = select(s.story_id).where(s.id.in_([row.id for row in rows]))
    judged = {i: row.decision for i, row in in_force(connection, told).items()} if rows else {}
    return tuple(
        _standing(row, None if row.story_id in judged else row.story_id)
        for row in rows
        if judged.get(row.story_id) != Decision.REJECT
    )


def _standing(row: Row[Any], story_id: str | None) -> Standing:
    return Standing(
        entity_id=row.entity_id,
        track=row.track,
        rung=row.rung,
        jurisdiction=row.jurisdiction,
        since=row.since,
        reason=row.reason,
        source=row.source,
        story_id=story_id,
    )


def first_of_each(connection: Connection, entity_id: str) -> tuple[ReportedStanding, ...]:
    """Read the first standing that news gave an entity on each rung, by each power.

    The first by the time of the news, whenever it was judged. Rejected stories are left out; one
    that was accepted or known before is news all the same.
    """
    s, i = t.standings.c, t.items.c
    place = func.row_number().over(
        partition_by=[s.track, s.rung, s.jurisdiction], order_by=[s.at, s.id]
    )
    own = select(s.id, place.label("place")).where(s.entity_id == entity_id, ~_rejected())
    first = own.subquery()
    wanted = (
        select(t.standings, i.link, i.language, t.feeds.c.publisher)
        .join(first, first.c.id == s.id)
        .join(t.items, i.id == s.item_id)
        .join(t.feeds, t.feeds.c.url == i.feed_url)
        .where(first.c.place == 1)
        .order_by(s.at, s.id)
    )
    return tuple(
        ReportedStanding(
            standing=_standing(row, row.story_id),
            publisher=row.publisher,
            language=row.language,
            link=row.link,
        )
        for row in connection.execute(wanted)
    )


def _rejected() -> ColumnElement[bool]:
    """Whether the judgement in force on the story of a standing, the latest, rejects it."""
    j, later = t.judgements.c, t.judgements.alias()
    overruled = exists().where(
        later.c.story_id == j.story_id, later.c.id > j.id, later.c.undone_at.is_(None),
        later.c.decision.in_(WORDS),
    )  # fmt: skip
    return exists().where(
        j.story_id == t.standings.c.story_id,
        j.undone_at.is_(None),
        j.decision == Decision.REJECT,
        ~overruled,
    )
