"""How everything is, as JSON."""

from __future__ import annotations

from fastapi import APIRouter

from techwatch.web.api.answers import Tagged
from techwatch.web.asking import Reader
from techwatch.web.site import TheSite
from techwatch.web.views import status as view

router = APIRouter(tags=["status"], route_class=Tagged)


@router.get("/status")
def status(site: TheSite, person: Reader) -> view.Status:
    """Say what is wrong and how everything is, no older than five seconds."""
    del person
    return site.status.get(lambda: view.status(site.watch))
