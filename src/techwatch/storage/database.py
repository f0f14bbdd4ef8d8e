"""The database itself: opening it, its schema, its transactions."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from techwatch.errors import SchemaOutdatedError, SchemaTooNewError, StorageError
from techwatch.storage import tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine import Engine

SCHEMA = "0001"  # the newest migration; a test holds it against migrations/versions
_WAL_ATTEMPTS = 100
_BUSY_TIMEOUT_MS = 15_000  # another process may be writing: a poll's transaction is far shorter


class Database:
    """A database and its two kinds of transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, url: str) -> Database:
        """Open a database, making it and its tables if it is a new SQLite file.

        Raises SchemaOutdatedError, SchemaTooNewError, or StorageError with what to do.
        """
        engine = _engine(url)
        database = cls(engine)
        try:
            found = database.schema()
        except DatabaseError as error:
            message = f"the database {engine.url.render_as_string()} can't be read: {error.orig}"
            raise StorageError(message) from error
        if found is None:
            database.upgrade()
        elif found < SCHEMA:
            message = f"the database has schema {found}, this program needs {SCHEMA}"
            raise SchemaOutdatedError(f"{message}: run `techwatch db upgrade`")
        elif found > SCHEMA:
            message = f"the database has schema {found}, this program knows {SCHEMA}"
            raise SchemaTooNewError(f"{message}: use the newer techwatch that wrote it")
        return database

    @classmethod
    def in_memory(cls) -> Database:
        """Make an empty database that lives as long as this value, for one thread.

        Rows may refer to others that are not there: what nobody will ask for need not be kept.
        """
        database = cls(_engine("sqlite://"))
        with database.write() as connection:
            tables.metadata.create_all(connection)
        with database.engine.connect() as connection:  # a pragma has no effect in a transaction
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        return database

    @classmethod
    def upgrade_at(cls, url: str) -> tuple[str | None, str]:
        """Upgrade the database at `url`; returns the versions before and after.

        Raises SchemaTooNewError where a newer techwatch wrote it.
        """
        database = cls(_engine(url))
        try:
            before = database.schema()
            if before is not None and before > SCHEMA:
                message = f"the database has schema {before}, this program knows {SCHEMA}"
                raise SchemaTooNewError(message)
            database.upgrade()
        finally:
            database.close()
        return before, SCHEMA

    def schema(self) -> str | None:
        """Return the schema's version; None for an empty database."""
        if not inspect(self.engine).has_table("alembic_version"):
            return None
        with self.read() as connection:
            version = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return None if version is None else str(version)

    def upgrade(self) -> None:
        """Bring the schema to this program's version; does nothing if it is there."""
        from alembic import command  # noqa: PLC0415 - slow to import, needed once an installation
        from alembic.config import Config  # noqa: PLC0415 - likewise

        config = Config()
        config.set_main_option("script_location", str(files("techwatch.storage") / "migrations"))
        _use_wal(self.engine)
        with self.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database; raises StorageError."""
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give the only connection that writes; all of it is stored, or nothing.

        Raises StorageError where the disk is full, the file locked or gone.
        """
        with self._transaction(writes=True) as connection:
            yield connection

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        try:
            with self.engine.connect() as fresh:
                connection = fresh.execution_options(writes=writes)
                with connection.begin():
                    yield connection
        except OperationalError as error:
            message = f"the database {self.engine.url.render_as_string()} fails: {error.orig}"
            raise StorageError(message) from error

    def close(self) -> None:
        """Give the file back."""
        self.engine.dispose()


def sqlite_url(path: Path) -> str:
    """Name an SQLite file as a database URL; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path}"


def exists(url: str) -> bool:
    """Whether there is a database to open: a server's, or an SQLite file that was made before."""
    from pathlib import Path  # noqa: PLC0415 - for the type above it is needed at run time here only

    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()


def _engine(url: str) -> Engine:
    try:
        engine = create_engine(url, hide_parameters=True)  # they hold texts of items
    except (ArgumentError, ImportError) as error:
        message = f"the database URL can't be used: {error}"
        raise StorageError(message) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    del record
    connection.isolation_level = None  # we begin transactions ourselves, see below
    for pragma in (
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _use_wal(engine: Engine) -> None:
    """Let readers and a writer work side by side. The file remembers it.

    SQLite does not wait for a lock here, whatever the busy timeout: another process may be making
    the same database.
    """
    if engine.dialect.name != "sqlite":
        return
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


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE: a transaction that reads first and writes later would otherwise fail, not wait.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
