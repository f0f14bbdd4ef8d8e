"""`techwatch judgements`: what people said, for people and as cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import click

from techwatch.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.cli.context import Places
    from techwatch.judgements import Subject
    from techwatch.model import Judgement
    from techwatch.watch import Watch


@click.group()
def judgements() -> None:
    """Read what people said of items."""


@judgements.command("list")
@click.option("--undone", is_flag=True, help="Those taken back too.")
@output.as_json
@click.pass_obj
def list_(places: Places, undone: bool, json_lines: bool) -> None:
    """Print every judgement, oldest first."""
    with places.watch() as watch:
        found = list(_found(watch, undone=undone))
    if json_lines:
        output.print_json(*(_record(said, of) for said, of in found))
        return
    rows = (
        (
            output.when(said.at),
            said.by,
            output.said(said) if said.undone_at is None else f"{output.said(said)}, taken back",
            of.assessment.verdict.value,
            of.stored.item.title,
            of.item_id,
            said.note,
        )
        for said, of in found
    )
    output.print_table(("When", "Who", "Said", "Verdict", "Title", "Item", "Why"), rows)


@judgements.command()
@click.option("--out", type=click.Path(dir_okay=False), help="Write here, not to standard output.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["yaml", "jsonl"]),
    default="yaml",
    show_default=True,
    help="Cases of the assessment's tests, or lines that `replay --labels` takes.",
)
@click.pass_obj
def export(places: Places, out: str | None, form: Literal["yaml", "jsonl"]) -> None:
    """Write the judgements in force as cases.

    Accepted is the verdict that was found, or the one its event deserves; known is known;
    rejected is unrelated; where something was misread, it is the verdict that followed. A later
    word on the same item replaces an earlier one.

    \b
    techwatch judgements export --out tests/assessment/judged.yaml
    techwatch judgements export --format jsonl --out judged.jsonl
    techwatch replay judged.jsonl --independent --labels judged.jsonl --out verdicts.jsonl
    """
    from techwatch.cases import exported  # noqa: PLC0415 - not for --help

    with places.watch() as watch:
        lines = list(exported(watch.store, watch.baseline, form))
    with click.open_file(out or "-", "w", encoding="utf-8") as file:
        file.writelines(lines)
    if out:
        click.echo(f"{len(lines)} cases in {out}", err=True)


def _found(watch: Watch, *, undone: bool) -> Iterator[tuple[Judgement, Subject]]:
    from techwatch.judgements import subject  # noqa: PLC0415 - not for --help

    for said in watch.store.judgements.all(undone=undone):
        yield said, subject(watch.store, said.item_id)


def _record(said: Judgement, of: Subject) -> dict[str, Any]:
    record: dict[str, Any] = output.data(said)
    item = of.stored.item
    return record | {
        "verdict": of.assessment.verdict.value,
        "title": item.title,
        "link": item.link,
    }
