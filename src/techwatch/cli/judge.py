"""`techwatch judge`."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import click

from techwatch.cli import output
from techwatch.model import Decision

if TYPE_CHECKING:
    from techwatch.cli.context import Places
    from techwatch.judgements import Subject
    from techwatch.model import Judgement

_UNDO = "undo"
_FOLLOWS = {
    Decision.ACCEPT: "What it reports is part of what is known: later items are compared with it.",
    Decision.REJECT: "Its story stays quiet until it takes a further step.",
    Decision.KNOWN: "What it reports counts as known; no digest will tell it.",
}


@click.command()
@click.argument("item")
@click.argument("decision", type=click.Choice([*(d.value for d in Decision), _UNDO]))
@click.option("--note", default="", help="Why; required, but for undo.")
@click.option("--by", "who", metavar="NAME", help="Who says so; by default your user name.")
@output.as_json
@click.pass_obj
def judge(
    places: Places, item: str, decision: str, note: str, who: str | None, json_lines: bool
) -> None:
    """Say of an item and its story that it is a development, that it is none, or was known.

    ITEM is the id of an item or development as digests, `poll` and `explain` show it, the
    beginning of one, or the item's link.

    \b
    accept   It is a development, and from now on part of what is known.
    reject   It is none: its story is not told and moves no state, until it takes a further step.
    known    It was known already: not told, and what it reports counts as known.
    undo     Take the last word back; what was said before it holds again.

    It is recorded with who and when. Verdicts and digests from now on heed it; verdicts that were
    reached stay. `techwatch judgements` lists and exports what was said.

    \b
    techwatch judge 3f2a9c reject --note "A product review, not news of the company"
    techwatch judge https://example.org/article accept --note "Confirmed by the ministry"
    """
    from techwatch import judgements  # noqa: PLC0415 - not for --help

    if decision != _UNDO and not note.strip():
        raise click.UsageError(f"say why: --note TEXT; it stands beside the {decision} on record")
    name = who or getpass.getuser()
    with places.watch() as watch:
        of = judgements.subject(watch.store, item)
        now = watch.clock()
        if decision == _UNDO:
            said = judgements.undo(watch.store, of, who=name, now=now)
        else:
            word = Decision(decision)
            said = judgements.decide(
                watch.store, watch.judge, of, word, note.strip(), who=name, now=now
            )
    if json_lines:
        output.print_json(said)
    else:
        _tell(said, of)


def _tell(said: Judgement, of: Subject) -> None:
    click.echo(f"{of.stored.item.title}  [{of.item_id}]")
    if said.undone_at is not None:
        click.echo(f"Taken back: {said.decision} by {said.by} of {output.when(said.at)}.")
    else:
        click.echo(f"{said.decision.value} by {said.by}, {output.when(said.at)}.")
        click.echo(
            _FOLLOWS[said.decision] if said.story_id else "It tells no event: only recorded."
        )
