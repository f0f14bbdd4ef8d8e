"""A query as selects of the search index, in the words of either database."""

from __future__ import annotations

from copy import copy
from datetime import datetime, timedelta
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
from techwatch.storage.indexing import edge, search_items, time_of
from techwatch.storage.matching_words import fts5, tsquery
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, FromClause, Select

    from techwatch.search.query import Having, Query

MOST_RANKED = 2_000  # newest matches that are compared by relevance
_TITLE = 10.0  # what a word of the title counts for, beside one of the text, as PostgreSQL has it
_GLANCED = 100  # newest items of which PostgreSQL looks for one hit each, before it asks its index
_LEAST_GLANCED = 2_000
_GLANCED_FOR_ONE = 10  # newest items that PostgreSQL looks at where one in a window is wanted
_AHEAD = 100  # items of an entity dated later than they came, with which a glance reckons

Glance = int | datetime | None  # in how many of the newest items is looked; since when; in all

_SECOND = timedelta(seconds=1)

_s = search_items.c
_words = table("search_words", column("rowid"))


class Asked:
    """A query, as selects of place, item and rank in the index."""

    def __init__(self, connection: Connection, query: Query) -> None:
        self._connection = connection
        self.query = query
        self.part: tuple[int | None, int | None] = (None, None)  # of the index: see `between`
        self._sqlite = connection.dialect.name == "sqlite"
        self._feeds = {
            having: [url for value in having.values for url in _feeds(connection, value)]
            for having in query.having
            if having.name == "feed"
        }

    def between(self, low: int | None, high: int | None) -> Asked:
        """Ask the same of a part of the index: from one place on, below another; None: no bound."""
        other = copy(self)
        other.part = (low, high)
        return other

    @property
    def found(self) -> Select[Any]:
        """Select all that are found, in no order, without ranks."""
        return self._by_sqlite()[0] if self._sqlite else self._by_postgresql(None, None, None)[0]

    def end_of(self, size: int) -> Select[Any]:
        """Select the place of the last one of so many of the newest; nothing where there are fewer.

        On PostgreSQL of more items, found or not: see `glances`.
        """
        if self._sqlite:
            found, place = self._by_sqlite()
            return found.with_only_columns(place).order_by(place.desc()).offset(size - 1).limit(1)
        newest = select(_s.place).where(*self._bounds(_s.place)).order_by(_s.place.desc())
        return newest.offset(_GLANCED_FOR_ONE * size - 1).limit(1)

    @property
    def is_read_here(self) -> bool:
        """Whether `tellings` gives words to be read, instead of asking for those that match."""
        return self._sqlite

    def tellings(self, story_ids: Sequence[str]) -> Select[Any]:
        """Select story and place of the items of few stories that are found.

        SQLite's index of words is slow to ask for single items: of all that pass the filters their
        words are given, as `title` and `text`, for `search.reading.holds`.
        """
        y = t.story_items.c
        filters = self._filters(_s.item_id, few=True)
        narrowed = [*self._within(_s.place), *filters, y.story_id.in_(story_ids)]
        of = select(y.story_id, _s.place).join(search_items, _s.item_id == y.item_id)
        if self._sqlite:
            return of.add_columns(_s.title, _s.text).where(*narrowed)
        if self.query.wanted is not None or self.query.unwanted:
            narrowed.append(self._holds(_s.words))
        return of.where(*narrowed)

    def glances(self, limit: int, after: int | None = None) -> tuple[Glance, ...]:
        """Return where to look first for so many; None looks in all items.

        PostgreSQL's index of words gives all that match before the newest can be told, and its
        planner does not know how rare a rare word is. Of a frequent one there are enough among the
        newest. Those that name an entity are all read before the newest can be told, by either.
        """
        if self.query.wanted is None:
            near = self.near(limit, after)
            return (None,) if near is None else (near, None)
        return (None,) if self._sqlite else (max(_GLANCED * limit, _LEAST_GLANCED), None)

    def near(self, limit: int, after: int | None = None) -> datetime | None:
        """Return since when there are so many items of an entity that is asked for; None: never.

        An item's news is indexed as not later than it came, so that what is found since a time is
        among the entity's items since that time.
        """
        e = t.item_entities.c
        asked = next((h for h in self.query.having if h.name == "entity" and not h.negated), None)
        if asked is None or self.query.wanted is not None:
            return None
        found = []
        for value in asked.values:
            times = select(e.at).where(e.entity_id == value).order_by(e.at.desc())
            for end in (after and time_of(after) + _SECOND, self.query.until):
                times = times.where(e.at <= end) if end else times
            found.append(self._connection.scalar(times.offset(limit + _AHEAD).limit(1)))
        return max((at for at in found if at is not None), default=None)

    def newest(
        self, limit: int | None, after: int | None = None, glance: Glance = None
    ) -> Select[Any]:
        """Select the newest that are found; all of one rank."""
        since = glance if isinstance(glance, datetime) else None
        many = glance if isinstance(glance, int) else None
        if self._sqlite:
            found, place = self._by_sqlite(since)
        else:
            found, place = self._by_postgresql(after, many, since)
        found = found.add_columns(literal_column("0.0").label("rank"))
        if after is not None:
            found = found.where(place < after)
        return found.order_by(place.desc()).limit(limit)

    def ranked(self) -> Select[Any]:
        """Select the newest that are found with their ranks, higher for more relevant."""
        if self.query.wanted is None:
            return self.newest(MOST_RANKED)
        if self._sqlite:
            found, place = self._by_sqlite()
            rank = -func.bm25(literal_column("search_words"), _TITLE, 1.0)
            return found.add_columns(rank.label("rank")).order_by(place.desc()).limit(MOST_RANKED)
        newest = self.newest(MOST_RANKED).subquery()
        rank_ = cast(func.ts_rank(_s.words, self._tsquery()), Float(53))
        return select(newest.c.place, newest.c.item_id, rank_.label("rank")).join_from(
            newest, search_items, _s.place == newest.c.place
        )

    def any(self, limit: int) -> Select[Any]:
        """Select so many that are found, in no order: places, or ids."""
        if (entity := self._entity_alone()) is not None:
            e = t.item_entities.c
            return select(e.item_id).where(e.entity_id == entity).limit(limit)
        if not self._sqlite:
            conditions = [*self._within(_s.place), *self._filters(_s.item_id)]
            if self.query.wanted is not None or self.query.unwanted:
                conditions.append(self._holds(_s.words))
            return select(_s.place).where(*conditions).limit(limit)
        found, place = self._by_sqlite()
        if self.query.wanted is not None and not self.query.having:
            found = select(place).where(_matches(self._fts5()), *self._within(place))
        return found.limit(limit)

    def _entity_alone(self) -> str | None:
        """Return the only entity, where nothing else is asked for."""
        of = self.query
        if of.wanted is not None or of.unwanted or of.since or of.until or len(of.having) != 1:
            return None
        one = of.having[0]
        alone = one.name == "entity" and not one.negated and len(one.values) == 1
        return one.values[0] if alone else None

    def _by_sqlite(self, since: datetime | None = None) -> tuple[Select[Any], ColumnElement[int]]:
        wanted = self.query.wanted is not None
        place = _words.c.rowid if wanted else _s.place
        found = select(place.label("place"), _s.item_id)
        if wanted:
            found = found.join_from(_words, search_items, _s.place == place)
            found = found.where(_matches(self._fts5()))
        elif self.query.unwanted:
            unwanted = select(_words.c.rowid).where(_matches(self._fts5()))
            found = found.where(place.not_in(unwanted))
        bounds = self._within(place, since)
        return found.where(*bounds, *self._filters(_s.item_id, since)), place

    def _by_postgresql(
        self, after: int | None, glance: int | None, since: datetime | None
    ) -> tuple[Select[Any], ColumnElement[int]]:
        bounds = self._within(_s.place, since)
        if after is not None:
            bounds.append(_s.place < after)
        of: FromClause = search_items
        conditions = bounds
        if self.query.wanted is not None and glance is not None:
            near = select(_s.place, _s.item_id, _s.words).where(*bounds)
            of = near.order_by(_s.place.desc()).limit(glance).subquery()
            conditions = [self._holds(of.c.words)]
        elif self.query.wanted is not None:
            matched = select(_s.place, _s.item_id).where(self._holds(_s.words), *bounds)
            of = matched.cte("matched").prefix_with("MATERIALIZED")
            conditions = []
        elif self.query.unwanted:
            conditions = [*bounds, self._holds(_s.words)]
        filters = self._filters(of.c.item_id, since)
        return select(of.c.place, of.c.item_id).where(*conditions, *filters), of.c.place

    def _within(
        self, place: ColumnElement[int], since: datetime | None = None
    ) -> list[ColumnElement[bool]]:
        query, bounds = self.query, self._bounds(place)
        if since is not None:
            bounds.append(place >= edge(since))
        if query.since is not None:
            bounds.append(place >= edge(query.since))
        if query.until is not None:
            bounds.append(place < edge(query.until))
        return bounds

    def _bounds(self, place: ColumnElement[int]) -> list[ColumnElement[bool]]:
        low, high = self.part
        bounds = [] if low is None else [place >= low]
        return bounds if high is None else [*bounds, place < high]

    def _filters(
        self, item_id: ColumnElement[str], since: datetime | None = None, *, few: bool = False
    ) -> list[ColumnElement[bool]]:
        """Make the filters; `few`: of items that are named, each is asked for by itself."""
        asked = self.query.having
        made = ((having, self._filter(having, item_id, since, few=few)) for having in asked)
        return [not_(one) if having.negated else one for having, one in made]

    def _filter(
        self, having: Having, item_id: ColumnElement[str], since: datetime | None, *, few: bool
    ) -> ColumnElement[bool]:
        i, a, e = t.items.c, t.assessments.c, t.item_entities.c
        if having.name == "entity" and few:
            return exists().where(e.item_id == item_id, e.entity_id.in_(having.values))
        if having.name == "entity":
            named = select(e.item_id).where(e.entity_id.in_(having.values))
            return item_id.in_(named if since is None else named.where(e.at >= since))
        if having.name == "feed":
            return exists().where(i.id == item_id, i.feed_url.in_(self._feeds[having]))
        if having.name == "verdict":
            judged = and_(a.item_id == i.id, a.revision == i.judged_revision)
            return exists().where(i.id == item_id, judged, a.verdict.in_(having.values))
        spoken = [i.language == v for v in having.values]
        spoken += [i.language.startswith(f"{v}-", autoescape=True) for v in having.values]
        return exists().where(i.id == item_id, or_(*spoken))

    def _fts5(self) -> str:
        return fts5(self.query.wanted, self.query.unwanted)

    def _tsquery(self) -> ColumnElement[Any]:
        # A literal, which the planner sees when it chooses how to look.
        written = tsquery(self.query.wanted, self.query.unwanted)
        return cast(bindparam(None, written, literal_execute=True), TSQUERY)

    def _holds(self, words: ColumnElement[Any]) -> ColumnElement[bool]:
        found = words.op("@@", is_comparison=True)(self._tsquery())
        return found if self.query.wanted is not None else not_(found)


def _matches(asked: str) -> ColumnElement[bool]:
    return literal_column("search_words").op("MATCH", is_comparison=True)(asked)


def _feeds(connection: Connection, value: str) -> list[str]:
    """Return the addresses of the feeds whose publisher, or address, holds a text."""
    wanted = fold(value).text
    known = connection.execute(select(t.feeds.c.url, t.feeds.c.publisher)).all()
    found = [r.url for r in known if wanted in fold(r.publisher).text or value in r.url]
    if not found:
        raise NotFoundError("feed", value, "`techwatch feeds list` shows those there are")
    return found
