"""Developments, as JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from techwatch.web.api.answers import Tagged, goes_on
from techwatch.web.asking import Reader
from techwatch.web.site import TheSite
from techwatch.web.views import today as view
from techwatch.web.views.choices import Choices
from techwatch.web.views.question import PAGE, Question, Time

router = APIRouter(tags=["developments"], route_class=Tagged)


class Listing(Question, frozen=True):
    """Which developments, and how many of them."""

    readers: Literal["en", "nb"] = Field(
        "en", description="The language whose headlines lead, where there are any."
    )
    limit: int = Field(PAGE, ge=1, le=200, description="Developments on a page.")


@router.get("/developments")
def developments(
    request: Request,
    response: Response,
    site: TheSite,
    person: Reader,
    listing: Annotated[Listing, Query()],
) -> view.Developments:
    """List developments: those that nobody rejected or knew, unless asked otherwise."""
    looked = site.watch.store.saved.looked_at(person.account_id)
    found = view.developments(
        site.watch, site.board, listing, looked, listing.readers, listing.limit
    )
    return replace(found, next=goes_on(request, response, found.next))


@router.get("/developments/choices")
def choices(site: TheSite, person: Reader) -> Choices:
    """List what developments can be filtered by."""
    del person
    return site.board.choices()


class Seen(BaseModel, frozen=True, extra="forbid"):
    """Until when what is new was seen."""

    until: Time | None = Field(description="Until when; null: never.")


@router.put("/seen")
def look(site: TheSite, person: Reader, seen: Seen) -> view.Looked:
    """Note until when you have seen what is new."""
    return view.look(site.watch, person.account_id, seen.until)
