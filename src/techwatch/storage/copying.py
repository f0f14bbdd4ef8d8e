"""A whole database copied into another, of the same kind or not, and compared with it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, func, select, text
from sqlalchemy.exc import DataError, IntegrityError

from techwatch.errors import StorageError
from techwatch.storage import indexing
from techwatch.storage.tables import items, metadata

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, CursorResult, Table

    from techwatch.storage.database import Database

_BATCH = 1000  # rows that are in memory at a time


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table that is the same in both databases."""

    table: str
    rows: int
    checksum: str  # SHA-256 of all values in the order of the key, 64 hex digits


def copy(
    source: Database,
    target: Database,
    begun: Callable[[int], None] = lambda _: None,
    moved: Callable[[int], None] = lambda _: None,
) -> tuple[CopiedTable, ...]:
    """Copy every row of one database into another that has none; all of it, or nothing.

    The source may be in use: what is copied is its state at one moment. Rows are read back from
    both afterwards, and counted and summed. The search index, which is written in the words of
    either database, is made anew from the items.

    Args:
        source: where rows are read.
        target: where they are written, in one transaction.
        begun: told how many rows there are, and items to be indexed.
        moved: told how many more of them were written, again and again.

    Raises StorageError where the target has rows, refuses one, or has other rows afterwards; then
    nothing was changed.
    """
    with source.read() as reading, target.write() as writing:
        _refuse_filled(writing, target.name)
        rows = sum(_count(reading, table) for table in metadata.sorted_tables)
        begun(rows + _count(reading, items))  # each item is indexed too
        for table in metadata.sorted_tables:
            try:
                _copy_rows(reading, writing, table, moved)
            except (DataError, IntegrityError) as error:
                message = f"{target.name} refuses a row of {table.name}: {error.orig}"
                raise StorageError(message) from error
        indexing.fill(writing, moved)
        return tuple(_compared(reading, writing, table) for table in metadata.sorted_tables)


def checksum(connection: Connection, table: Table) -> tuple[int, str]:
    """Count the rows of a table, and sum their values, the same for the same rows everywhere."""
    sha, rows = hashlib.sha256(), 0
    with _streamed(connection, table) as found:
        for row in found:
            rows += 1
            sha.update(json.dumps(tuple(row), default=_plain, sort_keys=True).encode() + b"\n")
    return rows, sha.hexdigest()


def _refuse_filled(connection: Connection, name: str) -> None:
    for table in metadata.sorted_tables:
        if connection.execute(select(table).limit(1)).first() is not None:
            raise StorageError(
                f"{name} has rows already, in {table.name}: copy to a database that has none"
            )


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _copy_rows(
    reading: Connection, writing: Connection, table: Table, moved: Callable[[int], None]
) -> None:
    with _streamed(reading, table) as found:
        for batch in found.mappings().partitions():
            writing.execute(table.insert(), [dict(row) for row in batch])
            moved(len(batch))
    if writing.dialect.name == "postgresql":
        _count_on(writing, table)


def _streamed(connection: Connection, table: Table) -> CursorResult[Any]:
    """Ask for all rows in the order of the key; closed by who reads them."""
    wanted = select(table).order_by(*table.primary_key.columns)
    return connection.execute(wanted, execution_options={"yield_per": _BATCH})


def _count_on(connection: Connection, table: Table) -> None:
    """Let the numbers that the server gives go on after those that were copied."""
    [*keys] = table.primary_key.columns
    if len(keys) != 1 or not isinstance(keys[0].type, Integer) or keys[0].foreign_keys:
        return
    last = connection.scalar(select(func.max(keys[0])))
    if last is not None:
        wanted = text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)")
        values = {"table": table.name, "column": keys[0].name, "last": last}
        connection.execute(wanted, values)


def _compared(reading: Connection, writing: Connection, table: Table) -> CopiedTable:
    before, after = checksum(reading, table), checksum(writing, table)
    if before != after:
        raise StorageError(
            f"{table.name} is not the same after copying: {before[0]} rows {before[1][:12]}, "
            f"then {after[0]} rows {after[1][:12]}; nothing was copied"
        )
    return CopiedTable(table.name, *after)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else repr(value)
