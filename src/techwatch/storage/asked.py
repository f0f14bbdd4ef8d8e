"""A query as selects of the search index, in the words of either database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Float,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from techwatch.errors import NotFoundError
from techwatch.storage import tables as t
from techwatch.storage.indexing import edge, search_items
from techwatch.storage.matching_words import fts5, tsquery
from techwatch.text import fold

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select

    from techwatch.search.query import Having, Query

MOST_RANKED = 2_000  # newest matches that are compared by relevance
_TITLE = 10.0  # what a word of the title counts for, beside one of the text, as PostgreSQL has it

_s = search_items.c
_words = table("search_words", column("rowid"))


class Asked:
    """A query, as selects of the index."""

    def __init__(self, connection: Connection, query: Query) -> None:
        self._query = query
        self._sqlite = connection.dialect.name == "sqlite"
        self._filters = [_filter(connection, having) for having in query.having]

    def places(self) -> Select[Any]:
        """Select the place of all that is found."""
        if self._sqlite and self._query.wanted is not None:
            place = _words.c.rowid
            found = select(place.label("place")).select_from(_words)
            if self._filters:
                found = found.join(search_items, _s.place == place)
            found = found.where(_matches(self._fts5()))
        else:
            place = _s.place
            found = select(place).select_from(search_items).where(*self._by_words())
        return found.where(*self._within(place), *self._filters)

    def newest(self, limit: int, after: tuple[int, float] | None = None) -> Select[Any]:
        """Select place, item and an equal rank of the newest that are found."""
        found = self._with_items(literal_column("0.0"))
        place = _words.c.rowid if self._by_index() else _s.place
        if after is not None:
            found = found.where(place < after[0])
        return found.order_by(place.desc()).limit(limit)

    def ranked(self) -> Select[Any]:
        """Select place, item and rank, higher for more relevant, of the newest that are found."""
        if self._query.wanted is None:
            return self.newest(MOST_RANKED)
        if self._sqlite:
            rank: ColumnElement[Any] = -func.bm25(literal_column("search_words"), _TITLE, 1.0)
        else:
            rank = cast(func.ts_rank(_s.words, self._tsquery()), Float(53))
        found = self._with_items(rank)
        place = _words.c.rowid if self._by_index() else _s.place
        return found.order_by(place.desc()).limit(MOST_RANKED)

    def _with_items(self, rank: ColumnElement[Any]) -> Select[Any]:
        found = self.places()
        if self._by_index() and not self._filters:
            found = found.join(search_items, _s.place == _words.c.rowid)
        return found.add_columns(_s.item_id, rank.label("rank"))

    def _by_index(self) -> bool:
        """Whether the virtual table leads, which has the places as its row ids."""
        return self._sqlite and self._query.wanted is not None

    def _by_words(self) -> list[ColumnElement[bool]]:
        if self._query.wanted is None and not self._query.unwanted:
            return []
        if self._sqlite:
            unwanted = select(_words.c.rowid).where(_matches(self._fts5()))
            return [_s.place.not_in(unwanted)]
        matches = _s.words.op("@@", is_comparison=True)(self._tsquery())
        return [matches if self._query.wanted is not None else not_(matches)]

    def _within(self, place: ColumnElement[int]) -> list[ColumnElement[bool]]:
        query, bounds = self._query, []
        if query.since is not None:
            bounds.append(place >= edge(query.since))
        if query.until is not None:
            bounds.append(place < edge(query.until))
        return bounds

    def _fts5(self) -> str:
        return fts5(self._query.wanted, self._query.unwanted)

    def _tsquery(self) -> ColumnElement[Any]:
        # A literal, which the planner sees when it chooses between index and walk.
        written = tsquery(self._query.wanted, self._query.unwanted)
        return cast(bindparam(None, written, literal_execute=True), TSQUERY)


def _matches(asked: str) -> ColumnElement[bool]:
    return literal_column("search_words").op("MATCH", is_comparison=True)(asked)


def _filter(connection: Connection, having: Having) -> ColumnElement[bool]:
    i, a, e = t.items.c, t.assessments.c, t.item_entities.c
    found: ColumnElement[bool]
    if having.name == "entity":
        found = _s.item_id.in_(select(e.item_id).where(e.entity_id.in_(having.values)))
    elif having.name == "feed":
        urls = [url for value in having.values for url in _feeds(connection, value)]
        found = exists().where(i.id == _s.item_id, i.feed_url.in_(urls))
    elif having.name == "verdict":
        judged = and_(a.item_id == i.id, a.revision == i.judged_revision)
        found = exists().where(i.id == _s.item_id, judged, a.verdict.in_(having.values))
    else:
        spoken = [i.language == v for v in having.values]
        spoken += [i.language.startswith(f"{v}-", autoescape=True) for v in having.values]
        found = exists().where(i.id == _s.item_id, or_(*spoken))
    return not_(found) if having.negated else found


def _feeds(connection: Connection, value: str) -> list[str]:
    """Return the addresses of the feeds whose publisher, or address, holds a text."""
    wanted = fold(value).text
    known = connection.execute(select(t.feeds.c.url, t.feeds.c.publisher)).all()
    found = [r.url for r in known if wanted in fold(r.publisher).text or value in r.url]
    if not found:
        raise NotFoundError("feed", value, "`techwatch feeds list` shows those there are")
    return found
