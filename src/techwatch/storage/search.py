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
from techwatch.model import Hit, Verdict
from techwatch.storage import indexing
from techwatch.storage import tables as t
from techwatch.storage.asked import Asked
from techwatch.storage.indexing import time_of
from techwatch.storage.locks import Area
from techwatch.storage.search_developments import LAST, FoundDevelopments, developments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection, Row, Select

    from techwatch.search.query import Query
    from techwatch.storage.database import Database

    Order = Literal["time", "relevance"]

_PLACE = re.compile(r"-?[0-9]{1,18}")  # no more than a column holds
_ID = re.compile(rf"[0-9a-f]{{1,16}}|{LAST}")
MOST_COUNTED = 10_000  # more matches are told as "more than"


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
        self, query: Query, limit: int, after: str | None = None, most: int | None = None
    ) -> FoundDevelopments:
        """Return the developments that items tell which a query finds, the newest telling first.

        Args:
            query: what is asked for.
            limit: how many at the most.
            after: the key of the last one of the page before, or of the page's end.
            most: about how many of the newest items found are gone through, a few thousand at the
                least; None: all of them. Where that was too few, the page says so, and goes on.

        Raises:
            NotFoundError: as `items` does.
        """
        goes_on = None if after is None else _after_development(after)
        with self._database.read() as connection:
            return developments(connection, query, limit, goes_on, most)

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
