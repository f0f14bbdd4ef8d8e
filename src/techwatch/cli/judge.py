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
    Decision.WRONG_ENTITY: "The items of its story are judged without that name.",
    Decision.SAME_AS: "The two stories are told as one.",
    Decision.NOT_SAME: "It is told by itself, and later items go with the one they are like.",
}
_NAMES = {Decision.WRONG_ENTITY.value: "ENTITY", Decision.SAME_AS.value: "STORY"}


@click.command()
@click.argument("item")
@click.argument("decision", type=click.Choice([*(d.value for d in Decision), _UNDO]))
@click.argument("named", required=False)
@click.option("--right", metavar="ENTITY", help="With wrong-entity: the one that is meant.")
@click.option("--note", default="", help="Why; required, but for undo.")
@click.option("--by", "who", metavar="NAME", help="Who says so; by default your user name.")
@output.as_json
@click.pass_obj
def judge(
    places: Places,
    item: str,
    decision: str,
    named: str | None,
    *,
    right: str | None,
    note: str,
    who: str | None,
    json_lines: bool,
) -> None:
    """Say of an item and its story what it is, or what was misread in it.

    ITEM is the id of an item or development as digests, `poll` and `explain` show it, the
    beginning of one, or the item's link.

    \b
    accept   It is a development, and from now on part of what is known.
    reject   It is none: its story is not told and moves no state, until it takes a further step.
    known    It was known already: not told, and what it reports counts as known.
    wrong-entity ENTITY   The entity of that id is not meant; --right names the one that is.
    same-as STORY         Its story and another one, or that of another item, tell one event.
    not-same              It does not tell what the others of its story tell.
    undo     Take the last word back; what was said before it holds again.

    It is recorded with who and when. Verdicts and digests from now on heed it; verdicts that were
    reached stay, but where something was misread: then the items of the story are judged again at
    once. `techwatch judgements` lists and exports what was said.

    \b
    techwatch judge 3f2a9c reject --note "A product review, not news of the company"
    techwatch judge https://example.org/article accept --note "Confirmed by the ministry"
    techwatch judge 3f2a9c wrong-entity honor --note "The guard of honour, not the phones"
    """
    from techwatch import judgements  # noqa: PLC0415 - not for --help

    if decision != _UNDO and not note.strip():
        raise click.UsageError(f"say why: --note TEXT; it stands beside the {decision} on record")
    _check_arguments(decision, named, right)
    name = who or getpass.getuser()
    with places.watch() as watch:
        of = judgements.subject(watch.store, item)
        now = watch.clock()
        if decision == _UNDO:
            said = judgements.undo(watch.store, watch.judge, of, who=name, now=now)
        else:
            words = judgements.Said(
                Decision(decision), note.strip(), entity=named, right=right, other=named
            )
            said = judgements.decide(watch.store, watch.judge, of, words, who=name, now=now)
    if json_lines:
        output.print_json(said)
    else:
        _tell(said, of)


def _check_arguments(decision: str, named: str | None, right: str | None) -> None:
    """Refuse what does not belong to a decision; raises click.UsageError."""
    wanted = _NAMES.get(decision)
    if wanted and not named:
        raise click.UsageError(f"say which: {decision} {wanted}")
    if named and not wanted:
        raise click.UsageError(f"{decision} takes no {named!r}")
    if right and decision != Decision.WRONG_ENTITY:
        raise click.UsageError("--right goes with wrong-entity")


def _tell(said: Judgement, of: Subject) -> None:
    click.echo(f"{of.stored.item.title}  [{of.item_id}]")
    if said.undone_at is not None:
        click.echo(f"Taken back: {output.said(said)} by {said.by} of {output.when(said.at)}.")
    else:
        click.echo(f"{output.said(said)} by {said.by}, {output.when(said.at)}.")
        heeded = said.story_id or not said.decision.is_word
        click.echo(_FOLLOWS[said.decision] if heeded else "It tells no event: only recorded.")
