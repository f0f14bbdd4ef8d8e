"""What is particular to PostgreSQL: a server, which may be old, far away, or gone."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, text
from sqlalchemy.exc import InvalidatePoolError

from techwatch.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection
    from sqlalchemy.engine import URL, Engine

OLDEST = 14  # the first major version that we are tried with
DRIVER = "postgresql+psycopg"
_NAMES = frozenset({"postgres", "postgresql"})  # as other programs write it
_CONFLICTS = frozenset({"40001", "40P01"})  # SQLSTATE: could not serialize; deadlock
_LOCK_TIMEOUT = "55P03"  # SQLSTATE: lock_not_available
# A server that vanishes without a word is noticed after a minute, not after hours.
_CONNECTION = {
    "connect_timeout": 10,
    "application_name": "techwatch",
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
# A reader sees one state of the database; a writer sees what was stored when it got its locks.
READING: Mapping[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
WRITING: Mapping[str, Any] = {"isolation_level": "READ COMMITTED"}


def with_driver(url: URL) -> URL:
    """Name the driver that we bring, where the URL names none."""
    return url.set(drivername=DRIVER) if url.drivername in _NAMES else url


def engine_options(url: URL) -> dict[str, Any]:
    """Return what the engine is made with; what the URL says itself stays."""
    own = {name: value for name, value in _CONNECTION.items() if name not in url.query}
    return {
        "connect_args": own,
    }


def prepare(engine: Engine) -> None:
    """Have connections that the server closed since, as when it is restarted, replaced by others.

    What it closed can be read from, which this machine knows: to ask the server itself would take
    as long as a small statement, each time.
    """
    event.listen(engine, "checkout", _refuse_closed)


def _refuse_closed(connection: Any, *_: object) -> None:  # noqa: ANN401 - a DBAPI connection
    looking = select.poll()
    looking.register(connection.fileno(), select.POLLIN)
    if looking.poll(0):
        raise InvalidatePoolError("the server closed it, or said something unasked")


def conninfo(url: URL) -> str:
    """Return a URL as the server's own library reads it, with what we ask of a connection."""
    own = {name: str(value) for name, value in _CONNECTION.items() if name not in url.query}
    plain = url.set(drivername="postgresql").update_query_dict(own)
    return plain.render_as_string(hide_password=False)


def check_server(connection: Connection) -> None:
    """Refuse a server that can't hold our texts, or that nobody tried; raises StorageError."""
    found = connection.scalar(text("SHOW server_version"))
    if int(connection.scalar(text("SHOW server_version_num"))) < OLDEST * 10_000:
        raise StorageError(f"the server is PostgreSQL {found}; techwatch needs {OLDEST} or later")
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        message = f"the database has the encoding {encoding}, which can't hold every language"
        raise StorageError(f"{message}: make it with `CREATE DATABASE … ENCODING 'UTF8'`")


def in_conflict(error: BaseException | None) -> bool:
    """Whether the server gave up a transaction for the sake of another."""
    return getattr(error, "sqlstate", None) in _CONFLICTS


def advice(error: BaseException | None) -> str:
    """Say what to do about a driver's error: words for the end of its message, or none."""
    if getattr(error, "sqlstate", None) != _LOCK_TIMEOUT:
        return ""
    return "; another process holds what is needed for too long: see pg_stat_activity for which"
