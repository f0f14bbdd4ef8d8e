"""The page API: what programs may ask, with examples."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from techwatch.web.asking import Reader
from techwatch.web.describing import ADDRESS
from techwatch.web.site import TheSite
from techwatch.web.views.reference import reference

router = APIRouter()


@router.get("/api")
def api(request: Request, site: TheSite, person: Reader) -> Response:
    """Show the addresses of the API."""
    document = request.app.openapi()
    return site.renderer.page(
        request, "api.html", person, groups=reference(document), document=ADDRESS, at=site.at
    )
