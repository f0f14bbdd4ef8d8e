"""The audit log, as JSON, for admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from techwatch.web.api.answers import Tagged
from techwatch.web.asking import Admin
from techwatch.web.site import TheSite
from techwatch.web.views import audit as view
from techwatch.web.views.people import PRINTABLE

router = APIRouter(tags=["audit"], route_class=Tagged)


@router.get("/audit")
def audit(
    site: TheSite,
    person: Admin,
    after: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    by: Annotated[str | None, Query(max_length=100, pattern=PRINTABLE)] = None,
) -> view.Log:
    """List changes, newest first: those of one person where one is named."""
    del person
    return view.log(site.watch, after, by)
