"""`techwatch db`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from techwatch.cli.context import Places


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
