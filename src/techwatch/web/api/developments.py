"""Developments, as JSON."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter

from techwatch.web.api.answers import Tagged
from techwatch.web.asking import Reader
from techwatch.web.site import TheSite
from techwatch.web.views import today as view

router = APIRouter(tags=["developments"], route_class=Tagged)


@router.get("/developments")
def developments(site: TheSite, person: Reader) -> view.Today:
    """List what is new."""
    del person
    return view.today(site.watch, site.watch.clock() - timedelta(days=7), "en")
