"""`techwatch worker`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from techwatch.errors import StorageError

if TYPE_CHECKING:
    from techwatch.cli.context import Places

_QUEUES = ("polling", "judging", "digests", "delivery")


def _read_queues(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
    if not names or (unknown := sorted(set(names) - set(_QUEUES))):
        told = ", ".join(unknown) if names else "none"
        raise click.BadParameter(f"{told}: give some of {', '.join(_QUEUES)}")
    return names


@click.command()
@click.option(
    "--queues",
    default=",".join(_QUEUES),
    show_default=True,
    callback=_read_queues,
    metavar="NAMES",
    help="Which work to take, separated by commas.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    help="Jobs at one time.",
)
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@click.pass_obj
def worker(places: Places, queues: tuple[str, ...], concurrency: int, once: bool) -> None:
    """Share the work of the service with other processes, on this host or others.

    Needs PostgreSQL; any number may run, beside `techwatch run` or instead of it. SIGTERM or Ctrl-C
    finishes the work in hand and leaves the rest to others.

    \b
    techwatch db upgrade
    techwatch worker
    techwatch worker --queues polling,judging --concurrency 8
    """
    with places.watch() as watch:
        watch.check_files()
        if not watch.database_url.startswith("postgres"):
            message = "workers share a PostgreSQL database, and this one is a file: "
            advice = "`techwatch run` does all the work in one process, or set database_url"
            raise StorageError(message + advice)
        from techwatch.runtime.workers import running  # noqa: PLC0415 - for this command only

        share = running.Share(queues, concurrency)
        asyncio.run(running.work_once(watch, share) if once else running.work(watch, share))
