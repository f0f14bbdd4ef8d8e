"""The schema brought forward: by migrations, in one transaction, all of them or none.

SQLite can alter little of a table: Alembic makes another, copies the rows, drops the old one and
renames the new. While references are enforced that drop is refused, or deletes what refers to the
table. So they are not meanwhile (https://sqlite.org/lang_altertable.html#otheralter), and looked
at before the end.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError

from techwatch.errors import SchemaTooNewError, StorageError, UpgradeError
from techwatch.storage import jobs, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Connection

_AS_BEFORE = "the database is as it was: go on with the techwatch that used it, and report this"


def version(connection: Connection) -> str | None:
    """Return the schema's version; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def refuse_newer(found: str | None, known: str) -> None:
    """Raise SchemaTooNewError, with what to do, where a newer program wrote the database."""
    if found is not None and found > known:
        message = f"the database has schema {found}, this program knows {known}"
        raise SchemaTooNewError(f"{message}: use the newer techwatch that wrote it")


def migrate(connection: Connection, known: str) -> None:
    """Bring the schema from whatever it is to the newest that this program knows.

    Args:
        connection: a transaction that nobody else writes beside, undone where this raises; on
            SQLite references must not be enforced in it.
        known: the version of the newest migration.

    Raises SchemaTooNewError, or UpgradeError where a migration fails on what the database holds.
    """
    found = version(connection)
    refuse_newer(found, known)
    try:
        _run(connection)
        if found is not None and found != known and connection.dialect.name == "sqlite":
            _check_references(connection)
    except StorageError:
        raise
    except Exception as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(error, OperationalError) and not sqlite.is_mistake(reason):
            raise  # of the disk, a lock, the server
        [first, *_] = str(reason).splitlines() or [type(reason).__name__]
        message = f"the upgrade from schema {found or 'none'} to {known} fails: {first}"
        raise UpgradeError(f"{message}; {_AS_BEFORE}") from error


def _run(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - slow to import, needed once an installation
    from alembic.config import Config  # noqa: PLC0415 - likewise

    config = Config()
    config.set_main_option("script_location", str(files("techwatch.storage") / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "postgresql":
        jobs.upgrade(connection)


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise ValueError(f"a row of {broken[0]} would refer to a row of {broken[2]} that is gone")
