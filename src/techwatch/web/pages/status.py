"""The page Status."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from techwatch.web.asking import Reader
from techwatch.web.site import TheSite
from techwatch.web.views import status as view

router = APIRouter()


@router.get("/status")
def status(request: Request, site: TheSite, person: Reader) -> Response:
    """Show how everything is."""
    found = site.status.get(lambda: view.status(site.watch))
    code = 200 if found.figures else 503
    return site.renderer.page(request, "status.html", person, status=code, found=found)
