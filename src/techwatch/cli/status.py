"""`techwatch status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from techwatch.cli import output
from techwatch.cli.articles import told
from techwatch.errors import StorageError
from techwatch.faults import CODES
from techwatch.model import ArticleState
from techwatch.status import failing, gather, pulses, service_record, unusable

if TYPE_CHECKING:
    from techwatch.cli.context import Places
    from techwatch.faults import Fault
    from techwatch.model import StoreSize
    from techwatch.watch import Watch

_COLOURS = {"fault": "red", "warning": "yellow"}


def _show_codes(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        for code, meaning in CODES.items():
            click.echo(f"{code:<22} {meaning}")
        context.exit()


@click.command()
@click.option("--health", is_flag=True, help="Only whether the service lives; for health checks.")
@click.option(
    "--codes",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_codes,
    help="List the codes of faults with their meaning.",
)
@output.as_json
@click.pass_obj
def status(places: Places, health: bool, json_lines: bool) -> None:
    """Say how database, feeds, judging, digests, clock, disk and the service are.

    Exit status: 0 if all is well or there are warnings only, 1 if something needs a person, 2 if
    the configuration can't be read. With --health: 0 if the database can be used and the service
    has given a sign of life lately. Each fault has a code that does not change.

    \b
    techwatch status
    techwatch status --json | jq -r '.faults[].code'
    techwatch status --codes
    """
    with places.watch() as watch:
        record = _record(watch, health=health)
    if json_lines:
        output.print_json(record)
    elif "unusable" in record:
        click.echo(record["unusable"].message, err=True)
    elif health:
        click.echo("alive" if record["alive"] else "no sign of life from the service")
    else:
        _print(record)
    if record.get("attention") or (health and not record["alive"]):
        click.get_current_context().exit(1)


def _record(watch: Watch, *, health: bool) -> dict[str, Any]:
    if wrong := unusable(watch):
        return _cannot_use(wrong, health=health)
    try:
        return service_record(pulses(watch)) if health else gather(watch)
    except StorageError as error:
        return _cannot_use(failing(error), health=health)


def _cannot_use(wrong: Fault, *, health: bool) -> dict[str, Any]:
    found = {"unusable": wrong, "faults": [wrong], "attention": [wrong.message]}
    return found | {"started": False, "alive": False} if health else found


def _print(record: dict[str, Any]) -> None:
    service, queue = record["service"], record["queue"]
    alive = "alive" if service["alive"] else "not running"
    free = record["disk_free_bytes"] / 1e9
    click.echo(f"service   {alive}, last polled {output.ago(service['heartbeats'].get('poll'))}")
    if beats := [f"{job} {output.ago(at)}" for job, at in service["heartbeats"].items()]:
        click.echo(f"jobs      {', '.join(beats)}")
    click.echo(f"database  {record['database']}, schema {record['schema']}")
    click.echo(f"size      {_size(record['size'])}")
    click.echo(f"disk      {free:,.1f} GB free")
    click.echo(f"clock     {_clock(record)}")
    click.echo(f"baseline  {record['baseline']}")
    click.echo(f"feeds     {_counted(record['feeds']) or 'none'}, {queue.feeds_due} due")
    click.echo(f"items     {record['items']}, {record['waiting']} waiting for a verdict")
    click.echo(f"verdicts  {_counted(record['verdicts']) or 'none'}")
    if pages := told({ArticleState(state): n for state, n in record["articles"].items()}):
        click.echo(f"articles  {pages}")
    click.echo(f"ledger    {_counted(dict(queue.deliveries)) or 'empty'}")
    for digest in record["digests"]:
        following = "at once" if digest["at_once"] else output.when(digest["next"])
        last = output.when(digest["last"])
        click.echo(f"digest    {digest['edition']}: last {last}, next {following}")
    for ping in record["pings"]:
        click.echo(f"ping      {ping.edition_id}: last {output.when(ping.at)}")
    for one in record["workers"]:
        click.echo(f"worker    {one.id}: {one.silent_for:.0f} s ago, {one.jobs} jobs in hand")
    for jobs in record["queues"]:
        oldest = "" if jobs.oldest_for is None else f", the oldest for {jobs.oldest_for:.0f} s"
        waits = f"{jobs.waiting} waiting{oldest}"
        click.echo(f"queue     {jobs.name}: {jobs.under_way} under way, {waits}")
    for fault in record["faults"]:
        _print_fault(fault)


def _print_fault(fault: Fault) -> None:
    word = "attention" if fault.severity == "fault" else "warning"
    coloured = click.style(word, fg=_COLOURS[fault.severity])
    click.echo(f"{coloured} {fault.message}  [{fault.code}]")


def _clock(record: dict[str, Any]) -> str:
    if (reading := record["clock"]) is None:
        return "not compared with others yet"
    side = "behind" if reading.seconds > 0 else "ahead of"
    return f"{abs(reading.seconds):,.0f} s {side} {reading.hosts} hosts of feeds"


def _size(size: StoreSize) -> str:
    return (
        f"{size.bytes / 1e6:,.1f} MB, {size.free / 1e6:,.1f} MB of them unused; {size.items:,} "
        f"items, {size.items_without_text:,} of them without text, {size.dropped_items:,} dropped"
    )


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {what}" for what, n in sorted(counts.items()))
