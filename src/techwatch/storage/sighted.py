"""Sightings of names that the baseline lacks, as rows: stored, grouped by name, counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from techwatch.matching.variants import Seen, short_for
from techwatch.model import EmergingName, EntityKind, SightedItem
from techwatch.storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from techwatch.model import Sighting

ENOUGH_PUBLISHERS = 2  # a name that so many have is worth telling,
ENOUGH_ITEMS = 3  # and so is one that so many items have, whoever published them
_LONGEST = 300  # characters of a name's key: what is longer is no name, and fits no index
_UNKNOWN = "unknown"  # type of a name that nothing tells


def save_sightings(
    connection: Connection, item_id: str, names: Sequence[Sighting], at: datetime, now: datetime
) -> None:
    """Store which names an item holds, in place of those that it held when last judged."""
    s = t.sightings.c
    known = select(s.key, s.noted_at).where(s.item_id == item_id)
    noted = {row.key: row.noted_at for row in connection.execute(known)}
    if noted:
        connection.execute(delete(t.sightings).where(s.item_id == item_id))
    rows = [
        {
            "key": name.key,
            "item_id": item_id,
            "kind": name.kind,
            "type": name.type,
            "surface": name.surface,
            "sentence": name.sentence,
            "near": list(name.near),
            "at": at,
            "noted_at": noted.get(name.key, now),
        }
        for name in names
        if len(name.key) <= _LONGEST
    ]
    if rows:
        connection.execute(insert(t.sightings), rows)


def sightings() -> Select[Any]:
    """Select sightings with their items and publishers, the newest first."""
    return (
        select(t.sightings, t.items.c.title, t.items.c.link, t.items.c.language)
        .add_columns(t.feeds.c.publisher)
        .join(t.items, t.items.c.id == t.sightings.c.item_id)
        .join(t.feeds, t.feeds.c.url == t.items.c.feed_url)
        .order_by(t.sightings.c.at.desc(), t.sightings.c.item_id)
    )


def dismissed(connection: Connection) -> frozenset[str]:
    """Return the keys of the names that a person dismissed."""
    return frozenset(connection.scalars(select(t.dismissed_names.c.key)))


def grouped(rows: Iterable[Row[Any]]) -> dict[str, list[Row[Any]]]:
    """Group sightings, newest first, by name; those of a short form come to the full one."""
    groups: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[row.key].append(row)
    seen = {
        key: Seen(
            surface=_most(row.surface for row in group)[0],
            kind=_most(row.kind for row in group)[0],
            near=frozenset(entity for row in group for entity in row.near),
        )
        for key, group in groups.items()
    }
    for short, full in short_for(seen).items():
        there = {row.item_id for row in groups[full]}
        groups[full] += [row for row in groups.pop(short) if row.item_id not in there]
        groups[full].sort(key=lambda row: (-row.at.timestamp(), row.item_id))
    return groups


def worth_telling(rows: Sequence[Row[Any]]) -> bool:
    """Whether enough publishers or items have a name, by its sightings."""
    publishers = {row.publisher for row in rows}
    return len(publishers) >= ENOUGH_PUBLISHERS or len(rows) >= ENOUGH_ITEMS


def named(rows: Sequence[Row[Any]], examples: int, dismissed: frozenset[str]) -> EmergingName:
    """Count the sightings of one name, newest first."""
    types = [row.type for row in rows if row.type != _UNKNOWN]
    key = max((row.key for row in rows), key=len)  # of the full name
    return EmergingName(
        key=key,
        name=_most(row.surface for row in rows if row.key == key)[0],
        kind=EntityKind(_most(row.kind for row in rows)[0]),
        type=_most(types)[0] if types else _UNKNOWN,
        language=_most(row.language for row in rows)[0],
        items=len(rows),
        publishers=_most(row.publisher for row in rows),
        first_at=rows[-1].at,
        last_at=rows[0].at,
        near=_most(entity for row in rows for entity in row.near),
        examples=tuple(
            SightedItem(
                row.item_id,
                row.title,
                row.link,
                row.publisher,
                row.language,
                row.at,
                row.surface,
                row.sentence,
            )
            for row in rows[:examples]
        ),
        dismissed=key in dismissed,
    )


def _most(values: Iterable[str]) -> tuple[str, ...]:
    """Return the different values, the most frequent first, then by the alphabet."""
    counts = Counter(values)
    return tuple(sorted(counts, key=lambda value: (-counts[value], value)))


def ordered(names: Iterable[EmergingName]) -> tuple[EmergingName, ...]:
    """Put the names of most items first, then of most publishers, then the newest."""
    return tuple(
        sorted(
            names,
            key=lambda n: (-n.items, -len(n.publishers), -n.last_at.timestamp(), n.key),
        )
    )
