"""`techwatch config`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click
import platformdirs

from techwatch.cli import output
from techwatch.errors import TechwatchError
from techwatch.installation import shipped
from techwatch.settings import reference as settings

if TYPE_CHECKING:
    from techwatch.cli.context import Places


@click.group()
def config() -> None:
    """See, check and set up the configuration."""


@config.command()
@click.option("--reference", is_flag=True, help="Print every setting with default and meaning.")
@output.as_json
@click.pass_obj
def show(places: Places, reference: bool, json_lines: bool) -> None:
    """Print the settings in force, and where they come from. Secrets are hidden."""
    if reference:
        click.echo(settings.reference(), nl=False)
        return
    found = places.settings()
    if json_lines:
        output.print_json(settings.plain(found))
        return
    click.echo(f"# config: {places.config_dir.absolute()}")
    click.echo(f"# baseline: {places.baseline_dir.absolute()}")
    click.echo(f"# data: {found.data_path}")
    click.echo(settings.shown(found), nl=False)


@config.command()
@click.pass_obj
def check(places: Places) -> None:
    """Check every file that you wrote; prints all problems with file and line."""
    with places.watch() as watch:
        watch.check_files()
        click.echo(
            f"{len(watch.feeds())} feeds, {len(watch.editions)} editions and "
            f"{len(watch.baseline.entities)} baseline entities are well"
        )


@config.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def init(folder: Path | None) -> None:
    """Copy the shipped configuration to FOLDER, to be edited there.

    Without FOLDER it goes among your own files, where techwatch looks by itself.
    """
    target = folder or Path(platformdirs.user_config_path("techwatch"))
    if any((target / file.name).exists() for file in shipped("config").iterdir()):
        message = f"{target} holds a configuration already; nothing was changed"
        raise TechwatchError(message)
    shutil.copytree(shipped("config"), target, dirs_exist_ok=True)
    click.echo(target)
