"""`techwatch emerging`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from techwatch import emerging as names
from techwatch.cli import output
from techwatch.errors import TechwatchError
from techwatch.installation import came_along
from techwatch.model import EntityKind

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.cli.context import Places
    from techwatch.model import EmergingName
    from techwatch.storage import Store
    from techwatch.watch import Watch

_LIMIT = 50
_SHOWN_NEAR = 3
_ALL = 1000  # items shown of one name


@click.group(invoke_without_command=True)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Count only news since then: 2026-03-01.",
)
@click.option("--kind", type=click.Choice(["actor", "law"]), help="Only these.")
@click.option("--limit", type=click.IntRange(1), default=_LIMIT, show_default=True, help="At most.")
@click.option("--dismissed", is_flag=True, help="Those that were dismissed instead.")
@output.as_json
@click.pass_context
def emerging(
    context: click.Context,
    since: datetime | None,
    kind: str | None,
    limit: int,
    dismissed: bool,
    json_lines: bool,
) -> None:
    """List names that the baseline lacks but news tells beside those it has.

    Those of most items come first. A name that is in the baseline by now is left out.

    \b
    techwatch emerging --since 2026-03-01 --kind law
    techwatch emerging show YMTC
    techwatch emerging dismiss "Some Body" "Another"
    techwatch emerging draft YMTC --id ymtc --write
    """
    if context.invoked_subcommand:
        return
    places: Places = context.obj
    with places.watch() as watch:
        start = since.astimezone() if since else None
        wanted = EntityKind(kind) if kind else None
        store = _store(watch).emerging
        found = [
            name
            for name in store.names(start, wanted, dismissed=dismissed)
            if watch.judge.names.lacks(name.key, name.language)
        ]
        labels = [
            ", ".join(names.near(name, watch.baseline)[:_SHOWN_NEAR]) for name in found[:limit]
        ]
    if json_lines:
        output.print_json(*found[:limit])
        return
    columns = ("Name", "Kind", "Items", "Publishers", "First", "Last", "Near", "Example")
    rows = [_row(name, near) for name, near in zip(found[:limit], labels, strict=True)]
    output.print_table(columns, rows)
    if len(found) > limit:
        click.echo(f"{len(found) - limit} more: give --limit", err=True)


def _store(watch: Watch) -> Store:
    if not watch.has_store():
        message = "no database yet: `techwatch run` or `techwatch poll` makes one"
        raise TechwatchError(message)
    return watch.store


def _row(name: EmergingName, near: str) -> tuple[str, ...]:
    kind = name.kind.value if name.type in {"unknown", "law"} else f"{name.kind}, {name.type}"
    return (
        name.name,
        kind,
        str(name.items),
        str(len(name.publishers)),
        f"{name.first_at:%Y-%m-%d}",
        f"{name.last_at:%Y-%m-%d}",
        near,
        name.examples[0].title,
    )


def _find(watch: Watch, text: str) -> EmergingName:
    return names.find(_store(watch), watch.judge, text, _ALL)


@emerging.command()
@click.argument("name")
@output.as_json
@click.pass_obj
def show(places: Places, name: str, json_lines: bool) -> None:
    """Print where NAME stands: the items with their links, and the sentences."""
    with places.watch() as watch:
        found = _find(watch, name)
        near = ", ".join(names.near(found, watch.baseline))
        lacking = watch.judge.names.lacks(found.key, found.language)
    if json_lines:
        output.print_json(found)
        return
    click.echo(f"{click.style(found.name, bold=True)} ({found.kind}, {found.type})")
    if found.dismissed:
        click.echo("  dismissed; `techwatch emerging dismiss --undo` takes it back")
    if not lacking:
        click.echo("  in the baseline by now")
    click.echo(f"  near: {near}")
    click.echo(f"  publishers: {', '.join(found.publishers)}")
    for example in found.examples:
        click.echo(f"\n{example.at:%Y-%m-%d}  {example.publisher}: {example.title}")
        if example.sentence != example.title:
            click.echo(f"  {example.sentence}")
        click.echo(f"  {example.link or 'no link'}  [{example.item_id}]")


@emerging.command()
@click.argument("texts", nargs=-1, required=True, metavar="NAME...")
@click.option("--undo", is_flag=True, help="Take the dismissal back.")
@click.pass_obj
def dismiss(places: Places, texts: tuple[str, ...], undo: bool) -> None:
    """Dismiss each NAME: it is listed and told no more, whoever tells it again.

    \b
    techwatch emerging dismiss "Some Body" YMTC
    techwatch emerging dismiss --undo YMTC
    """
    with places.watch() as watch:
        found = [_find(watch, text) for text in texts]
        store = watch.store.emerging
        if undo:
            store.restore(name.key for name in found)
        else:
            store.dismiss((name.key for name in found), watch.clock())
    for name in found:
        click.echo(f"{'taken back' if undo else 'dismissed'}: {name.name}")


@emerging.command()
@click.argument("name")
@click.option("--id", "entity_id", help="Id of the new entity: small Latin letters, digits, _.")
@click.option("--write", "write_it", is_flag=True, help="Add it to the baseline's folder.")
@click.pass_obj
def draft(places: Places, name: str, entity_id: str | None, write_it: bool) -> None:
    """Draft a baseline entry of NAME; print it, or with --write add it as a file of its own.

    The newest article becomes a source. Nothing is written if the baseline would not be valid
    with the entry, or if there is such a file already.

    \b
    techwatch emerging draft YMTC
    techwatch emerging draft 长江存储 --id ymtc --write
    """
    from techwatch.baseline import drafting, wordlist  # noqa: PLC0415 - for this command only

    if write_it and came_along(places.baseline_dir):
        message = f"{places.baseline_dir} came with techwatch; copy it and give --baseline"
        raise TechwatchError(message)
    with places.watch() as watch:
        found = _find(watch, name)
        country, common = names.country(found, watch.baseline), wordlist.common_words()
        try:
            drafted = drafting.draft(found, watch.baseline, common, entity_id, country)
        except ValueError as error:
            raise TechwatchError(str(error)) from error
        if write_it:
            click.echo(drafting.write(places.baseline_dir, drafted))
            return
    click.echo(f"# {drafted.file}\n{drafted.entry}", nl=False)
    if drafted.source:
        click.echo(f"\n# at the end of sources.yaml\n{drafted.source}")
