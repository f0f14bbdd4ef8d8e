"""`/healthz`: does the process live? `/readyz`: can it do its work?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import Route

from techwatch.errors import StorageError

if TYPE_CHECKING:
    from starlette.requests import Request

    from techwatch.watch import Watch

_WELL, _ILL = 200, 503


def routes(watch: Watch) -> list[Route]:
    """Return both, for GET and HEAD: 200 if so, 503 if not, and why as JSON.

    `/healthz` asks nothing but this process, so that it is not restarted for a database that is
    gone for a minute. `/readyz` asks the database.
    """

    async def healthz(_: Request) -> JSONResponse:
        late = watch.pulse.late(watch.clock(), watch.settings.service.tick)
        return answer([f"the job {job} has not ended for too long" for job in late])

    async def readyz(_: Request) -> JSONResponse:
        return answer(await asyncio.to_thread(_unready, watch))

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def _unready(watch: Watch) -> list[str]:
    if watch.pulse.lists_read_at is None:
        return ["the lists of feeds and editions are not read yet"]
    return database_problems(watch)


def database_problems(watch: Watch) -> list[str]:
    """Say in a sentence each why the database can't be used; none: it can."""
    try:
        schema = watch.store.database.schema()
    except StorageError:
        return ["the database does not answer"]
    if schema != watch.store.schema_known:
        return [f"the database has schema {schema}, not {watch.store.schema_known}"]
    return []


def answer(problems: list[str]) -> JSONResponse:
    """Tell well (200) or ill (503), and why."""
    body = {"status": "ill" if problems else "well", "problems": problems}
    return JSONResponse(body, _ILL if problems else _WELL, headers={"Cache-Control": "no-store"})
