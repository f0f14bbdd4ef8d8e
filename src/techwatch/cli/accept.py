"""`techwatch baseline accept`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from techwatch.cli import output
from techwatch.errors import NotFoundError, TechwatchError
from techwatch.installation import came_along

if TYPE_CHECKING:
    from techwatch.acceptance import Acceptance
    from techwatch.baseline.editing import Change
    from techwatch.cli.context import Places
    from techwatch.watch import Watch


@click.command()
@click.argument("development")
@click.option("--fact", "text", help="The fact in your own words; by default what was read.")
@click.option("--date", help="When it happened, if not when it was published: 2026-02, 2026-02-27.")
@click.option("--entity", "entities", multiple=True, help="Whose fact; by default the event's own.")
@click.option("--dry-run", is_flag=True, help="Only show what would be written.")
@output.as_json
@click.pass_obj
def accept(
    places: Places,
    development: str,
    text: str | None,
    date: str | None,
    entities: tuple[str, ...],
    dry_run: bool,
    json_lines: bool,
) -> None:
    """Write a DEVELOPMENT into the baseline as a fact, with the article as its source.

    DEVELOPMENT is the id of a development or item as digests, `poll` and `explain` show it, the
    beginning of one, or the item's link. The fact goes into the file of each actor or law that
    the event concerns, the article into sources.yaml; comments and order of the rest stay.
    Nothing is written if the baseline would not be valid with it. Afterwards the same event is
    known.

    \b
    techwatch baseline accept 3f2a9c --dry-run
    techwatch baseline accept 3f2a9c --fact "Montana was the first state to ban TikTok."
    """
    from techwatch import judgements  # noqa: PLC0415 - for this command only
    from techwatch.acceptance import acceptance  # noqa: PLC0415 - likewise
    from techwatch.baseline.editing import drafted, write  # noqa: PLC0415 - likewise

    if not dry_run and came_along(places.baseline_dir):
        message = f"{places.baseline_dir} came with techwatch; copy it and give --baseline"
        raise TechwatchError(message)
    with places.watch() as watch:
        of = judgements.subject(watch.store, development)
        wanted = acceptance(of, watch.baseline, entity_ids=entities, text=text, date=date)
        _refuse(watch, wanted, entities, told=bool(text or of.assessment.event))
        changes = drafted(places.baseline_dir, wanted.facts, wanted.source) if wanted.facts else ()
        if not dry_run:
            write(changes)
    if json_lines:
        output.print_json(_record(wanted, changes, written=not dry_run))
    else:
        _show(places, changes, written=not dry_run)


def _refuse(watch: Watch, wanted: Acceptance, entities: tuple[str, ...], *, told: bool) -> None:
    """Stop where there is no entity to write to, or nothing to write; says what to do."""
    if not told:
        raise click.UsageError("the item tells no event: say what it reports with --fact TEXT")
    new = "`techwatch emerging draft NAME` drafts an entry for a new one"
    for entity in (*entities, *(fact.entity_id for fact in wanted.facts)):
        if entity not in watch.baseline.entities:
            advice = f"`techwatch baseline search WORDS` finds those there are; {new}"
            raise NotFoundError("entity", entity, advice)
    if not wanted.facts and not entities and not _recorded(watch, wanted):
        message = "the event names no actor or law of the baseline: name one with --entity ID"
        raise TechwatchError(f"{message}; {new}")


def _recorded(watch: Watch, wanted: Acceptance) -> bool:
    return wanted.source.id in watch.baseline.sources


def _record(wanted: Acceptance, changes: tuple[Change, ...], *, written: bool) -> dict[str, object]:
    return {
        "written": written and bool(changes),
        "source": wanted.source,
        "facts": wanted.facts,
        "files": [str(change.path) for change in changes],
    }


def _show(places: Places, changes: tuple[Change, ...], *, written: bool) -> None:
    for change in changes:
        click.echo(change.diff(places.baseline_dir), nl=False)
    if not changes:
        click.echo("The baseline records it already.")
    elif written:
        click.echo("Written. `techwatch baseline check` runs all checks.", err=True)
    else:
        click.echo("Nothing was written.", err=True)
