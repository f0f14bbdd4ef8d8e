"""A row for every table, whatever it says: for copies, back-ups and later programs to carry."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from techwatch.storage import tables as t

if TYPE_CHECKING:
    from sqlalchemy import Column, Connection

_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
_SAMPLES: dict[type, object] = {
    str: "87654321罚",
    int: 7,
    float: 0.25,
    bytes: b"\0\xff",
    bool: True,
    object: {"a": 1},
}
_WORDS = {  # of columns that take one of a few
    ("articles", "state"): "read",
    ("robots", "access"): "rules",
    ("subscriptions", "state"): "active",
}


def fill_empty_tables(connection: Connection) -> None:
    """Put a row into each table that is empty; what it refers to must be there."""
    for table in t.metadata.sorted_tables:
        if connection.execute(select(table).limit(1)).first() is None:
            values = {column.name: _sample(column) for column in table.c}
            values |= {
                column.name: connection.scalar(select(key.column))
                for column in table.c
                for key in column.foreign_keys
            }
            connection.execute(insert(table).values(values))


def _sample(column: Column[Any]) -> object:
    if isinstance(column.type, t.Hex):
        return "00ff00ff00ff00ff"
    if isinstance(column.type, (t.Utc, t.Instant)):
        return _AT
    return _WORDS.get((column.table.name, column.name)) or _SAMPLES[column.type.python_type]
