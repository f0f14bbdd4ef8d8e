"""`techwatch digest list`, `show`, `resend` and `resolve`: digests that were composed before."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from techwatch.cli import output
from techwatch.errors import NotFoundError
from techwatch.issues import resolved, stamp
from techwatch.model import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from techwatch.cli.context import Places
    from techwatch.model import Delivery, Issue, LedgerEntry
    from techwatch.watch import Watch

_MANY = 30  # issues listed unless asked for all


@click.command("list")
@click.option("--edition", help="Only this edition.")
@click.option("--all", "everything", is_flag=True, help=f"Not only the newest {_MANY}.")
@output.as_json
@click.pass_obj
def issues(places: Places, edition: str | None, everything: bool, json_lines: bool) -> None:
    """List the digests that were composed, newest first, and what became of them.

    \b
    techwatch digest list
    techwatch digest list --edition daily --json
    """
    with places.watch() as watch:
        found = _issues(watch, edition, None if everything else _MANY)
    if json_lines:
        output.print_json(*found)
        return
    if not found:
        click.echo("no digest has been composed yet", err=True)
    output.print_table(
        ("Edition", "Slot", "Subject", "Deliveries"),
        ((i.edition_id, stamp(i.slot), i.subject, _counted(i)) for i in found),
    )


@click.command()
@click.argument("edition")
@click.argument("slot")
@click.option("--text", "what", flag_value="text", default=True, help="Its plain text (default).")
@click.option("--html", "what", flag_value="html", help="Its HTML.")
@click.option("--json", "what", flag_value="json", help="Its data; with --ledger, the ledger's.")
@click.option("--ledger", is_flag=True, help="Each delivery, with all that happened to it.")
@click.pass_obj
def show(places: Places, edition: str, slot: str, what: str, ledger: bool) -> None:
    """Print a digest as it was frozen, or its deliveries.

    SLOT is `latest`, or a time as `techwatch digest list` prints it; its beginning is enough.

    \b
    techwatch digest show daily latest
    techwatch digest show daily 2026-11-21 --ledger
    """
    with places.watch() as watch:
        issue = find(watch, edition, slot)
        if ledger:
            _print_ledger(watch, issue, json_lines=what == "json")
            return
        rendered = watch.store.digests.rendered(issue.edition_id, issue.slot)
    click.echo({"text": rendered.text, "html": rendered.html, "json": rendered.json}[what])


@click.command()
@click.argument("edition")
@click.argument("slot")
@click.option("--to", "recipient", metavar="RECIPIENT", help="Only to this one, or to a new one.")
@click.pass_obj
def resend(places: Places, edition: str, slot: str, recipient: str | None) -> None:
    """Send a digest again to those who got it, or to one of them, or to one more mail address.

    Who got it before gets it under another Message-ID, so that no mail program hides it as a
    double. The ledger keeps that it was asked for by hand.

    \b
    techwatch digest resend daily latest --to adviser@example.org
    techwatch digest resend daily 2026-11-21T06:00
    """
    with places.watch() as watch:
        issue = find(watch, edition, slot)
        chosen = _addressed(watch, issue, recipient)
        again = [_again(watch, delivery) for delivery in chosen]
        send(watch, again)


@click.command()
@click.argument("delivery", type=int)
@click.argument("decision", type=click.Choice(["send", "drop"]))
@click.pass_obj
def resolve(places: Places, delivery: int, decision: str) -> None:
    """Decide on a delivery that is in doubt or failed: send it after all, or give it up.

    `techwatch status` names them by number. What is sent is the same message, so that mail
    programs which have it already can tell.

    \b
    techwatch digest resolve 17 send
    techwatch digest resolve 17 drop
    """
    with places.watch() as watch:
        _require_store(watch)
        found = resolved(watch, delivery, "drop" if decision == "drop" else "send")
        if found.state is DeliveryState.DROPPED:
            click.echo(f"delivery {delivery} to {found.recipient} is dropped")
        else:
            send(watch, [found])


def send(watch: Watch, chosen: Sequence[Delivery]) -> None:
    """Send these deliveries now and print how each ended; exit status 1 unless all are sent."""
    ids = {delivery.id for delivery in chosen}
    asyncio.run(watch.deliver(lambda delivery: delivery.id in ids))
    unsent = 0
    for delivery in (watch.store.ledger.delivery(one.id) for one in chosen):
        error = f": {delivery.error}" if delivery.error else ""
        click.echo(f"  {delivery.channel} to {delivery.recipient}: {delivery.state}{error}")
        unsent += delivery.state is not DeliveryState.SENT
    if unsent:
        click.echo(f"{unsent} not sent; `techwatch status` follows them", err=True)
        click.get_current_context().exit(1)


def find(watch: Watch, edition_id: str, slot: str) -> Issue:
    """Find a digest by `latest`, a time, or the beginning of one; raises NotFoundError."""
    found = _issues(watch, edition_id, None)
    if not found:
        known = ", ".join(dict.fromkeys(i.edition_id for i in _issues(watch, None, None)))
        raise NotFoundError("digest of", edition_id, f"there are digests of {known or 'none yet'}")
    if slot == "latest":
        return found[0]
    moment = _moment(slot)
    meant = [i for i in found if i.slot == moment or stamp(i.slot).startswith(slot)]
    if len(meant) == 1:
        return meant[0]
    shown = ", ".join(stamp(i.slot) for i in (meant or found)[:5])
    several = f"it could be {shown}" if meant else f"the newest are {shown}"
    raise NotFoundError(f"single slot of {edition_id}", slot, several)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _issues(watch: Watch, edition_id: str | None, limit: int | None) -> Sequence[Issue]:
    _require_store(watch)
    return watch.store.digests.issues(edition_id, limit)


def _require_store(watch: Watch) -> None:
    if not watch.has_store():
        raise NotFoundError("database", str(watch.settings.data_path), "`techwatch run` makes one")


def _counted(issue: Issue) -> str:
    return ", ".join(f"{n} {state}" for state, n in sorted(issue.states.items())) or "none wanted"


def _addressed(watch: Watch, issue: Issue, recipient: str | None) -> Sequence[Delivery]:
    listed = watch.store.ledger.of(issue.edition_id, issue.slot)
    if recipient is None:
        if not listed:
            raise NotFoundError("delivery of", issue.edition_id, "name a recipient with --to")
        return listed
    meant = [one for one in listed if one.recipient.casefold() == recipient.casefold()]
    return meant or [_one_more(watch, issue, recipient, listed)]


def _one_more(watch: Watch, issue: Issue, recipient: str, listed: Iterable[Delivery]) -> Delivery:
    from techwatch.digests.addresses import is_address  # noqa: PLC0415 - for this case only
    from techwatch.digests.delivery.message import message_id  # noqa: PLC0415 - likewise

    if not is_address(recipient):
        known = ", ".join(one.recipient for one in listed) or "nobody"
        raise NotFoundError("recipient", recipient, f"it went to {known}; or give a mail address")
    domain = watch.settings.email.id_domain
    name = message_id(issue.edition_id, issue.slot, "email", recipient, domain)
    key = (issue.edition_id, issue.slot)
    return watch.store.ledger.add(key, "email", recipient, name, watch.clock())


def _again(watch: Watch, delivery: Delivery) -> Delivery:
    from techwatch.digests.delivery.message import message_id  # noqa: PLC0415 - for this case only

    if not delivery.claims:
        return delivery  # it has not been tried yet
    name = None
    if delivery.state is DeliveryState.SENT:
        of = f"{delivery.recipient} {delivery.claims}"
        domain = watch.settings.email.id_domain
        name = message_id(delivery.edition_id, delivery.slot, delivery.channel, of, domain)
    return watch.store.ledger.send_again(delivery, watch.clock(), message_id=name)


def _print_ledger(watch: Watch, issue: Issue, *, json_lines: bool) -> None:
    listed = watch.store.ledger.of(issue.edition_id, issue.slot)
    happened: defaultdict[int, list[LedgerEntry]] = defaultdict(list)
    for entry in watch.store.ledger.history([delivery.id for delivery in listed]):
        happened[entry.delivery_id].append(entry)
    for delivery in listed:
        if json_lines:
            output.print_json({**output.data(delivery), "history": happened[delivery.id]})
            continue
        click.echo(f"{delivery.id}  {delivery.channel} to {delivery.recipient}: {delivery.state}")
        for entry in happened[delivery.id]:
            note = f"  {entry.note}" if entry.note else ""
            click.echo(f"    {output.when(entry.at)}  {entry.state}{note}")
