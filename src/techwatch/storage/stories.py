"""Stories and their tellings as rows: looked up, joined, left."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from techwatch.model import Signs, Story, Telling
from techwatch.storage import tables as t
from techwatch.storage.rows import bare_story

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Exists, Select, Table

    from techwatch.model import Judged

_NEAREST = 100  # tellings of one anchor that are looked up before a time ...
_NEAREST_LATER = 300  # ... and after it: only what arrives late finds any
_MOST_STORIES = 60  # those that share most anchors with an item: it is compared with no others
_MOST_LATER = 200  # later ones that it may concern
_MOST_TELLINGS = 40  # of one story, before a time and after it: enough to recognise it, and bounded
_YEAR = timedelta(days=365)
_MOST_STEPS = 200  # tellings of one entity among which the step before is looked for
_AT = bindparam("at", type_=t.Utc())
_SETS = frozenset(f.name for f in fields(Signs) if f.default == frozenset())


def candidates(
    connection: Connection,
    anchors: Collection[str],
    at: datetime,
    window: timedelta,
    item_id: str = "",
) -> tuple[Story, ...]:
    """Return the stories of these anchors that are told within `window` of `at`, oldest first.

    Of each anchor the tellings nearest in time, and of their stories the ones that share most
    anchors: what it costs doesn't grow with the number of open stories, but for finding places
    in an index. Of each story the tellings nearest to `at`. What was told before an item (by
    time, then id) is looked up by itself, so that later news crowds nothing out.
    """
    return tuple(
        _read(connection, candidate_ids(connection, anchors, at, window, item_id), at, item_id)
    )


def candidate_ids(
    connection: Connection,
    anchors: Collection[str],
    at: datetime,
    window: timedelta,
    item_id: str,
) -> list[str]:
    """Return the ids of the stories that `candidates` reads."""
    if not anchors:
        return []
    values: dict[str, Any] = {f"a{n}": anchor for n, anchor in enumerate(sorted(anchors))}
    values |= {"at": at, "item_id": item_id}
    ids: dict[str, None] = {}
    for later, edge in ((False, at - window), (True, at + window)):
        found = connection.execute(_lookup(len(anchors), later=later), values | {"edge": edge})
        ids |= dict.fromkeys(row.story_id for row in found)
    return list(ids)


def judged_near(anchors: Collection[str], at: datetime, window: timedelta) -> Select[Any]:
    """Select the ids of the stories that people judged, of these anchors and told near a time."""
    a = t.story_anchors.c
    return (
        select(a.story_id)
        .distinct()
        .where(a.judged, a.anchor.in_(sorted(anchors)))
        .where(a.at >= at - window, a.at <= at + window)
    )


def anything_judged() -> Exists:
    """Say whether people judged any story at all."""
    return exists().where(t.story_anchors.c.judged)


def read(connection: Connection, ids: Sequence[str], at: datetime) -> tuple[Story, ...]:
    """Return the stories of these ids, oldest first, each with its tellings nearest to a time."""
    return tuple(_read(connection, ids, at, ""))


@lru_cache(maxsize=128)
def _lookup(anchors: int, *, later: bool) -> Select[Any]:
    """Select the stories that share most of so many anchors, told before or after a time."""
    c = t.story_anchors.c
    edge = bindparam("edge", type_=t.Utc())
    near = []
    for n in range(anchors):
        own = select(c.story_id, c.anchor, c.at).where(c.anchor == bindparam(f"a{n}"))
        if later:
            part = own.where(c.at >= _AT, c.at <= edge, _is_later(c))
            part = part.order_by(c.at, c.item_id)
        else:
            part = own.where(c.at >= edge, c.at <= _AT, not_(_is_later(c)))
            part = part.order_by(c.at.desc(), c.item_id.desc())
        near.append(select(part.limit(_NEAREST_LATER if later else _NEAREST).subquery()))
    found = union_all(*near).subquery()
    shared = func.count(func.distinct(found.c.anchor))
    return (
        select(found.c.story_id)
        .group_by(found.c.story_id)
        .order_by(shared.desc(), func.max(found.c.at).desc(), found.c.story_id)
        .limit(_MOST_LATER if later else _MOST_STORIES)
    )


def _is_later(columns: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns of either table
    """Whether a telling comes after an item, by the time of the news, then by id."""
    same = and_(columns.at == _AT, columns.item_id > bindparam("item_id"))
    return or_(columns.at > _AT, same)


def _read(connection: Connection, ids: Sequence[str], at: datetime, item_id: str) -> list[Story]:
    """Read stories with their tellings nearest to a time, oldest story first."""
    if not ids:
        return []
    rows = connection.execute(_STORIES, {"ids": ids}).all()
    tellings: dict[str, dict[str, list[Telling]]] = {row.id: {} for row in rows}
    for row in connection.execute(_TELLINGS, {"ids": ids, "at": at, "item_id": item_id}):
        telling = Telling(
            row.item_id, row.title, row.link, row.publisher, row.language, row.at,
            load_signs(row.signs),
        )  # fmt: skip
        tellings[row.story_id].setdefault(row.part or "", []).append(telling)
    joined = {part for parts in tellings.values() for part in parts} - {""}
    own = {r.id: r for r in connection.execute(_STORIES, {"ids": sorted(joined)})} if joined else {}
    return [
        replace(bare_story(own.get(part, row)), id=row.id, tellings=tuple(told), part=part)
        for row in rows
        for part, told in sorted((tellings[row.id] or {"": []}).items())
    ]


def _near() -> Select[Any]:
    c, i = t.story_items.c, t.items.c
    later = _is_later(c)
    newest = func.row_number().over(
        partition_by=[c.story_id, c.part, later], order_by=[c.at.desc(), c.item_id.desc()]
    )
    oldest = func.row_number().over(
        partition_by=[c.story_id, c.part, later], order_by=[c.at, c.item_id]
    )
    placed = (
        select(c.story_id, c.item_id, c.at, c.signs, c.part)
        .add_columns(case((later, oldest), else_=newest).label("place"))
        .where(c.story_id.in_(bindparam("ids", expanding=True)))
        .subquery()
    )
    return (
        select(placed, i.title, i.link, i.language, t.feeds.c.publisher)
        .join(t.items, i.id == placed.c.item_id)
        .join(t.feeds, t.feeds.c.url == i.feed_url)
        .where(placed.c.place <= _MOST_TELLINGS)
        .order_by(placed.c.at, placed.c.item_id)
    )


_TELLINGS = _near()
_STORIES = (
    select(t.stories)
    .where(t.stories.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(t.stories.c.first_at, t.stories.c.id)
)


def dump_signs(signs: Signs) -> str:
    """Turn signs into JSON, the same for the same signs; what is empty is left out."""
    values = {f.name: getattr(signs, f.name) for f in fields(Signs)}
    filled = {k: sorted(v) if k in _SETS else v for k, v in values.items() if v}
    return json.dumps(filled, ensure_ascii=True, sort_keys=True)


@lru_cache(maxsize=20_000)
def load_signs(stored: str) -> Signs:
    """Read signs as `dump_signs` wrote them."""
    values: dict[str, Any] = {
        k: frozenset(v) if k in _SETS else v for k, v in json.loads(stored).items()
    }
    return Signs(**values)


def tell(
    connection: Connection, judged: Judged, story_id: str, anchors: Collection[str], at: datetime
) -> None:
    """Make an item a telling of a story, which it opens if there is no such story yet."""
    c = t.stories.c
    if judged.opens_story:
        insert_missing(connection, t.stories, [{"id": story_id} | _key(judged, at)])
    item_id = judged.stored.item.id
    part = judged.part or story_id
    telling = {
        "story_id": story_id,
        "item_id": item_id,
        "at": at,
        "revision": judged.stored.revision,
        "signs": dump_signs(judged.signs),
        "part": None if part == story_id else part,
    }
    connection.execute(
        delete(t.story_items).where(
            t.story_items.c.story_id == story_id, t.story_items.c.item_id == item_id
        )
    )
    connection.execute(t.story_items.insert().values(**telling))
    begun = connection.scalar(select(c.first_at).where(c.id == part))
    if begun is not None and at < begun:  # it came late: the story is told by it from now on
        key = {k: v for k, v in _key(judged, at).items() if k not in {"verdict", "last_at"}}
        connection.execute(update(t.stories).where(c.id == part).values(**key))
    sooner = update(t.stories).where(c.id.in_([story_id, part]), c.last_at < at)
    connection.execute(sooner.values(last_at=at))
    if part != story_id:
        earlier = (c.id == story_id) & (c.first_at > at)
        connection.execute(update(t.stories).where(earlier).values(first_at=at))
    _forget_anchors(connection, item_id, [story_id])
    if anchors:
        judged_before = connection.execute(_JUDGED, {"story": story_id}).first() is not None
        own = {"story_id": story_id, "item_id": item_id, "at": at, "judged": judged_before}
        rows = [own | {"anchor": anchor} for anchor in sorted(anchors)]
        connection.execute(t.story_anchors.insert(), rows)


_JUDGED = select(t.judgements.c.id).where(t.judgements.c.story_id == bindparam("story")).limit(1)


def _forget_anchors(connection: Connection, item_id: str, story_ids: Sequence[str]) -> None:
    a = t.story_anchors.c
    connection.execute(
        delete(t.story_anchors).where(a.item_id == item_id, a.story_id.in_(story_ids))
    )


def _key(judged: Judged, at: datetime) -> dict[str, Any]:
    event = judged.assessment.event
    return {
        "entity_ids": list(event.entity_ids) if event else [],
        "event_type": event.event_type if event else None,
        "track": event.track if event else None,
        "rung": event.rung if event else None,
        "jurisdiction": event.jurisdiction if event else None,
        "verdict": judged.assessment.verdict,
        "first_at": at,
        "last_at": at,
    }


def leave(connection: Connection, item_id: str, revision: int, story_id: str | None) -> list[str]:
    """Take an item's text out of every story but one; returns those that it told before."""
    c = t.story_items.c
    own = (c.item_id == item_id) & (c.revision == revision)
    told = list(connection.scalars(select(c.story_id).where(own).order_by(c.story_id)))
    left = [one for one in told if one != story_id]
    if left:
        connection.execute(delete(t.story_items).where(own, c.story_id.in_(left)))
        _forget_anchors(connection, item_id, left)
    for one in left:
        shrink(connection, one)
    return told


def shrink(connection: Connection, story_id: str) -> None:
    """Bring a story's times in line with the tellings it has left, if it has any."""
    c = t.story_items.c
    span = select(func.min(c.at), func.max(c.at)).where(c.story_id == story_id)
    first, last = connection.execute(span).one()
    if first is not None:
        own = update(t.stories).where(t.stories.c.id == story_id)
        connection.execute(own.values(first_at=first, last_at=last))


def is_taken(connection: Connection, story_id: str, item_id: str) -> bool:
    """Whether a story is recognised by this id that other items tell."""
    return connection.scalar(_OTHERS, {"story": story_id, "item": item_id}) is not None


_OTHERS = (
    select(t.story_items.c.item_id)
    .where(
        or_(
            and_(t.story_items.c.story_id == bindparam("story"), t.story_items.c.part.is_(None)),
            t.story_items.c.part == bindparam("story"),
        )
    )
    .where(t.story_items.c.item_id != bindparam("item"))
    .limit(1)
)


def step_before(connection: Connection, story: Story) -> str | None:
    """Find the story of the step before: same actor or law, track and power, another rung.

    It is told within a year before the story begins; the one told last before then. Looked up
    when it is asked for, so that the order in which news arrives decides nothing.
    """
    if story.rung is None or story.track is None or not story.entity_ids:
        return None
    asked = {
        "anchor": story.entity_ids[0], "since": story.first_at - _YEAR, "at": story.first_at,
        "id": story.id, "track": story.track, "rung": story.rung,
    }  # fmt: skip
    power = story.jurisdiction
    if power is not None:
        asked["power"] = power
    found: str | None = connection.scalar(_step_before(by_power=power is not None), asked)
    return found


@cache
def _step_before(*, by_power: bool) -> Select[Any]:
    """Make the statement once: that takes as long as to run it, and a page runs it often."""
    a, s = t.story_anchors.c, t.stories.c
    since = bindparam("since", type_=t.Utc())
    near = (
        select(a.story_id, a.at)
        .where(a.anchor == bindparam("anchor"), a.at >= since, a.at < _AT)
        .order_by(a.at.desc(), a.item_id)
        .limit(_MOST_STEPS)
        .subquery()
    )
    wanted = (
        select(s.id)
        .join(near, near.c.story_id == s.id)
        .where(s.id != bindparam("id"), s.track == bindparam("track"), s.rung.is_not(None))
        .where(s.rung != bindparam("rung"))
        .group_by(s.id)
        .order_by(func.max(near.c.at).desc(), s.id)
        .limit(1)
    )
    if by_power:
        wanted = wanted.where((s.jurisdiction == bindparam("power")) | s.jurisdiction.is_(None))
    return wanted


def insert_missing(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert the rows whose keys are not there yet."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    if rows:
        connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)
