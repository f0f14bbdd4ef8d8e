"""`techwatch web`."""

from __future__ import annotations

import asyncio
import signal
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from techwatch.cli.context import Places
    from techwatch.watch import Watch


@click.command()
@click.pass_obj
def web(places: Places) -> None:
    """Serve the desk: pages where analysts read, check and teach, and the API.

    \b
    techwatch web
    techwatch -s web.login=none web         without login, for this machine only
    techwatch run --web                     the service and the desk in one process

    It is reached at http://127.0.0.1:8321 unless web.address, web.port and web.public_url say
    otherwise. Ctrl-C or SIGTERM stops it.
    """
    with places.watch() as watch:
        watch.check_files()
        asyncio.run(_serve(watch))


async def _serve(watch: Watch) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with desk(watch):
        await stopping.wait()


@asynccontextmanager
async def desk(watch: Watch) -> AsyncIterator[None]:
    """Serve the desk meanwhile, and tell where it is."""
    from techwatch.web.serving import desk_open  # noqa: PLC0415 - loads an HTTP server

    async with desk_open(watch) as at:
        click.echo(f"the desk is open at {at}", err=True)
        yield
