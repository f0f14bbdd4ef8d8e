"""What people said was misread, as judging heeds it: names that mean another, splits, joins.

Nothing is deleted: a judgement that is taken back is left out when these rows are read. Joined
stories alone are written down as they are in force, since every item of them is told elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, or_, select, union_all

from techwatch.model import Telling, WrongName
from techwatch.storage import tables as t
from techwatch.storage.judgements import judgement
from techwatch.storage.stories import load_signs

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta

    from sqlalchemy import Connection, Row

_MOST = 50  # judgements on one entity in a few weeks: more say no more
_MOST_JOINED = 200  # stories told as one


def anything(connection: Connection) -> bool:
    """Whether people taught anything that judging must look up."""
    tables = (t.wrong_names, t.split_tellings, t.joined_stories)
    return bool(connection.scalar(select(or_(*(exists(select(table)) for table in tables)))))


def wrong_names(
    connection: Connection,
    item_id: str,
    entity_ids: Collection[str],
    at: datetime,
    window: timedelta,
) -> tuple[WrongName, ...]:
    """Return what was said of names of these entities, in this item or in news near a time.

    The earliest said first, a bounded number.
    """
    w, j = t.wrong_names.c, t.judgements.c
    near = (w.at >= at - window) & (w.at <= at + window)
    concerned = select(w.judgement_id).where(
        w.entity_id.in_(sorted(entity_ids)), near | (w.item_id == item_id)
    )
    said = select(t.judgements).where(j.id.in_(concerned), j.undone_at.is_(None))
    rows = connection.execute(said.order_by(j.id.desc()).limit(_MOST)).all()
    told: dict[int, list[Row[Any]]] = defaultdict(list)
    wanted = select(t.wrong_names).where(w.judgement_id.in_([row.id for row in rows]))
    for one in connection.execute(wanted.order_by(w.at, w.item_id)) if rows else ():
        told[one.judgement_id].append(one)
    return tuple(
        WrongName(
            judgement(row),
            frozenset(told[row.id][0].names),
            tuple(_telling(one) for one in told[row.id]),
        )
        for row in reversed(rows)
    )


def _telling(row: Row[Any]) -> Telling:
    return Telling(row.item_id, "", None, "", "", row.at, load_signs(row.signs))


def apart(connection: Connection, item_id: str) -> frozenset[str]:
    """Return the stories, by what they are recognised by, that a person told an item from."""
    s, j, y = t.split_tellings.c, t.judgements.c, t.story_items.c
    split = t.split_tellings.join(t.judgements, j.id == s.judgement_id)
    from_it = select(s.item_id).select_from(split)
    from_it = from_it.where(j.item_id == item_id, s.item_id != item_id, j.undone_at.is_(None))
    it_from = select(j.item_id).select_from(split)
    it_from = it_from.where(s.item_id == item_id, j.item_id != item_id, j.undone_at.is_(None))
    others = union_all(from_it, it_from)
    told = select(func.coalesce(y.part, y.story_id)).where(y.item_id.in_(others))
    return frozenset(connection.scalars(told.distinct()))


def told_as(connection: Connection, story_id: str) -> str:
    """Return the story that a story is told with: itself, unless people joined it to others.

    Of those that are told as one, the one that was told first. While they are, no other of them
    becomes a development, so that it stays the same one.
    """
    joined = _joined(connection, story_id)
    if len(joined) == 1:
        return story_id
    c = t.developments.c
    told = select(c.story_id).where(c.story_id.in_(sorted(joined)))
    first = connection.scalar(told.order_by(c.created_at, c.story_id).limit(1))
    return first or min(joined)


def _joined(connection: Connection, story_id: str) -> set[str]:
    """Return a story, and those that people said are the same, directly or by others."""
    c = t.joined_stories.c
    found, new = {story_id}, {story_id}
    while new and len(found) < _MOST_JOINED:
        near = or_(c.one_id.in_(sorted(new)), c.other_id.in_(sorted(new)))
        pairs = connection.execute(select(c.one_id, c.other_id).where(near)).all()
        new = {story for pair in pairs for story in pair} - found
        found |= new
    return found
