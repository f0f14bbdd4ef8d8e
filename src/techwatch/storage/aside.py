"""Texts that can't be judged: set aside with their error, so that the others go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, exists, insert, select

from techwatch.model import SetAside
from techwatch.storage import tables as t

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from techwatch.model import StoredItem, Waiting


def left_out(without: Waiting | None) -> list[ColumnElement[bool]]:
    """Leave out of items those whose present text failed with this version and waits."""
    if without is None:
        return []
    s, i = t.set_aside.c, t.items.c
    same = and_(s.item_id == i.id, s.revision == i.revision)
    waits = and_(s.model_version == without.model_version, s.again_at > without.now)
    return [~exists().where(same, waits)]


def put(
    connection: Connection,
    stored: StoredItem,
    error: str,
    now: datetime,
    again_at: datetime,
    model_version: str,
) -> None:
    """Set a text aside, or once more; since when it fails is kept."""
    s, item_id = t.set_aside.c, stored.item.id
    same = and_(s.item_id == item_id, s.revision == stored.revision)
    since = connection.scalar(select(s.at).where(same))
    take_up(connection, item_id)
    values = {"error": error, "again_at": again_at, "model_version": model_version}
    key = {"item_id": item_id, "revision": stored.revision, "at": since or now}
    connection.execute(insert(t.set_aside).values(key | values))


def take_up(connection: Connection, item_id: str) -> None:
    """Forget that an item was set aside."""
    connection.execute(delete(t.set_aside).where(t.set_aside.c.item_id == item_id))


def waiting(connection: Connection) -> tuple[SetAside, ...]:
    """Return what is set aside, and has not changed since, what failed first before the rest."""
    s, i = t.set_aside.c, t.items.c
    wanted = (
        select(t.set_aside, i.title, i.feed_url)
        .join(t.items, and_(i.id == s.item_id, i.revision == s.revision))
        .order_by(s.at, s.item_id)
    )
    return tuple(
        SetAside(r.item_id, r.title, r.feed_url, r.revision, r.error, r.at, r.again_at)
        for r in connection.execute(wanted)
    )
