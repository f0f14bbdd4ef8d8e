"""`techwatch db`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from techwatch.cli import output

if TYPE_CHECKING:
    from techwatch.cli.context import Places
    from techwatch.model import Pruned


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
    stories, verdicts with evidence, judgements and digests are kept for ever. The service does it
    once a day by itself; it may go on meanwhile. The file does not become smaller, but grows into
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
            with output.progress("Dropping", due.items + due.texts) as advance:

                def told(batch: Pruned) -> None:
                    for _ in range(batch.items + batch.texts):
                        advance()

                gone = watch.prune(told=told)
    if json_lines:
        output.print_json({"dry_run": dry_run, "dropped": gone})
        return
    would = "would drop" if dry_run else "dropped"
    click.echo(
        f"{would} {gone.items:,} items that match nothing, and the text of {gone.texts:,} others: "
        f"{gone.bytes / 1e6:,.1f} MB of text"
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
