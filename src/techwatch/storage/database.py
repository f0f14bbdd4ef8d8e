"""The database itself: opening it, its schema, its transactions."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, create_engine, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from techwatch.errors import (
    DamagedError,
    SchemaOutdatedError,
    StorageConflictError,
    StorageError,
    UnstorableError,
)
from techwatch.storage import locks, postgresql, sqlite, tables, upgrading
from techwatch.storage.conflicts import repeated

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from sqlalchemy import Select
    from sqlalchemy.engine import URL, Engine

SCHEMA = "0001"  # the newest migration; a test holds it against migrations/versions
# As many as the desk has threads. They are made when they are needed, and those within the size are
# kept: to make one takes as long as a page.
_POOL: Mapping[str, Any] = {"pool_size": 20, "max_overflow": 20}
_IN_MEMORY = {None, "", ":memory:"}  # as SQLite names it
_OURS = (IntegrityError, ProgrammingError, NotSupportedError)  # mistakes of a statement
_Result = TypeVar("_Result")


class Database:
    """A database and its two kinds of transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.serves = engine.dialect.name == "postgresql"
        self._held = threading.local()
        self._damage: DamagedError | None = None  # found by this process: it writes no more

    @property
    def name(self) -> str:
        """The URL as it may be shown: without password and options."""
        return self.engine.url.set(query={}).render_as_string()

    @property
    def conninfo(self) -> str:
        """Where the server is, password included, for a library that connects by itself."""
        return postgresql.conninfo(self.engine.url)

    @classmethod
    def open(cls, url: str, *, make: bool = True) -> Database:
        """Open a database, making its tables if it has none and `make` says so.

        Raises SchemaOutdatedError, SchemaTooNewError, or StorageError with what to do.
        """
        database = cls(_engine(url))
        try:
            database._make_ready(make=make)
        except BaseException:
            database.close()
            raise
        return database

    def _make_ready(self, *, make: bool) -> None:
        found = self.schema()
        self.check_server()
        upgrading.refuse_newer(found, SCHEMA)
        if found is None:
            if not make:
                raise StorageError(f"the database {self.name} is empty")
            self.upgrade()
        elif found < SCHEMA:
            message = f"the database has schema {found}, this program needs {SCHEMA}"
            raise SchemaOutdatedError(f"{message}: run `techwatch db upgrade`")

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

        Raises SchemaTooNewError where a newer techwatch wrote it, UpgradeError where a migration
        fails on its rows. Whatever is raised, the database is as it was.
        """
        database = cls(_engine(url))
        try:
            before = database.schema()
            database.check_server()
            upgrading.refuse_newer(before, SCHEMA)
            database.upgrade()
        finally:
            database.close()
        return before, SCHEMA

    def check_server(self) -> None:
        """Refuse a server that is too old, or can't hold every language; raises StorageError."""
        if self.serves:
            with self.read() as connection:
                postgresql.check_server(connection)

    def refuse_newer(self) -> None:
        """Raise SchemaTooNewError, with what to do, if it was upgraded since it was opened."""
        upgrading.refuse_newer(self.schema(), SCHEMA)

    def schema(self) -> str | None:
        """Return the schema's version; None for an empty database."""
        with self.read() as connection:
            return upgrading.version(connection)

    def room(self) -> tuple[int, int]:
        """Return the bytes it takes, indexes included, and how many are free for later rows."""
        with self.read() as connection:
            if self.serves:
                taken = connection.scalar(text("SELECT pg_database_size(current_database())"))
                return taken or 0, 0
            pages = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() or 0
                for name in ("page_size", "page_count", "freelist_count")
            }
        size = pages["page_size"]
        return size * pages["page_count"], size * pages["freelist_count"]

    def upgrade(self) -> None:
        """Bring the schema to this program's version; does nothing if it is there.

        Of processes that find an empty database at once one makes the tables, the others wait.
        """
        if not self.serves:
            sqlite.use_wal(self.engine)
        with self._transaction(writes=True, alters=True) as connection:
            if self.serves:
                connection.execute(locks.locking(locks.places(None, ())))
            upgrading.migrate(connection, SCHEMA)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database; raises StorageError."""
        held: Connection | None = getattr(self._held, "connection", None)
        if held is not None:
            yield held
            return
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Have all that this thread reads meanwhile be of one state, in one transaction.

        For a page that asks for much: on a server each transaction takes the time of two
        statements more. What the thread itself writes meanwhile is not seen. Raises StorageError.
        """
        with self.read() as connection:
            before = getattr(self._held, "connection", None)
            self._held.connection = connection
            try:
                yield
            finally:
                self._held.connection = before

    @contextmanager
    def write(
        self, area: locks.Area | None = None, parts: Collection[str] = ()
    ) -> Iterator[Connection]:
        """Give the only connection that writes there; all of it is stored, or nothing.

        Args:
            area: what is written. Nobody else writes in it meanwhile; None: anywhere.
            parts: what of the area is written; none given: any of it.

        On SQLite nobody else writes at all. Raises StorageConflictError where the same may succeed
        when it is repeated, StorageError where the disk is full, the file locked, the server gone.
        """
        with self._transaction(writes=True) as connection:
            if self.serves:
                connection.execute(locks.locking(locks.places(area, parts)))
            yield connection

    @contextmanager
    def share(self, area: locks.Area) -> Iterator[Connection]:
        """Give a connection that writes beside others in an area, on PostgreSQL.

        It locks the parts that it writes by `locks.taking`, before it reads what they depend on.
        """
        with self._transaction(writes=True) as connection:
            if self.serves:
                connection.execute(locks.locking(locks.shared(area)))
            yield connection

    @contextmanager
    def alone(self, names: Collection[str]) -> Iterator[frozenset[str]]:
        """Give those of some tasks that no other process is at; nobody else gets them meanwhile.

        On SQLite all of them: there is one process. They are let go at the end of the block, or
        when the connection ends, however it ends.
        """
        if not self.serves:
            yield frozenset(names)
            return
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(self.engine.connect())
                connection.execution_options(isolation_level="AUTOCOMMIT")
                got = frozenset(n for n in sorted(names) if connection.scalar(_try(n)))
            except (DBAPIError, PoolTimeoutError) as error:
                raise StorageError(f"the database {self.name} fails: {error}") from error
            try:
                yield got
            finally:
                with suppress(DBAPIError):  # the server is gone, and the locks with it
                    connection.execute(select(func.pg_advisory_unlock_all()))
                # Not into the pool, which would keep locks that were not let go.
                connection.invalidate()

    def writing(
        self, work: Callable[[Connection], _Result], area: locks.Area, parts: Collection[str] = ()
    ) -> _Result:
        """Do work in a transaction as `write` gives it, again where others were in its way."""

        def once() -> _Result:
            with self.write(area, parts) as connection:
                return work(connection)

        return repeated(once)

    def inspect(self) -> None:
        """Look at the whole file of an SQLite database; raises DamagedError, or StorageError.

        A server looks after its own files.
        """
        if self.serves:
            return
        with self.read() as connection:
            found = sqlite.first_damage(connection)
        if found:
            self._damage = sqlite.damaged(self.name, found)
            raise self._damage

    @contextmanager
    def _transaction(self, *, writes: bool, alters: bool = False) -> Iterator[Connection]:
        if writes and self._damage:
            raise DamagedError(str(self._damage))
        try:
            with self.engine.connect() as fresh:
                connection = fresh.execution_options(writes=writes, alters=alters)
                if self.serves:
                    options = postgresql.WRITING if writes else postgresql.READING
                    connection = fresh.execution_options(**options)
                elif alters:  # references are not enforced: no connection for other work
                    connection.detach()
                with connection.begin():
                    yield connection
        except PoolTimeoutError as error:
            raise StorageError(f"too much at once asks the database {self.name}") from error
        except (DataError, UnicodeEncodeError, OverflowError) as error:
            told = str(getattr(error, "orig", error)).partition("\n")[0]
            raise UnstorableError(f"the database can't hold such a value: {told}") from error
        except DBAPIError as error:
            if isinstance(error, _OURS):
                raise
            if sqlite.is_damage(error.orig):
                self._damage = sqlite.damaged(self.name, error.orig)
                raise self._damage from error
            verb = "written" if writes else "read"
            message = f"the database {self.name} can't be {verb}: {str(error.orig).strip()}"
            message += sqlite.advice(error.orig) or postgresql.advice(error.orig)
            conflict = postgresql.in_conflict(error.orig)
            raise (StorageConflictError if conflict else StorageError)(message) from error

    def close(self) -> None:
        """Give the file back."""
        self.engine.dispose()


def _try(name: str) -> Select[tuple[bool]]:
    return select(func.pg_try_advisory_lock(locks.key_of(name)))


def exists(url: str) -> bool:
    """Whether there is a database to open: a server's, or an SQLite file that was made before."""
    parsed = _parsed(url)
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()


def _engine(url: str) -> Engine:
    parsed = _parsed(url)
    serves = parsed.get_backend_name() == "postgresql"
    options = postgresql.engine_options(parsed) if serves else {}
    if serves or parsed.database not in _IN_MEMORY:  # which one connection holds
        options |= _POOL
    try:
        # Parameters are what publishers wrote: no error shows them, nor the log.
        engine = create_engine(parsed, hide_parameters=True, **options)
    except (ArgumentError, ImportError) as error:
        message = f"the database URL can't be used: {error}"
        raise StorageError(message) from error
    if engine.dialect.name == "sqlite":
        if parsed.database:
            sqlite.make_private(parsed.database)
        sqlite.prepare(engine)
    elif serves:
        postgresql.prepare(engine)
    else:
        raise StorageError(f"{engine.dialect.name} is no database of techwatch: {_KNOWN}")
    return engine


def _parsed(url: str) -> URL:
    """Read a URL; its parts may be secret, so that no error repeats them."""
    try:
        return postgresql.with_driver(make_url(url))
    except (ArgumentError, ValueError):
        message = "the database URL can't be used: it is no URL, or has a character in its"
        raise StorageError(f"{message} password or port that must be written as %XX") from None


_KNOWN = "give sqlite:///PATH or postgresql+psycopg://USER:PASSWORD@HOST/NAME"
