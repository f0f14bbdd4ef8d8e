"""`techwatch status`."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from techwatch.cli import output
from techwatch.cli.articles import together, told
from techwatch.model import ArticleState, DeliveryState

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.cli.context import Places
    from techwatch.model import Delivery
    from techwatch.watch import Watch

_TICKS_MISSED = 8  # so many ticks without a sign of life, and the service counts as dead
_LEAST = timedelta(minutes=2)
_SLOW = frozenset({"poll", "deliver"})  # feeds and mail servers may take their time
_SLOW_LEAST = timedelta(hours=1)


@click.command()
@click.option("--health", is_flag=True, help="Only whether the service lives; for health checks.")
@output.as_json
@click.pass_obj
def status(places: Places, health: bool, json_lines: bool) -> None:
    """Say how feeds, judging, digests and the service are.

    Exit status: 0 if all is well, 1 if something needs a person. With --health: 0 if the database
    can be used and the service has given a sign of life lately.
    """
    with places.watch() as watch:
        if not watch.has_store():
            click.echo("no database yet: `techwatch run` or `techwatch poll` makes one", err=True)
            click.get_current_context().exit(1)
        record = _service(watch) if health else _everything(watch)
    if json_lines:
        output.print_json(record)
    elif health:
        click.echo("alive" if record["alive"] else "no sign of life from the service")
    else:
        _print(record)
    if (health and not record["alive"]) or record.get("attention"):
        click.get_current_context().exit(1)


def _service(watch: Watch) -> dict[str, Any]:
    now, jobs = watch.clock(), watch.store.overview.heartbeats()
    tick = timedelta(seconds=watch.settings.service.tick)
    patience = max(_LEAST, _TICKS_MISSED * tick)
    late = {
        job.job: now - (job.at or now)
        > (max(_SLOW_LEAST, patience) if job.job in _SLOW else patience)
        for job in jobs
    }
    return {
        "started": bool(jobs),
        "alive": bool(jobs) and not any(late.values()),
        "heartbeats": {job.job: job.at for job in jobs},
        "failing": [
            f"{job.job} has been failing since {output.when(job.failing_since)}: {job.error}"
            for job in jobs
            if job.error
        ],
    }


def _everything(watch: Watch) -> dict[str, Any]:
    from techwatch.composing import coverage, undelivered  # noqa: PLC0415 - for the full report only

    now = watch.clock()
    watched = coverage(watch.store, watch.desk, None, now)
    service = _service(watch)
    ill = [feed for feed in watched.feeds if feed.condition in {"failing", "gone", "silent"}]
    unsent = [undelivered(d) + _advice(d) for d in watch.store.ledger.open()]
    attention = [
        *service["failing"],
        *_silence(service),
        *(f"{feed.publisher} is {feed.condition}: {feed.why}" for feed in ill),
        *unsent,
    ]
    return {
        "database": watch.store.database.engine.url.render_as_string(),
        "schema": watch.store.database.schema(),
        "baseline": watch.baseline.version,
        "service": service,
        "feeds": Counter(feed.condition for feed in watched.feeds),
        "items": watched.items_seen,
        "waiting": watch.store.overview.counts(None, now).items_waiting,
        "articles": together(watch.store.articles.counts()),
        "verdicts": {verdict.value: n for verdict, n in watched.by_verdict.items()},
        "digests": [_digest(watch, edition_id, now) for edition_id in watch.editions],
        "attention": attention,
    }


def _advice(delivery: Delivery) -> str:
    if delivery.state not in {DeliveryState.UNCERTAIN, DeliveryState.FAILED}:
        return ""
    return f"; `techwatch digest resolve {delivery.id} send` or `drop`"


def _silence(service: dict[str, Any]) -> list[str]:
    if service["started"] and not service["alive"] and not service["failing"]:
        return ["the service gives no sign of life"]
    return []


def _digest(watch: Watch, edition_id: str, now: datetime) -> dict[str, Any]:
    from techwatch.digests.schedule import next_slot  # noqa: PLC0415 - APScheduler is slow to import

    edition = watch.editions[edition_id]
    return {
        "edition": edition_id,
        "last": watch.store.digests.last_until(edition_id),
        "next": None if edition.alert else next_slot(edition, now).at,
        "at_once": edition.alert is not None,
    }


def _print(record: dict[str, Any]) -> None:
    service = record["service"]
    alive = "alive" if service["alive"] else "not running"
    click.echo(f"service   {alive}, last polled {output.ago(service['heartbeats'].get('poll'))}")
    click.echo(f"database  {record['database']}, schema {record['schema']}")
    click.echo(f"baseline  {record['baseline']}")
    click.echo(f"feeds     {_counted(record['feeds']) or 'none'}")
    click.echo(f"items     {record['items']}, {record['waiting']} waiting for a verdict")
    click.echo(f"verdicts  {_counted(record['verdicts']) or 'none'}")
    if pages := told({ArticleState(state): n for state, n in record["articles"].items()}):
        click.echo(f"articles  {pages}")
    for digest in record["digests"]:
        following = "at once" if digest["at_once"] else output.when(digest["next"])
        last = output.when(digest["last"])
        click.echo(f"digest    {digest['edition']}: last {last}, next {following}")
    for sentence in record["attention"]:
        click.echo(f"{click.style('attention', fg='red')} {sentence}")


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {what}" for what, n in sorted(counts.items()))
