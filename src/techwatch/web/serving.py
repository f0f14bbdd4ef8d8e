"""The desk's port: opened by `techwatch web`, or beside the service."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from techwatch.endpoints.server import listening, quiet_server
from techwatch.web.application import application
from techwatch.web.settings import own_address

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from techwatch.watch import Watch
    from techwatch.web.rendering import Renderer
    from techwatch.web.settings import WebSettings

log: structlog.stdlib.BoundLogger = structlog.get_logger("techwatch.web")


def origin(settings: WebSettings, port: int) -> str:
    """Return the address at which people reach a desk on a port, without a path."""
    return settings.public_url or own_address(settings, port)


@asynccontextmanager
async def desk_open(watch: Watch, renderer: Renderer | None = None) -> AsyncIterator[str]:
    """Serve the desk meanwhile; gives the address at which people reach it.

    `renderer` renders its pages; None: one with the translations that came along.

    Raises PortError where the port can't be had.
    """
    settings = watch.settings.web
    taken = listening(settings.address, settings.port, "web")
    at = origin(settings, taken.getsockname()[1])
    desk = application(watch, at, renderer)
    server = quiet_server(desk)
    desk.state.site.board.warm()
    serving = asyncio.create_task(server.serve(sockets=[taken]))
    log.info("desk open", at=at)
    if at.startswith("https:") and not settings.trusted_proxies:
        told = "without web.trusted_proxies all visitors count as one, and wait for each other"
        log.warning("proxy not trusted", at=at, why=told)
    try:
        yield at
    finally:
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
