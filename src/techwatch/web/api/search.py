"""Searching, as JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from techwatch.search.parsing import LONGEST
from techwatch.web.api.answers import Tagged
from techwatch.web.asking import Reader
from techwatch.web.site import TheSite
from techwatch.web.views import search as view

router = APIRouter(tags=["search"], route_class=Tagged)


@router.get("/search")
def search(
    site: TheSite,
    person: Reader,
    q: Annotated[str, Query(min_length=1, max_length=LONGEST, description="The query.")],
    what: view.What = "items",
    by: view.By = "time",
    after: Annotated[
        str | None, Query(max_length=100, description="The key of the page before.")
    ] = None,
) -> view.Found:
    """Find items or developments: words, "phrases", AND, OR, NOT, entity:, verdict:, since: ..."""
    del person
    return view.search(site.watch, q, what, by, after or None)
