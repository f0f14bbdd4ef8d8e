"""The page Today."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request, Response

from techwatch.web.asking import Reader
from techwatch.web.site import TheSite
from techwatch.web.views import today as view

router = APIRouter()


@router.get("/")
def today(request: Request, site: TheSite, person: Reader) -> Response:
    """Show what is new."""
    since = site.watch.clock() - timedelta(days=7)
    shown = view.today(site.watch, since, "en")
    return site.renderer.page(request, "today.html", person, today=shown)
