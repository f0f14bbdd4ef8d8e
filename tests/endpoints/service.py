"""The service with its addresses, as a process that can be killed: CONFIG is its argument."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette

from techwatch.endpoints import websub
from techwatch.installation import shipped
from techwatch.runtime.local import Service, ticking
from techwatch.settings import load
from techwatch.watch import Watch


async def main(config: Path) -> None:
    options = ["service.tick=1"]
    watch = Watch(lambda: load(config / "techwatch.yaml", {}, options), config, shipped("baseline"))
    watch.open_lists()
    port = urlsplit(str(watch.settings.http.public_url)).port or 0
    app = Starlette(routes=websub.routes(watch))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    async with (
        watch.asking() as ask,
        watch.taking() as take,
        ticking(Service(watch, ask, asyncio.Event(), take)),
    ):
        await server.serve()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
