"""The page Search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from techwatch.errors import NotFoundError, QueryError
from techwatch.search.parsing import LONGEST
from techwatch.web.asking import Reader
from techwatch.web.site import TheSite
from techwatch.web.views import search as view

router = APIRouter()


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A query that can't be read, divided at the place."""

    before: str
    at: str
    after: str
    message: str


@router.get("/search")
def search(
    request: Request,
    site: TheSite,
    person: Reader,
    q: Annotated[str, Query(max_length=2 * LONGEST)] = "",
    what: view.What = "items",
    by: view.By = "time",
    after: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """Show what a query finds, or where it can't be read."""
    found, wrong = None, None
    try:
        found = view.search(site.watch, q, what, by, after or None) if q.strip() else None
    except QueryError as error:
        text, at = error.query, error.at
        wrong = _Wrong(text[:at], text[at : at + 1], text[at + 1 :], error.message)
    except NotFoundError as error:
        if error.what != "feed":
            raise
        before, name, behind = q.partition(error.name)
        told = f"no feed has {error.name!r} in its name or address; the page Feeds lists them"
        wrong = _Wrong(before, name, behind, told)
    return site.renderer.page(
        request,
        "search.html",
        person,
        status=422 if wrong else 200,
        found=found,
        wrong=wrong,
        asked=q,
        what=what,
        by=by,
    )
