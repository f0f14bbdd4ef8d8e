"""What is particular to SQLite: one file, one writer."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, event

from techwatch.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Engine

_WAL_ATTEMPTS = 100
_BUSY_TIMEOUT_MS = 15_000  # another process may be writing: a poll's transaction is far shorter


def sqlite_url(path: Path) -> str:
    """Name an SQLite file as a database URL; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path}"


def prepare(engine: Engine) -> None:
    """Have every connection wait for others, write through to the disk, and heed references."""
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)


def use_wal(engine: Engine) -> None:
    """Let readers and a writer work side by side. The file remembers it.

    SQLite does not wait for a lock here, whatever the busy timeout: another process may be making
    the same database. Raises StorageError where it stays locked.
    """
    for _ in range(_WAL_ATTEMPTS):
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            time.sleep(_BUSY_TIMEOUT_MS / 1000 / _WAL_ATTEMPTS)
        else:
            return
        finally:
            connection.close()
    message = f"the database {engine.url.render_as_string()} is locked by another process"
    raise StorageError(message)


def _prepare(connection: Any, record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    del record
    connection.isolation_level = None  # we begin transactions ourselves, see below
    for pragma in (
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # IMMEDIATE: a transaction that reads first and writes later would otherwise fail, not wait.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
