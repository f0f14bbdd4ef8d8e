"""The page Today."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from techwatch.web.asking import Reader
from techwatch.web.site import TheSite
from techwatch.web.views import judged
from techwatch.web.views import today as view

router = APIRouter()


@router.get("/")
def today(
    request: Request,
    site: TheSite,
    person: Reader,
    said: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """Show what is new."""
    since = site.watch.clock() - timedelta(days=7)
    shown = view.today(site.watch, since, "en")
    told = judged.shown_with(
        site.watch, ((d.story_id, d.item_id) for d in shown.developments), said
    )
    return site.renderer.page(request, "today.html", person, today=shown, **told)
