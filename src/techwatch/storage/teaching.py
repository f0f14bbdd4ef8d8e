"""What follows at once, in the database, where a person says that something was misread.

Each function returns the items, with the times of their news, that are to be judged again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, func, insert, or_, select, update

from techwatch.errors import JudgementError, NotFoundError
from techwatch.model import Decision
from techwatch.storage import tables as t
from techwatch.storage.stories import shrink
from techwatch.storage.taught import told_as

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from techwatch.model import Judgement

    Concerned = dict[str, datetime]

_MOST = 1000  # items of one story
_s = t.story_items.c
_PART = func.coalesce(_s.part, _s.story_id)


def teach(connection: Connection, said: Judgement, names: Collection[str]) -> Concerned:
    """Write down what follows from a judgement that was recorded.

    `names` are the folded names under which the wrong entity was found. Raises JudgementError
    where it can't be so, NotFoundError where the other story is not there.
    """
    if said.decision is Decision.WRONG_ENTITY:
        return _misname(connection, said, names)
    if said.decision is Decision.NOT_SAME:
        return _split(connection, said)
    return _join(connection, said) if said.decision is Decision.SAME_AS else {}


def unteach(connection: Connection, undone: Judgement) -> Concerned:
    """Take back what followed from a judgement that was taken back."""
    if undone.decision is Decision.WRONG_ENTITY:
        w = t.wrong_names.c
        rows = connection.execute(select(w.item_id, w.at).where(w.judgement_id == undone.id))
        return {row.item_id: row.at for row in rows}
    if undone.decision is Decision.NOT_SAME:
        return _unsplit(connection, undone)
    return _part_again(connection, undone) if undone.decision is Decision.SAME_AS else {}


# --------------------------------------------------------------------------- names


def _misname(connection: Connection, said: Judgement, names: Collection[str]) -> Concerned:
    own = {"judgement_id": said.id, "entity_id": said.entity_id, "names": sorted(names)}
    wanted = select(_s.item_id, _s.at, _s.signs).where(_s.story_id == said.story_id)
    rows = [own | dict(row) for row in connection.execute(wanted.limit(_MOST)).mappings()]
    if not any(row["item_id"] == said.item_id for row in rows):
        i = t.items.c
        at = select(func.coalesce(i.published, i.first_seen_at)).where(i.id == said.item_id)
        rows.append(own | {"item_id": said.item_id, "at": connection.scalar(at), "signs": "{}"})
    connection.execute(insert(t.wrong_names), rows)
    return {row["item_id"]: row["at"] for row in rows}


# --------------------------------------------------------------------------- not the same


def _split(connection: Connection, said: Judgement) -> Concerned:
    wanted = select(_s.item_id, _s.at, _PART.label("part")).where(_s.story_id == said.story_id)
    rows = connection.execute(wanted.order_by(_s.at, _s.item_id).limit(_MOST)).all()
    own = next((row for row in rows if row.item_id == said.item_id), None)
    if own is None or len(rows) == 1:
        raise JudgementError("it is the only item of its story: there is none to tell it from")
    if not any(row.part == own.part for row in rows if row is not own):
        raise JudgementError(
            "it is in this story because somebody said so (same-as): take that back instead"
        )
    split = [{"judgement_id": said.id, "item_id": row.item_id, "part": row.part} for row in rows]
    connection.execute(insert(t.split_tellings), split)
    return {own.item_id: own.at}


def _unsplit(connection: Connection, undone: Judgement) -> Concerned:
    """Put the items back where they were; those that tell something else by now leave again."""
    c = t.split_tellings.c
    split = connection.execute(select(c.item_id, c.part).where(c.judgement_id == undone.id)).all()
    concerned: Concerned = {}
    for row in split:
        told = select(_s.story_id, _s.at, _PART.label("part")).where(_s.item_id == row.item_id)
        newest = connection.execute(told.order_by(_s.revision.desc()).limit(1)).first()
        if newest is None:
            continue
        concerned[row.item_id] = newest.at
        if newest.part != row.part:
            move(connection, _s.item_id == row.item_id, newest.story_id, row.part)
    return concerned


# --------------------------------------------------------------------------- the same


def _join(connection: Connection, said: Judgement) -> Concerned:
    s = t.stories.c
    other = said.other_story_id or ""
    if connection.scalar(select(s.id).where(s.id == other)) is None:
        raise NotFoundError("story", other)
    if said.story_id is None:
        raise JudgementError("it tells no event, and so no other story's")
    one, two = told_as(connection, said.story_id), told_as(connection, other)
    if one == two:
        raise JudgementError("these are one story already")
    own = (_s.item_id == said.item_id) & (_s.story_id == said.story_id)
    part = connection.scalar(select(_s.part).where(own)) or said.story_id
    row = {"judgement_id": said.id, "one_id": part, "other_id": other}
    connection.execute(insert(t.joined_stories), row)
    into = told_as(connection, one)
    for left in {one, two} - {into}:
        move(connection, _s.story_id == left, left, None)
    return _items(connection, into)


def _part_again(connection: Connection, undone: Judgement) -> Concerned:
    c = t.joined_stories.c
    own = c.judgement_id == undone.id
    ends = connection.execute(select(c.one_id, c.other_id).where(own)).first()
    if ends is None:
        return {}
    into = told_as(connection, ends.one_id)
    connection.execute(delete(t.joined_stories).where(own))
    parts = select(_PART).where(_s.story_id == into).distinct()
    for part in connection.scalars(parts).all():
        if told_as(connection, part) != into:
            move(connection, (_s.story_id == into) & (part == _PART), into, part)
    stories = sorted({told_as(connection, end) for end in ends})
    return {i: at for story in stories for i, at in _items(connection, story).items()}


# --------------------------------------------------------------------------- rows


def move(connection: Connection, which: ColumnElement[bool], source: str, part: str | None) -> None:
    """Tell items with another story, with all that hangs on that.

    Args:
        connection: of the transaction.
        which: rows of the items that tell `source`.
        source: the story that they leave.
        part: by which story they are recognised from now on; None: each as before.
    """
    target = told_as(connection, part or source)
    told = select(_s.item_id).where(_s.story_id == target)
    wanted = select(_s.item_id, _PART.label("part")).where(which, _s.story_id == source)
    if source != target:  # an earlier text of an item may tell the other story already
        wanted = wanted.where(_s.item_id.not_in(told))
    rows = connection.execute(wanted).all()
    ids = [row.item_id for row in rows]
    for row in rows:
        kept = part or row.part
        own = (_s.story_id == source) & (_s.item_id == row.item_id)
        values = {"story_id": target, "part": None if kept == target else kept}
        connection.execute(update(t.story_items).where(own).values(values))
    for table in (t.story_anchors, t.standings, t.assessments):
        own = (table.c.story_id == source) & table.c.item_id.in_(ids)
        connection.execute(update(table).where(own).values(story_id=target))
    j = t.judgements.c
    if ids and connection.scalar(select(exists().where(j.story_id == target))):
        a = t.story_anchors.c
        near = update(t.story_anchors).where(a.story_id == target)
        connection.execute(near.values(judged=True))
    for story in {source, target}:
        shrink(connection, story)


def _items(connection: Connection, story_id: str) -> Concerned:
    wanted = select(_s.item_id, _s.at).where(or_(_s.story_id == story_id, _s.part == story_id))
    return {row.item_id: row.at for row in connection.execute(wanted.limit(_MOST))}
