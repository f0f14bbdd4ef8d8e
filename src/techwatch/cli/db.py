"""`techwatch db`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from techwatch.cli import output

if TYPE_CHECKING:
    from techwatch.cli.context import Places
    from techwatch.storage.copying import CopiedTable


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
@click.pass_obj
def upgrade(places: Places) -> None:
    """Bring the database to the schema of this program, making it if there is none."""
    from techwatch.storage import Database  # noqa: PLC0415 - SQLAlchemy is slow to import

    with places.watch() as watch:
        before, after = Database.upgrade_at(watch.database_url)
    click.echo(f"schema {after}, was {before or 'none'}" if before != after else f"schema {after}")


@db.command()
@click.argument("source", metavar="SOURCE")
@click.argument("target", metavar="[TARGET]", required=False)
@output.as_json
@click.pass_obj
def copy(places: Places, source: str, target: str | None, json_lines: bool) -> None:
    """Copy a whole database into an empty one: SQLite to PostgreSQL, or back.

    Each is a file of SQLite or a URL. Without TARGET it is the database of the settings, so that
    its password stays where it is. The source is only read and may be in use; what is written to it
    meanwhile is not copied, so stop the service first when you move. All is copied or nothing, and
    every table is counted and summed in both.

    \b
    techwatch db copy var/techwatch.db postgresql+psycopg://techwatch@db.example.org/techwatch
    TECHWATCH_DATABASE_URL_FILE=/run/secrets/database_url techwatch db copy var/techwatch.db
    """
    url = _url(target) if target else _configured(places)
    copied = _copied(_url(source), url)
    if json_lines:
        output.print_json(*copied)
        return
    rows = ((c.table, f"{c.rows:,}", c.checksum[:16]) for c in copied)
    output.print_table(("Table", "Rows", "SHA-256, in both"), rows)
    total = sum(c.rows for c in copied)
    click.echo(f"copied {total:,} rows; every table has the same rows in both")


def _copied(source: str, target: str) -> tuple[CopiedTable, ...]:
    from contextlib import closing  # noqa: PLC0415 - with the imports that follow

    from techwatch.errors import StorageError  # noqa: PLC0415
    from techwatch.storage import Database, exists  # noqa: PLC0415 - SQLAlchemy is slow to import
    from techwatch.storage.copying import copy as copy_all  # noqa: PLC0415

    if not exists(source):
        raise StorageError(f"there is no database {source.removeprefix('sqlite:///')} to copy")
    with (
        closing(Database.open(source, make=False)) as old,
        closing(Database.open(target)) as new,
        output.amounts("Copying") as (begun, moved),
    ):
        return copy_all(old, new, begun, moved)


def _url(name: str) -> str:
    """Return the URL of a database that is named by one, or by a file."""
    return name if "://" in name else f"sqlite:///{name}"


def _configured(places: Places) -> str:
    url = places.settings().database_url
    if url is None:
        raise click.UsageError("name the TARGET, or set TECHWATCH_DATABASE_URL")
    return url.get_secret_value()
