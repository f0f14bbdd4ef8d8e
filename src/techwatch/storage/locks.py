"""Who waits for whom: what a writing transaction says that it writes.

SQLite has one writer at a time, whatever it writes. On PostgreSQL writers of different areas go on
side by side, and so do writers of different parts of one area. What is named here is locked until
the transaction ends, by advisory locks: a writer shares what contains its part with others who
write parts of it, and excludes everyone from the part itself. A transaction takes its locks at its
beginning, the larger first and those of one size by name, so that no two wait for each other.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, func, literal, select

from techwatch.text import digest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import Select

    Place = tuple[str, ...]  # () is everything, then an area, then a part of it

_PATIENCE = "60s"  # for a lock of another transaction: each takes seconds at the most
_IDLE = "10min"  # a process that hangs between two statements holds its locks no longer


class Area(StrEnum):
    """What is written together. A transaction of one area reads from all of them."""

    FEEDS = "feeds"  # feeds, items and their revisions, as polls bring them
    JUDGING = "judging"  # verdicts, stories, standings, sightings, judgements; parts: entities
    DIGESTS = "digests"  # editions, and digests with the first rows of their deliveries
    LEDGER = "ledger"  # what becomes of deliveries; parts: ids of deliveries
    NAMES = "names"  # names that a person dismissed
    SERVICE = "service"  # signs of life
    PEOPLE = "people"  # accounts of the desk, and what is theirs


def places(area: Area | None, parts: Collection[str]) -> list[tuple[Place, bool]]:
    """List what is to be locked, in order, and whether alone (True) or shared with others."""
    if area is None:
        return [((), True)]
    if not parts:
        return [((), False), ((area,), True)]
    return [((), False), ((area,), False), *(((area, part), True) for part in sorted(set(parts)))]


def key(place: Place) -> int:
    """Return the number of an advisory lock: 64 bits, the same everywhere for the same place."""
    first = bytes.fromhex(digest("techwatch", *place))[:8]
    return int.from_bytes(first, "big", signed=True)


def shared(area: Area) -> list[tuple[Place, bool]]:
    """List what a transaction shares whose parts of an area are locked later, see `parts_of`."""
    return [((), False), ((area,), False)]


def parts_of(kind: str, names: Collection[str]) -> list[str]:
    """Name the parts that hold these names of a kind: one of 256 each, so that locks stay few."""
    return sorted({f"{kind} {digest(name)[:2]}" for name in names})


def key_of(name: str) -> int:
    """Return the number of the lock of a task that one process does at a time."""
    return key(("alone", name))


def taking(area: Area, parts: Collection[str]) -> Select[tuple[object, ...]]:
    """Select the locks of parts of an area that the transaction shares already."""
    takes = (
        func.pg_advisory_xact_lock(literal(key((area, part)), BigInteger)) for part in sorted(parts)
    )
    return select(*takes)


def locking(wanted: Iterable[tuple[Place, bool]]) -> Select[tuple[object, ...]]:
    """Select the locks of a transaction, which PostgreSQL takes from left to right."""
    bounds = (
        func.set_config("lock_timeout", _PATIENCE, True),  # noqa: FBT003 - this transaction only
        func.set_config("idle_in_transaction_session_timeout", _IDLE, True),  # noqa: FBT003
    )
    takes = (
        (func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared)(
            literal(key(place), BigInteger)
        )
        for place, alone in wanted
    )
    return select(*bounds, *takes)
