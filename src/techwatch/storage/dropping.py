"""Items of which only identity and hash are left: kept, looked up, and brought back.

An item that matched nothing is dropped when it is old. Its feed may still show it, perhaps under
another guid: it is not new then. If its text has changed it is a revision, as of any other item.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from techwatch.storage import tables as t
from techwatch.text import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from techwatch.model import Item

CHUNK = 500  # ids in one question: databases bound the number of parameters
_DIGITS = 16  # of an id


def look(feed_url: str, link: str | None, content_hash: str) -> str:
    """Name what two tellings of one entry share whatever their guids, in 16 hex digits."""
    return digest(feed_url, link or "", content_hash)[:_DIGITS]


def among(connection: Connection, ids: Sequence[str]) -> dict[str, Row[Any]]:
    """Return which of these ids are those of dropped items, with what is left of them."""
    found: dict[str, Row[Any]] = {}
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        wanted = select(t.dropped_items).where(t.dropped_items.c.id.in_(chunk))
        found |= {row.id: row for row in connection.execute(wanted)}
    return found


def alike(connection: Connection, items: Sequence[Item]) -> Iterator[tuple[Item, datetime | None]]:
    """Give the items that look like dropped ones of their feed, with when those were published."""
    looks: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        looks[look(item.feed_url, item.link, item.content_hash)].append(item)
    names, c = sorted(looks), t.dropped_items.c
    for start in range(0, len(names), CHUNK):
        wanted = select(c.look, c.published).where(c.look.in_(names[start : start + CHUNK]))
        for row in connection.execute(wanted):
            yield from ((item, row.published) for item in looks[row.look])


def named(connection: Connection, name: str) -> bool:
    """Whether a dropped item has this id, or one that begins like this."""
    try:
        first, last = name.ljust(_DIGITS, "0"), name.ljust(_DIGITS, "f")
        wanted = select(t.dropped_items.c.id).where(t.dropped_items.c.id.between(first, last))
        return len(name) <= _DIGITS and int(name, 16) >= 0 and _any(connection, wanted)
    except ValueError:  # a link, or another name that is no id
        return False


def _any(connection: Connection, wanted: Any) -> bool:  # noqa: ANN401 - a select
    return connection.execute(wanted.limit(1)).first() is not None


def keep(connection: Connection, rows: Sequence[Row[Any]], judged: Sequence[datetime]) -> None:
    """Note identity and hash of items that are dropped, and count them.

    Args:
        connection: of the transaction that deletes them.
        rows: of the table of items.
        judged: when each of their verdicts was reached.
    """
    values = [
        {
            "id": row.id,
            "look": look(row.feed_url, row.link, row.content_hash),
            "content_hash": row.content_hash,
            "revision": row.revision,
            "published": row.published,
            "first_seen_at": row.first_seen_at,
            "seen_at": row.seen_at,
        }
        for row in rows
    ]
    connection.execute(insert(t.dropped_items), values)
    _count(connection, Counter(map(hour, (r.seen_at for r in rows))), Counter(map(hour, judged)))


def bring_back(
    connection: Connection, items: Sequence[Item], dropped: Mapping[str, Row[Any]]
) -> None:
    """Make dropped items, whose feed changed them, such that the change can be stored."""
    if not items:
        return
    c = t.dropped_items.c
    for item in items:
        row = dropped[item.id]
        kept = {"revision": row.revision, "judged_revision": row.revision}
        times = {"first_seen_at": row.first_seen_at, "seen_at": row.seen_at}
        own = {field.name: getattr(item, field.name) for field in fields(item)}
        connection.execute(insert(t.items).values(own | kept | times))
        connection.execute(delete(t.dropped_items).where(c.id == item.id))
    gone = Counter(hour(dropped[item.id].seen_at) for item in items)
    _count(connection, Counter({at: -n for at, n in gone.items()}), Counter())


def hour(at: datetime) -> datetime:
    """Return the beginning of the hour of a time, in UTC."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _count(
    connection: Connection, seen: Mapping[datetime, int], judged: Mapping[datetime, int]
) -> None:
    c = t.dropped_counts.c
    for at in sorted({*seen, *judged}):
        more = {"seen": seen.get(at, 0), "judged": judged.get(at, 0)}
        there = update(t.dropped_counts).where(c.hour == at)
        added = {"seen": c.seen + more["seen"], "judged": c.judged + more["judged"]}
        if connection.execute(there.values(added)).rowcount == 0:
            connection.execute(insert(t.dropped_counts).values(hour=at, **more))
