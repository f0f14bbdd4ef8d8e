"""Back-ups of an SQLite database: made while others write, verified before they count, put back.

A back-up stands under its name only when it is whole: it is written beside it, checked, and then
renamed. Putting one back replaces the database in one step, and keeps the old file.
"""

from __future__ import annotations

import os
import shlex
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import URL, make_url

from techwatch.errors import BackupError
from techwatch.storage.database import SCHEMA
from techwatch.storage.sqlite import advice, make_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    Told = Callable[[int, int], None]  # pages copied, pages in all

_PAGES = 2048  # copied in one go: 8 MB at the usual 4 kB
_COUNTED = ("feeds", "items", "developments", "digests", "deliveries", "judgements")
_BESIDE = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a database


@dataclass(frozen=True, slots=True)
class Contents:
    """What a back-up holds."""

    schema: str
    bytes: int
    rows: Mapping[str, int]  # by table, of those that matter to a person


def back_up(
    url: str, goal: Path, told: Told = lambda *_: None, *, replace: bool = False
) -> Contents:
    """Copy the database to a file; others may write meanwhile, the copy is of one moment.

    Raises BackupError where the goal exists and is not to be replaced, the database is not SQLite,
    or the copy is not sound. A process that is killed leaves at most a file `.part`.
    """
    source = _file(url, _dump_command(url, goal))
    if not source.is_file():
        raise BackupError(f"there is no database at {source}")
    if goal.exists() and not replace:
        raise BackupError(f"{goal} exists; choose another name, or --replace it")
    part = _part(goal)
    try:
        _copy(source, part, told)
        contents = inspect(part)
        os.replace(part, goal)  # noqa: PTH105 - whole or not at all
    finally:
        _remove(part)
    _sync(goal.parent)
    return contents


def restore(
    source: Path, url: str, now: datetime, told: Told = lambda *_: None, *, replace: bool = False
) -> tuple[Contents, Path | None]:
    """Make a back-up the database; returns what it holds, and where the old database is now.

    Raises BackupError where the back-up is not sound or of a newer schema, where there is a
    database and it is not to be replaced, or where another process has it open. An older schema is
    taken: `techwatch db upgrade` mends it.
    """
    goal = _file(url, _restore_command(url, source))
    contents = inspect(source)
    if contents.schema > SCHEMA:
        known = f"this program knows {SCHEMA}"
        raise BackupError(f"{source} has schema {contents.schema}, {known}: use a newer techwatch")
    if goal.exists() and not replace:
        raise BackupError(f"there is a database at {goal}; --replace puts it aside")
    goal.parent.mkdir(parents=True, exist_ok=True)
    part = _part(goal)
    try:
        _copy(source, part, told)
        inspect(part)
        _use_wal(part)
        aside = _put_aside(goal, now) if goal.exists() else None
        os.replace(part, goal)  # noqa: PTH105 - at no time is there no database
    finally:
        _remove(part)
    _sync(goal.parent)
    return contents, aside


def inspect(path: Path) -> Contents:
    """Check a database file from its first page to its last; raises BackupError."""
    if not path.is_file():
        raise BackupError(f"there is no file {path}")
    try:
        with closing(_open(path, read_only=True)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
            if found != ["ok"]:
                raise BackupError(f"{path} is damaged: {found[0]}")
            if broken := connection.execute("PRAGMA foreign_key_check").fetchone():
                raise BackupError(f"{path} is damaged: a row of {broken[0]} refers to nothing")
            schema = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            rows = dict(_count(connection))
    except sqlite3.Error as error:
        raise BackupError(f"{path} is no sound database of techwatch: {error}") from error
    if schema is None:
        raise BackupError(f"{path} is no database of techwatch: it names no schema")
    return Contents(str(schema[0]), path.stat().st_size, rows)


def _count(connection: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    for table in _COUNTED:
        [count] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - ours
        yield table, count


def _copy(source: Path, part: Path, told: Told) -> None:
    """Copy a database as it is at this moment into a single file, and have the disk hold it."""
    _remove(part)
    make_private(part)
    try:
        with closing(_open(source, read_only=True)) as of, closing(sqlite3.connect(part)) as to:
            # A reader's view holds still: without it each write of others would begin it anew.
            of.execute("BEGIN")
            of.execute("SELECT count(*) FROM sqlite_master").fetchone()
            to.execute("PRAGMA synchronous=OFF")  # all of it is synchronised at the end
            of.backup(
                to, pages=_PAGES, progress=lambda _, left, of_all: told(of_all - left, of_all)
            )
            to.execute("PRAGMA journal_mode=DELETE")  # one file, that needs none beside it
    except sqlite3.Error as error:
        raise BackupError(
            f"{source} could not be copied to {part.parent}: {error}{advice(error)}"
        ) from error
    _sync(part)


def _put_aside(goal: Path, now: datetime) -> Path:
    """Give the old database a second name; raises BackupError where somebody has it open."""
    aside = goal.with_name(f"{goal.name}.before-{now:%Y%m%dT%H%M%SZ}")
    if aside.exists():
        raise BackupError(f"{aside} exists already; try again in a second")
    try:
        with closing(sqlite3.connect(goal, timeout=1)) as old:
            # Succeeds only for who is alone, and leaves one file, the log written into it.
            old.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            message = f"another process uses {goal}: stop the service and its workers first"
            raise BackupError(message) from error
        _log_aside(goal, aside)
    except sqlite3.DatabaseError:  # damaged, which may be why another is put in its place
        _log_aside(goal, aside)
    os.link(goal, aside)
    return aside


def _log_aside(goal: Path, aside: Path) -> None:
    """Move what stands beside a damaged database: it must not be taken for the new one's."""
    for ending in _BESIDE:
        with suppress(FileNotFoundError):
            Path(f"{goal}{ending}").rename(f"{aside}{ending}")


def _use_wal(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    _sync(path)


def _open(path: Path, *, read_only: bool) -> sqlite3.Connection:
    mode = "ro" if read_only else "rw"
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=15)


def _part(goal: Path) -> Path:
    return goal.with_name(f"{goal.name}.part")


def _remove(part: Path) -> None:
    for ending in ("", *_BESIDE):
        Path(f"{part}{ending}").unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Have the disk hold a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --------------------------------------------------------------------------- PostgreSQL


def _file(url: str, command: str) -> Path:
    """Return the file of an SQLite URL; raises BackupError with what to do for another database."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        return Path(parsed.database).resolve()
    message = f"the database is no SQLite file; PostgreSQL has tools of its own:\n  {command}"
    raise BackupError(message)


def _dump_command(url: str, goal: Path) -> str:
    parts = ["pg_dump", "--format=custom", f"--file={goal}", _plain(make_url(url))]
    return shlex.join(parts)


def _restore_command(url: str, source: Path) -> str:
    into = f"--dbname={_plain(make_url(url))}"
    return shlex.join(
        ["pg_restore", "--clean", "--if-exists", "--single-transaction", into, str(source)]
    )


def _plain(url: URL) -> str:
    """Return the address as libpq knows it, without the password: it asks, or reads ~/.pgpass."""
    parts = (url.username, None, url.host, url.port, url.database, url.query)
    return URL.create("postgresql", *parts).render_as_string()
