"""The developments that a query finds: those of which an item that is found tells, newest first.

Items that are found are gone through from the newest to the oldest, a window at a time, until a
page is full. A frequent word fills it at once, of a rare one there are few. A window knows only its
own items: what it brings is asked once more for all of its tellings, which says how many are found,
and whether a newer one was, so that an earlier window or page told it.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select

from techwatch.model import FoundDevelopment, Verdict
from techwatch.search.reading import holds
from techwatch.storage import tables as t
from techwatch.storage.asked import Asked
from techwatch.storage.indexing import edge, time_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from techwatch.search.query import Query

_WINDOWS = (
    400,
    1_200,
    4_000,
    20_000,
)  # items that are gone through at a time; the last again and again
_AT_A_TIME = 100  # developments whose tellings are read
LAST = "g"  # behind every id
_After = tuple[int, str]  # place and id


class FoundDevelopments(NamedTuple):
    """A page of developments."""

    found: tuple[tuple[str, FoundDevelopment], ...]  # each with the key behind which it goes on
    after: str | None  # the key of the next page; None: this is the last
    until: datetime | None  # of the news: older was not looked at yet; None: nothing was left out


class _Candidate(NamedTuple):
    story_id: str
    id: str  # of the development
    place: int  # of its newest telling in the window

    @property
    def key(self) -> str:
        return f"{self.place}/{self.id}"


def developments(
    connection: Connection, query: Query, limit: int, after: _After | None, most: int | None
) -> FoundDevelopments:
    """Return developments by their newest telling that is found.

    Args:
        connection: in a transaction, so that all is read of one state.
        query: what is asked for.
        limit: how many at the most.
        after: place and id of the last one of the page before.
        most: about how many items are gone through at the most; None: all that are found.
    """
    asked = Asked(connection, query)
    found: list[_Candidate] = []
    numbers: dict[str, int] = {}
    until, seen = (None if after is None else after[0] + 1), 0
    for size in itertools.chain(_WINDOWS, itertools.repeat(_WINDOWS[-1])):
        part = asked.between(None, until)
        window, low = _window(connection, part, size)
        for candidate, number in _told(connection, asked, window, after):
            found.append(candidate)
            numbers[candidate.id] = number
            if len(found) > limit:
                shown = found[:limit]
                return FoundDevelopments(_whole(connection, shown, numbers), shown[-1].key, None)
        seen += size
        until = _end(connection, part, size) if low is None else low
        if until is None or (most is not None and seen >= most):
            break
    goes_on, cut = (None, None) if until is None else (f"{until}/{LAST}", time_of(until))
    return FoundDevelopments(_whole(connection, found, numbers), goes_on, cut)


def _window(connection: Connection, part: Asked, size: int) -> tuple[Select[Any], int | None]:
    """Select the newest items that are found in a part of the index, as far as a window goes.

    Beside it stands the place where it begins; None: where `_end` says.
    """
    high = part.part[1]
    since = part.near(size, high)  # of an entity's items not all are read to find the newest
    if since is not None and (high is None or edge(since) < high):
        return part.between(edge(since), high).newest(None, glance=since), edge(since)
    if part.is_read_here:
        return part.newest(size), None
    low = _end(connection, part, size)  # a value, by which the planner chooses its way
    return part.between(low, high).found, low


def _end(connection: Connection, part: Asked, size: int) -> int | None:
    """Return where a window ends; None: with the oldest item.

    PostgreSQL's index gives all that match at once: when the newest were looked at, the last window
    has the rest.
    """
    if size == _WINDOWS[-1] and not part.is_read_here:
        return None
    found: int | None = connection.scalar(part.end_of(size))
    return found


def _candidates(
    connection: Connection, window: Select[Any], after: _After | None
) -> list[_Candidate]:
    """Return the developments that items of a window tell, by the newest of those."""
    d, y = t.developments.c, t.story_items.c
    items = window.subquery()
    place = func.max(items.c.place)
    wanted = (
        select(d.story_id, d.id, place.label("place"))
        .join_from(items, t.story_items, y.item_id == items.c.item_id)
        .join(t.developments, d.story_id == y.story_id)
        .group_by(d.story_id, d.id)
        .order_by(place.desc(), d.id)
    )
    every = (_Candidate(*row) for row in connection.execute(wanted))
    return [one for one in every if after is None or _is_behind(one, after)]


def _is_behind(one: _Candidate, after: _After) -> bool:
    return one.place < after[0] or (one.place == after[0] and one.id > after[1])


def _told(
    connection: Connection, asked: Asked, window: Select[Any], after: _After | None
) -> Iterator[tuple[_Candidate, int]]:
    """Give the developments that a window tells first, with the number of items found of each."""
    candidates = _candidates(connection, window, after)
    for start in range(0, len(candidates), _AT_A_TIME):
        some = candidates[start : start + _AT_A_TIME]
        places: dict[str, list[int]] = {}
        for row in connection.execute(asked.tellings([one.story_id for one in some])):
            if not asked.is_read_here or holds(asked.query, row.title, row.text):
                places.setdefault(row.story_id, []).append(row.place)
        for one in some:
            own = places.get(one.story_id, [one.place])
            if max(own) == one.place:
                yield one, len(own)


def _whole(
    connection: Connection, shown: Sequence[_Candidate], numbers: dict[str, int]
) -> tuple[tuple[str, FoundDevelopment], ...]:
    d, i, s = t.developments.c, t.items.c, t.stories.c
    wanted = (
        select(d.id, d.created_at, d.story_id, s.verdict, s.last_at, i.title, i.link, i.language)
        .add_columns(t.feeds.c.publisher)
        .join_from(t.developments, t.stories, s.id == d.story_id)
        .join(t.items, i.id == d.item_id)
        .join(t.feeds, t.feeds.c.url == i.feed_url)
        .where(d.id.in_([one.id for one in shown]))
    )
    rows = {row.id: row for row in connection.execute(wanted)}
    return tuple((one.key, _development(rows[one.id], numbers[one.id])) for one in shown)


def _development(row: Row[Any], found: int) -> FoundDevelopment:
    return FoundDevelopment(
        id=row.id,
        verdict=Verdict(row.verdict),
        title=row.title,
        link=row.link,
        publisher=row.publisher,
        created_at=row.created_at,
        last_at=row.last_at,
        found=found,
        story_id=row.story_id,
        language=row.language,
    )
