"""Whether the desk answers: for container engines and proxies, under any name, without login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Response

from techwatch.endpoints.health import answer, database_problems
from techwatch.web.security import HEALTHZ, READYZ
from techwatch.web.site import TheSite

if TYPE_CHECKING:
    from starlette.responses import JSONResponse

_ASKED_BY = ["GET", "HEAD"]
router = APIRouter()


@router.api_route(HEALTHZ, methods=_ASKED_BY, response_class=Response)
def healthz() -> JSONResponse:
    """Answer from a thread, as pages do: none does where all threads hang."""
    return answer([])


@router.api_route(READYZ, methods=_ASKED_BY, response_class=Response)
def readyz(site: TheSite) -> JSONResponse:
    """Ask the database: 503 while it can't be used."""
    return answer(database_problems(site.watch))
