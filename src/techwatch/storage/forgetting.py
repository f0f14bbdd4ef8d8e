"""What a store in memory drops of an archive that is read for years: what no later item asks for.

Judging looks for open stories within weeks, for the step before within a year, and for standings
without end. Of old standings only the first of each kind has a say, see `_thin`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, union

from techwatch.storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection

_CHUNK = 500  # values in one statement
_MOST_KEPT = 20_000  # ids in one statement: databases bound the number of parameters


def forget(
    connection: Connection, before: datetime, standing_before: datetime, kept: Collection[str]
) -> None:
    """Drop stories last told before a time, and of older standings those without a say.

    Items of the ids in `kept` may be revised later: what hangs on them stays. If there are too
    many of them, nothing is dropped this time.
    """
    if len(kept) > _MOST_KEPT:
        return
    _thin(connection, standing_before, frozenset(kept))
    a, s, i, d = t.story_anchors, t.story_items, t.items, t.developments
    connection.execute(delete(a).where(a.c.at < before))
    needed = union(select(s.c.story_id).where(s.c.item_id.in_(kept)), select(a.c.story_id))
    old = (t.stories.c.last_at < before) & t.stories.c.id.not_in(needed)
    connection.execute(delete(t.stories).where(old))
    for table in (s, d):
        connection.execute(delete(table).where(table.c.story_id.not_in(select(t.stories.c.id))))
    told = select(s.c.item_id)
    connection.execute(delete(i).where(i.c.id.not_in(told), i.c.id.not_in(kept)))
    connection.execute(delete(t.revisions).where(t.revisions.c.item_id.not_in(select(i.c.id))))


def _thin(connection: Connection, before: datetime, kept: frozenset[str]) -> None:
    """Of older standings on one rung, of one entity and power, leave the first of two stories.

    An event is compared with the first that stands highest, and not with its own story: if that
    is the first one's, the next story's has the say. Whether a step is told again is asked of
    standings of the last days only.
    """
    c = t.standings.c
    wanted = select(c.id, c.entity_id, c.track, c.rung, c.jurisdiction, c.story_id, c.item_id)
    first: dict[tuple[str | None, ...], set[str]] = {}
    dropped = []
    for row in connection.execute(wanted.where(c.at < before).order_by(c.id)):
        if row.item_id in kept:
            continue
        stories = first.setdefault((row.entity_id, row.track, row.rung, row.jurisdiction), set())
        if len(stories) < 2 and row.story_id not in stories:  # noqa: PLR2004 - see above
            stories.add(row.story_id)
        else:
            dropped.append(row.id)
    for start in range(0, len(dropped), _CHUNK):
        connection.execute(delete(t.standings).where(c.id.in_(dropped[start : start + _CHUNK])))


def held(connection: Connection) -> dict[str, int]:
    """Count the rows that are held, by table."""
    tables = (t.stories, t.story_items, t.story_anchors, t.standings, t.items, t.developments)
    return {
        one.name: connection.scalar(select(func.count()).select_from(one)) or 0 for one in tables
    }
