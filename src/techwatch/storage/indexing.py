"""The search index: which words stand in which item, in the transaction that stores the item.

A table and its index of words, kept out of the metadata of `tables`: all of it is made of the
items, in the words of either database, and can be made anew. An item's row goes with the item by
itself.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import BigInteger, Column, MetaData, String, Table, Text, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from techwatch.search.words import indexed
from techwatch.storage import tables as t
from techwatch.storage.rows import items_with_feeds, stored_item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from techwatch.model import Item, ReadAhead

CHUNK = 500  # ids in one question: databases bound the number of parameters
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_LOW = 16  # bits of a place that come from the item's id
_GAP = 2  # words of title and text don't stand in a row

# SQLite holds the words as text, beside the virtual table `search_words`; PostgreSQL in `words`.
search_items = Table(
    "search_items",
    MetaData(),
    Column("place", BigInteger, primary_key=True),  # by the time of the news: see `place_of`
    Column("item_id", String(16), nullable=False),
    Column("title", Text),
    Column("text", Text),
    Column("words", postgresql.TSVECTOR),
)


class Entry(NamedTuple):
    """An item as it is indexed; words are divided by spaces."""

    item_id: str
    at: datetime
    title: str
    text: str


def at_of(published: datetime | None, first_seen_at: datetime) -> datetime:
    """Return the time of an item's news: published, but not later than it was first seen."""
    return min(published or first_seen_at, first_seen_at)


def place_of(at: datetime, item_id: str) -> int:
    """Return where an item stands in the index: by the time of its news, then by its id.

    64 bits: the seconds since 1970, and 16 bits of the id. The index is read in this order, so
    that the newest are found without sorting.
    """
    return edge(at) | int(item_id[: _LOW // 4], 16)


def edge(at: datetime) -> int:
    """Return the first place of a second."""
    return ((at - _EPOCH) // _SECOND) << _LOW


def time_of(place: int) -> datetime:
    """Return the time of a place."""
    return _EPOCH + (place >> _LOW) * _SECOND


def add(
    connection: Connection,
    items: Iterable[Item],
    now: datetime,
    ahead: Mapping[str, ReadAhead] = MappingProxyType({}),
) -> None:
    """Index items that were first seen just now and are not in the index yet.

    The words of those that were read `ahead` are known.
    """
    put(connection, (_entry(item, now, item.body, ahead.get(item.id)) for item in items))


def renew(connection: Connection, item_ids: Sequence[str]) -> None:
    """Index these items anew, as they are stored; those that are not there leave the index."""
    for start in range(0, len(item_ids), CHUNK):
        ids = item_ids[start : start + CHUNK]
        forget(connection, ids)
        rows = connection.execute(items_with_feeds().where(t.items.c.id.in_(ids))).all()
        put(connection, _stored(stored_item(row) for row in rows))


def page(connection: Connection, after: str) -> Sequence[str]:
    """Return the next ids of items, in their order: to be indexed together."""
    wanted = select(t.items.c.id).where(t.items.c.id > after).order_by(t.items.c.id)
    return connection.scalars(wanted.limit(CHUNK)).all()


def fill(connection: Connection, told: Callable[[int], None]) -> None:
    """Index every item anew in one transaction; `told` hears how many more, again and again."""
    last = ""
    while ids := page(connection, last):
        renew(connection, ids)
        told(len(ids))
        last = ids[-1]


def forget(connection: Connection, item_ids: Sequence[str]) -> None:
    """Take items out of the index."""
    connection.execute(delete(search_items).where(search_items.c.item_id.in_(item_ids)))


def put(connection: Connection, entries: Iterable[Entry]) -> None:
    """Index items that are not in the index."""
    make = _vector if connection.dialect.name == "postgresql" else _texts
    waiting = [_row(entry) | make(entry) for entry in entries]
    while waiting:
        # In order: SQLite's index takes ascending rows fastest, and no two writers deadlock.
        waiting.sort(key=lambda row: int(row["place"]))
        connection.execute(_insert(connection), waiting)
        there = _there(connection, [row["item_id"] for row in waiting])
        # Two items in 65,000 of one second want the same place: the next one will do.
        waiting = [r | {"place": r["place"] + 1} for r in waiting if r["item_id"] not in there]


def _insert(connection: Connection) -> Any:  # noqa: ANN401 - of either dialect
    made = postgresql if connection.dialect.name == "postgresql" else sqlite
    return made.insert(search_items).on_conflict_do_nothing(index_elements=["place"])


def _there(connection: Connection, ids: Sequence[str]) -> set[str]:
    c = search_items.c
    found: set[str] = set()
    for start in range(0, len(ids), CHUNK):
        wanted = select(c.item_id).where(c.item_id.in_(ids[start : start + CHUNK]))
        found |= set(connection.scalars(wanted))
    return found


def _stored(items: Iterable[Any]) -> Iterator[Entry]:
    for stored in items:
        body = stored.item.body if stored.text_gone_at is None else ""
        yield _entry(stored.item, stored.first_seen_at, body)


def _entry(item: Item, first_seen_at: datetime, body: str, read: ReadAhead | None = None) -> Entry:
    words = (read.title, read.text) if read else indexed(item.title, item.summary, body)
    return Entry(item.id, at_of(item.published, first_seen_at), *words)


def _row(entry: Entry) -> dict[str, Any]:
    return {"place": place_of(entry.at, entry.item_id), "item_id": entry.item_id}


def _texts(entry: Entry) -> dict[str, str]:
    return {"title": entry.title, "text": entry.text}


def _vector(entry: Entry) -> dict[str, str]:
    """Write a tsvector: each word with its places, those of the title marked by A."""
    places: dict[str, list[str]] = {}
    title = entry.title.split()
    for number, word in enumerate(title, 1):
        places.setdefault(word, []).append(f"{number}A")
    for number, word in enumerate(entry.text.split(), len(title) + _GAP):
        places.setdefault(word, []).append(str(number))
    return {"words": " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())}
