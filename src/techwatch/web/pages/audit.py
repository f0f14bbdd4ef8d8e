"""The page Audit: who changed what, for admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from techwatch.web.asking import Admin
from techwatch.web.site import TheSite
from techwatch.web.views import audit as view
from techwatch.web.views.people import PRINTABLE

router = APIRouter()


@router.get("/audit")
def audit(
    request: Request,
    site: TheSite,
    person: Admin,
    after: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    by: Annotated[str | None, Query(max_length=100, pattern=PRINTABLE)] = None,
) -> Response:
    """Show the audit log."""
    log = view.log(site.watch, after, by)
    return site.renderer.page(request, "audit.html", person, log=log, by=by or "")
