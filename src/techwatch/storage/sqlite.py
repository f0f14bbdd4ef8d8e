"""What is particular to SQLite: one file, one writer."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, event

from techwatch.errors import DamagedError, StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Engine

_WAL_ATTEMPTS = 100
_BUSY_TIMEOUT_MS = 15_000  # another process may be writing: a poll's transaction is far shorter
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_ADVICE = {
    sqlite3.SQLITE_FULL: "its disk is full: make room, nothing stored is lost",
    sqlite3.SQLITE_BUSY: "another process has been writing for too long: see which has it open",
    sqlite3.SQLITE_READONLY: "its disk or folder may only be read: mount or chmod it for writing",
    sqlite3.SQLITE_CANTOPEN: "look at the folder's rights, the room on its disk, and `ulimit -n`",
    sqlite3.SQLITE_IOERR: "its disk may be full or failing: see the log of the system",
}
_RESTORE = (
    "nothing is written to it any more. Stop the service and put the last back-up in its place: "
    "`techwatch db restore FILE --replace`; the damaged file is kept beside it"
)


def sqlite_url(path: Path) -> str:
    """Name an SQLite file as a database URL; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path}"


def make_private(path: str | os.PathLike[str]) -> None:
    """Make an empty file that strangers on this machine can't read, where there is none yet.

    It will hold hashes of passwords. What SQLite keeps beside it gets the same rights.
    """
    with suppress(OSError):  # it is there, or can't be made: whoever opens it tells why
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640))


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
    options = connection.get_execution_options()
    if options.get("alters"):
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")  # a transaction can't change it
    # IMMEDIATE: a transaction that reads first and writes later would otherwise fail, not wait.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")


def is_damage(error: object) -> bool:
    """Whether a driver's error says that the file is not what SQLite wrote."""
    return _primary(error) in _DAMAGED


def is_mistake(error: object) -> bool:
    """Whether a driver's error says that a statement can't be run on these tables."""
    return _primary(error) == sqlite3.SQLITE_ERROR


def advice(error: object) -> str:
    """Say what to do about a driver's error: words for the end of its message, or none."""
    found = _ADVICE.get(_primary(error))
    return f"; {found}" if found else ""


def damaged(name: str, found: object) -> DamagedError:
    """Make the error of a damaged database, with what to do."""
    return DamagedError(f"the database {name} is damaged ({found}): {_RESTORE}")


def _primary(error: object) -> int:
    """Return SQLite's primary result code: the lowest byte of the extended one."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else -1


def first_damage(connection: Connection) -> str | None:
    """Look at every page of every table and index, as far as each shows by itself.

    https://sqlite.org/pragma.html#pragma_quick_check: it leaves out whether an index has what its
    table has, for which every row would have to be looked up.
    """
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(1)")]
    return None if found == ["ok"] else " ".join(found).replace("\n", " ")
