"""`techwatch db`."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from techwatch.cli import output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from techwatch.cli.context import Places
    from techwatch.model import Pruned
    from techwatch.storage.backups import Contents
    from techwatch.storage.copying import CopiedTable

_FILE = click.Path(path_type=Path, dir_okay=False)


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
@click.option("--dry-run", is_flag=True, help="Only say what would be dropped.")
@output.as_json
@click.pass_obj
def prune(places: Places, dry_run: bool, json_lines: bool) -> None:
    """Drop what is older than the settings keep it.

    Items that match nothing are dropped to identity and hash after `retention.unrelated_days`, so
    that they are known again; others lose their text after `retention.text_days`. Developments,
    stories, verdicts with evidence, judgements and digests are kept for ever. Lines of the audit
    log are dropped after `retention.audit_days`. The service does it once a day by itself; it may
    go on meanwhile. The file does not become smaller, but grows into
    what is free; `techwatch db vacuum` makes it smaller.

    \b
    techwatch db prune --dry-run
    techwatch --set retention.unrelated_days=14 db prune
    """
    with places.watch() as watch:
        if dry_run:
            gone = watch.prune(dry_run=True)
        else:
            due = watch.prune(dry_run=True)
            with output.bar("Dropping", due.items + due.texts) as move:

                def told(batch: Pruned) -> None:
                    move(advance=batch.items + batch.texts)

                gone = watch.prune(told=told)
    if json_lines:
        output.print_json({"dry_run": dry_run, "dropped": gone})
        return
    would = "would drop" if dry_run else "dropped"
    click.echo(
        f"{would} {gone.items:,} items that match nothing, and the text of {gone.texts:,} others: "
        f"{gone.bytes / 1e6:,.1f} MB of text; and {gone.changes:,} lines of the audit log"
    )


@db.command()
@output.as_json
@click.pass_obj
def vacuum(places: Places, json_lines: bool) -> None:
    """Give the unused part of the database's file back to the system.

    SQLite writes the whole file anew, which needs as much room once more, and nobody else can
    write meanwhile: stop the service before. PostgreSQL does by itself what is needed.

    \b
    techwatch db vacuum
    """
    with places.watch() as watch:
        before = watch.store.retention.size()
        watch.store.retention.vacuum()
        after = watch.store.retention.size()
    if json_lines:
        output.print_json({"bytes_before": before.bytes, "bytes": after.bytes})
        return
    click.echo(f"{after.bytes / 1e6:,.1f} MB, was {before.bytes / 1e6:,.1f} MB")


@db.command()
@output.as_json
@click.pass_obj
def reindex(places: Places, json_lines: bool) -> None:
    """Fill the search index anew from the items, while the service goes on.

    Needed where the notes of a release say so. One that was interrupted is begun again.

    \b
    techwatch db reindex
    """
    with places.watch() as watch:
        items = watch.store.retention.size().items
        with output.progress("Indexing", items) as advance:

            def told(number: int) -> None:
                for _ in range(number):
                    advance()

            indexed = watch.store.search.reindex(told)
    if json_lines:
        output.print_json({"items": indexed})
    else:
        click.echo(f"{indexed:,} items indexed")


@db.command()
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="Replace a file of that name.")
@output.as_json
@click.pass_obj
def backup(places: Places, file: Path, replace: bool, json_lines: bool) -> None:
    """Copy the database to FILE and check the copy; the service may go on meanwhile.

    FILE stands there only when it is whole and sound. With PostgreSQL the command to use instead is
    told.

    \b
    techwatch db backup /backups/techwatch-$(date +%F).db
    """
    from techwatch.storage import backups  # noqa: PLC0415 - SQLAlchemy is slow to import

    with places.watch() as watch, _copying("Backing up") as told:
        contents = backups.back_up(watch.database_url, file, told, replace=replace)
    if json_lines:
        output.print_json({"file": str(file), "contents": contents})
    else:
        click.echo(f"{file}: {_held(contents)}")


@db.command()
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="Put the database that is there aside.")
@output.as_json
@click.pass_obj
def restore(places: Places, file: Path, replace: bool, json_lines: bool) -> None:
    """Check the back-up FILE from end to end, and make it the database.

    Stop the service first: a database in use is refused. With --replace the old one is kept beside
    the new, and its name told.

    \b
    techwatch db restore /backups/techwatch-2026-11-01.db --replace
    """
    from techwatch.storage import backups  # noqa: PLC0415 - SQLAlchemy is slow to import
    from techwatch.storage.database import SCHEMA  # noqa: PLC0415

    with places.watch() as watch, _copying("Restoring") as told:
        contents, aside = backups.restore(
            file, watch.database_url, watch.clock(), told, replace=replace
        )
    if json_lines:
        output.print_json({"contents": contents, "aside": str(aside) if aside else None})
        return
    click.echo(f"restored: {_held(contents)}")
    if aside:
        click.echo(f"the database that was there is now {aside}")
    if contents.schema < SCHEMA:
        click.echo("its schema is older: run `techwatch db upgrade`")


def _held(contents: Contents) -> str:
    rows = ", ".join(f"{count:,} {table}" for table, count in contents.rows.items())
    return f"schema {contents.schema}, {contents.bytes / 1e6:,.1f} MB, {rows}; checked"


@contextmanager
def _copying(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar; gives the function that is told how much is done, and of how much."""
    with output.bar(what) as move:
        yield lambda done, of_all: move(completed=done, total=of_all)


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
        output.bar("Copying") as move,
    ):
        return copy_all(old, new, lambda total: move(total=total), lambda more: move(advance=more))


def _url(name: str) -> str:
    """Return the URL of a database that is named by one, or by a file."""
    return name if "://" in name else f"sqlite:///{name}"


def _configured(places: Places) -> str:
    url = places.settings().database_url
    if not url:  # none, or an empty secret
        raise click.UsageError("name the TARGET, or set TECHWATCH_DATABASE_URL")
    return url.get_secret_value()
