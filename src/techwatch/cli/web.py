"""`techwatch web`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from techwatch.cli.context import Places
    from techwatch.watch import Watch
    from techwatch.web.settings import WebSettings

_GRACE = 1.0  # seconds that threads get at the end
_PATIENCE = 10.0  # seconds that a health check waits for an answer


@click.command()
@click.option(
    "--invite",
    type=click.Choice(["reader", "analyst", "admin"]),
    help="Print a link by which somebody makes an account of this role, and end.",
)
@click.option(
    "--health", is_flag=True, help="Only ask a desk that runs whether it answers, and end."
)
@click.pass_obj
def web(places: Places, invite: str | None, health: bool) -> None:
    """Serve the desk: pages where analysts read, check and teach, and the API.

    \b
    techwatch web
    techwatch -s web.login=none web         without login, for this machine only
    techwatch run --web                     the service and the desk in one process
    techwatch web --invite admin            a one-time link, where no admin can log in any more
    techwatch web --health                  exit status 0 if the desk answers, 1 if not

    Where nobody is admin yet, it prints a link at which the first one chooses name and password.

    It is reached at http://127.0.0.1:8321 unless web.address, web.port and web.public_url say
    otherwise. Ctrl-C or SIGTERM stops it.
    """
    if health:
        click.echo(_asked(places.settings().web))
        return
    with places.watch() as watch:
        if invite:
            click.echo(_invitation(watch, invite))
            return
        watch.check_files()
        asyncio.run(_serve(watch))
    end_waiting()


def end_waiting() -> None:
    """End the process, all else closed, where a thread still waits for somebody else's server.

    Whoever asked for the page is gone, and Python would wait for the thread. What it had begun to
    write is rolled back, as by a kill.
    """
    end = time.monotonic() + _GRACE
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join(max(0.0, end - time.monotonic()))
            if thread.is_alive():
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(0)


def _asked(settings: WebSettings) -> str:
    """Ask the desk of these settings whether it answers; raises ClickException if not."""
    import httpx  # noqa: PLC0415 - for health checks only

    from techwatch.web.settings import own_address  # noqa: PLC0415 - not for the list of commands

    if settings.port == 0:
        raise click.UsageError("a desk whose port is chosen anew at each start can't be asked")
    at = own_address(settings, settings.port)
    try:
        with httpx.Client(trust_env=False, timeout=_PATIENCE) as client:
            client.get(f"{at}/healthz").raise_for_status()
    except httpx.HTTPError as error:
        raise click.ClickException(f"no desk answers at {at}: {error}") from error
    return f"the desk answers at {at}"


def _invitation(watch: Watch, role: str) -> str:
    from techwatch.web.identity.accounts import MACHINE  # noqa: PLC0415 - loads an HTTP server
    from techwatch.web.identity.roles import Role  # noqa: PLC0415
    from techwatch.web.renewing import Watching  # noqa: PLC0415 - loads an HTTP server
    from techwatch.web.serving import origin  # noqa: PLC0415
    from techwatch.web.site import Site  # noqa: PLC0415

    settings = watch.settings.web
    if settings.port == 0 and settings.public_url is None:
        raise click.UsageError("a link needs web.port, or web.public_url, to lead somewhere")
    site = Site(Watching(watch), at=origin(settings, settings.port))
    return site.link(site.accounts.invite(MACHINE, Role(role)))


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
        for warning in _warnings(watch.settings.web):
            click.echo(warning, err=True)
        if watch.settings.web.login == "required":
            await asyncio.to_thread(_welcome_first, watch, at)
        yield


def _warnings(settings: WebSettings) -> Iterator[str]:
    from techwatch.web.settings import is_nameless  # noqa: PLC0415 - as above

    if (settings.public_url or "").startswith("https:") and not settings.trusted_proxies:
        yield (
            "web.trusted_proxies is empty: all who come through the proxy have its address, in the "
            "audit log and where logins that fail are counted"
        )
    if is_nameless(settings):
        yield "web.public_url is not set: links, also those of filters' feeds, lead to this machine"


def _welcome_first(watch: Watch, at: str) -> None:
    """Print how the first admin comes in; only here: logs are read by others."""
    from techwatch.web.renewing import Watching  # noqa: PLC0415 - loads an HTTP server
    from techwatch.web.site import Site  # noqa: PLC0415 - as above

    site = Site(Watching(watch), at=at)
    key = site.accounts.first_link()
    if key is not None:
        click.echo("nobody is admin yet; this link makes one, once, within 3 days:", err=True)
        click.echo(f"  {site.link(key)}", err=True)
