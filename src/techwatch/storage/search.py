"""Searching the archive: items and developments by their words, newest first or best first.

A page goes on after the last key of the page before, so that news that comes in between shifts
nothing. What is read is bounded, whatever the words.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, func, or_, select

from techwatch.errors import NotFoundError
from techwatch.model import FoundDevelopment, Hit, Verdict
from techwatch.storage import indexing
from techwatch.storage import tables as t
from techwatch.storage.asked import Asked
from techwatch.storage.indexing import time_of
from techwatch.storage.locks import Area

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection, Row, Select

    from techwatch.search.query import Query
    from techwatch.storage.database import Database

    Order = Literal["time", "relevance"]

_PLACE = re.compile(r"-?[0-9]{1,18}")  # no more than a column holds
_ID = re.compile(r"[0-9a-f]{1,16}")
MOST_COUNTED = 10_000  # more matches are told as "more than"
MOST_GROUPED = 20_000  # newest matches of which the developments are looked up


class SearchStore:
    """The archive, asked by words."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def items(
        self, query: Query, limit: int, after: str | None = None, *, by: Order = "time"
    ) -> tuple[Hit, ...]:
        """Return the items that a query finds.

        Args:
            query: what is asked for.
            limit: how many at the most.
            after: the key of the last hit of the page before, found in the same order.
            by: newest first; or the most relevant of the newest `asked.MOST_RANKED`, by BM25 on
                SQLite and by ts_rank on PostgreSQL, whose orders differ. Without a wanted word
                all are alike relevant.

        Raises:
            NotFoundError: no feed has a name or address that `feed:` gives.
        """
        key = None if after is None else _after(after, by)
        with self._database.read() as connection:
            asked = Asked(connection, query)
            if by == "relevance":
                rows = connection.execute(_ranked(asked.ranked(), limit, key)).all()
            else:
                rows = _newest(connection, asked, limit, key[0] if key else None)
        return tuple(_hit(row, by) for row in rows)

    def count(self, query: Query, most: int = MOST_COUNTED) -> int:
        """Count the items that a query finds, up to one more than `most`."""
        with self._database.read() as connection:
            found = Asked(connection, query).any(most + 1).subquery()
            return connection.scalar(select(func.count()).select_from(found)) or 0

    def developments(
        self, query: Query, limit: int, after: str | None = None, among: int = MOST_GROUPED
    ) -> tuple[tuple[str, FoundDevelopment], ...]:
        """Return the developments that the newest items found tell, `among` so many, with keys.

        Newest telling first. A key is where the search goes on after a development. Raises
        NotFoundError as `items` does.
        """
        goes_on = None if after is None else _after_development(after)
        d, i, y = t.developments.c, t.items.c, t.story_items.c
        with self._database.read() as connection:
            asked = Asked(connection, query)
            newest = asked.newest(among, glance=asked.near(among)).subquery()
            told = (
                select(y.story_id, func.max(newest.c.place).label("place"))
                .add_columns(func.count().label("found"))
                .join_from(newest, t.story_items, y.item_id == newest.c.item_id)
                .join(t.developments, d.story_id == y.story_id)
                .group_by(y.story_id)
                .subquery()
            )
            wanted = (
                select(d.id, d.created_at, t.stories.c.verdict, t.stories.c.last_at, told.c.found)
                .add_columns(told.c.place, i.title, i.link, i.language, d.story_id)
                .add_columns(t.feeds.c.publisher)
                .join_from(told, t.developments, d.story_id == told.c.story_id)
                .join(t.stories, t.stories.c.id == told.c.story_id)
                .join(t.items, i.id == d.item_id)
                .join(t.feeds, t.feeds.c.url == i.feed_url)
                .order_by(told.c.place.desc(), d.id)
                .limit(limit)
            )
            if goes_on is not None:
                place, last = goes_on
                same = and_(told.c.place == place, d.id > last)
                wanted = wanted.where(or_(told.c.place < place, same))
            return tuple(_development(row) for row in connection.execute(wanted))

    def reindex(self, told: Callable[[int], None] = lambda _: None) -> int:
        """Fill the index anew from the items, page by page, while others go on.

        `told` hears how many items each page had. Returns how many items there were.
        """
        total, last = 0, ""
        while True:
            with self._database.write(Area.FEEDS) as connection:
                ids = indexing.page(connection, last)
                indexing.renew(connection, ids)
            if not ids:
                return total
            told(len(ids))
            total, last = total + len(ids), ids[-1]


def _newest(
    connection: Connection, asked: Asked, limit: int, after: int | None
) -> Sequence[Row[Any]]:
    rows: Sequence[Row[Any]] = ()
    for glance in asked.glances(limit, after):
        found = asked.newest(limit, after, glance).subquery()
        rows = connection.execute(_hits(found).order_by(found.c.place.desc())).all()
        if len(rows) == limit:
            break
    return rows


def _ranked(found: Select[Any], limit: int, after: tuple[int, float] | None) -> Select[Any]:
    inner = found.subquery()
    place, rank = inner.c.place, inner.c.rank
    wanted = _hits(inner).order_by(rank.desc(), place.desc()).limit(limit)
    if after is None:
        return wanted
    last_place, last_rank = after
    below = and_(rank == last_rank, place < last_place)
    return wanted.where(or_(rank < last_rank, below))


def _hits(found: Any) -> Select[Any]:  # noqa: ANN401 - a subquery of place, item and rank
    i, a = t.items.c, t.assessments.c
    return (
        select(found.c.place, found.c.rank, i.id, i.title, i.summary, i.link, i.language)
        .add_columns(t.feeds.c.publisher, a.verdict, a.story_id, t.developments.c.id.label("told"))
        .join_from(found, t.items, i.id == found.c.item_id)
        .join(t.feeds, t.feeds.c.url == i.feed_url)
        .outerjoin(t.assessments, (a.item_id == i.id) & (a.revision == i.judged_revision))
        .outerjoin(t.developments, t.developments.c.story_id == a.story_id)
    )


def _hit(row: Row[Any], by: Order) -> Hit:
    return Hit(
        key=f"{row.place}/{row.rank!r}" if by == "relevance" else str(row.place),
        item_id=row.id,
        title=row.title,
        summary=row.summary,
        link=row.link,
        publisher=row.publisher,
        language=row.language,
        at=time_of(row.place),
        verdict=None if row.verdict is None else Verdict(row.verdict),
        story_id=row.story_id,
        development=row.told is not None,
    )


def _development(row: Row[Any]) -> tuple[str, FoundDevelopment]:
    found = FoundDevelopment(
        id=row.id,
        verdict=Verdict(row.verdict),
        title=row.title,
        link=row.link,
        publisher=row.publisher,
        created_at=row.created_at,
        last_at=row.last_at,
        found=row.found,
        story_id=row.story_id,
        language=row.language,
    )
    return f"{row.place}/{row.id}", found


def _after(key: str, by: Order) -> tuple[int, float]:
    """Read a key; raises NotFoundError for one that no search in this order gave."""
    place, slash, rank = key.partition("/")
    if _PLACE.fullmatch(place) and bool(slash) == (by == "relevance"):
        with contextlib.suppress(ValueError):
            return int(place), float(rank or 0.0)
    raise NotFoundError("place to go on from", key[:80], "give the key of a hit of the same order")


def _after_development(key: str) -> tuple[int, str]:
    place, _, last = key.partition("/")
    if not _PLACE.fullmatch(place) or not _ID.fullmatch(last):
        raise NotFoundError("place to go on from", key[:80], "give a development's key")
    return int(place), last
