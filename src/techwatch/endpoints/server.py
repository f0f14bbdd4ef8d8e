"""The HTTP port: opened beside the service, in its loop, where a port is set."""

from __future__ import annotations

import asyncio
import errno
import socket
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import TYPE_CHECKING, cast

import structlog

from techwatch.errors import PortError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.applications import Starlette
    from starlette.types import ASGIApp
    from uvicorn import Server

    from techwatch.endpoints.patience import Patience
    from techwatch.watch import Watch

# Imports below stand in functions: a service without a port loads no HTTP server.
# ruff: noqa: PLC0415

_EVERY = 1.0  # seconds between two looks at how late the loop comes
_GRACE = 1  # second that answers under way get when the service stops
log: structlog.stdlib.BoundLogger = structlog.get_logger("techwatch.http")


def application(watch: Watch) -> Starlette:
    """Join what the port answers; no state of its own, any number of them may run."""
    from starlette.applications import Starlette

    from techwatch.endpoints import health, metrics, websub

    return Starlette(routes=[*health.routes(watch), *metrics.routes(watch), *websub.routes(watch)])


@asynccontextmanager
async def port_open(watch: Watch) -> AsyncIterator[int | None]:
    """Answer on the port of the settings meanwhile; gives it, None where none is set.

    Raises PortError where it can't be had.
    """
    settings = watch.settings.http
    if settings.port is None:
        yield None
        return
    taken = listening(settings.address, settings.port, "http")
    port = taken.getsockname()[1]
    server = quiet_server(application(watch))
    tasks = [
        asyncio.create_task(server.serve(sockets=[taken])),
        asyncio.create_task(_measure_lag(watch)),
    ]
    log.info("port open", address=settings.address, port=port)
    try:
        yield port
    finally:
        server.should_exit = True
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def listening(address: str, port: int, section: str) -> socket.socket:
    """Take a port before anything else is begun, so that a wrong one is told at once.

    `section` names the settings that it is of. Raises PortError.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((address, port))
        taken.listen()  # from here on who asks waits for the answer, and is not refused
    except OSError as error:
        taken.close()
        place = f"{address} port {port}"
        message = f"can't listen on {place} ({section}.address, {section}.port): {error.strerror}"
        raise PortError(f"{message}; {_advice(error, section)}") from error
    taken.setblocking(False)  # noqa: FBT003 - the standard library's own
    return taken


def _advice(error: OSError, section: str) -> str:
    """Say what to do about a port that can't be had."""
    if isinstance(error, socket.gaierror):
        return f"give an address as {section}.address, such as 127.0.0.1 or ::1"
    if error.errno == errno.EADDRINUSE:
        beside = " (`techwatch run --web` serves the desk too)" if section == "web" else ""
        return f"end what serves there already{beside}, or choose another {section}.port"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"choose an address of this machine as {section}.address, or 0.0.0.0 for all it has"
    if error.errno == errno.EACCES:
        return f"ports below 1024 are for root: choose a higher {section}.port, or use a proxy"
    return f"choose another {section}.address or {section}.port"


def quiet_server(app: ASGIApp, patience: Patience | None = None) -> Server:
    """Make a server that leaves signals and logs to the process that it stands in."""
    from functools import partial

    from uvicorn import Config, Server

    from techwatch.endpoints.patience import Patience, Patient

    class Quiet(Server):
        """Leaves signals to the service."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            with nullcontext():
                yield

    config = Config(
        app,
        http=cast("type[asyncio.Protocol]", partial(Patient, patience=patience or Patience())),
        lifespan="off",
        log_config=None,  # its log goes where ours goes
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=256,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=_GRACE,
    )
    return Quiet(config)


async def _measure_lag(watch: Watch) -> None:
    """Note once a second by how much the loop comes late: who blocks it delays everything."""
    clock = asyncio.get_running_loop().time
    while True:
        expected = clock() + _EVERY
        await asyncio.sleep(_EVERY)
        watch.metrics.lagged(clock() - expected)
