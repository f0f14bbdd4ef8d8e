"""Developments, as JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from techwatch.web.api.answers import Tagged, goes_on
from techwatch.web.asking import Reader
from techwatch.web.beside import covered, moving_since
from techwatch.web.site import TheSite
from techwatch.web.views import today as view
from techwatch.web.views.choices import Choices
from techwatch.web.views.coverage import Covered
from techwatch.web.views.moving import Moving
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


@router.get("/coverage")
def coverage(site: TheSite, person: Reader) -> Covered:
    """Say how far silence can be trusted: whether feeds are read, and items judged."""
    del person
    return covered(site)


@router.get("/bursts")
def bursts(
    site: TheSite,
    person: Reader,
    since: Annotated[
        Time | None,
        Query(description="From when on; a week ago at the earliest, and by default."),
    ] = None,
) -> Moving:
    """List actors and laws told of far more than usual, by publishers of their own."""
    del person
    return moving_since(site, since)


class Seen(BaseModel, frozen=True, extra="forbid"):
    """Until when what is new was seen."""

    until: Time | None = Field(description="Until when; null: never.")


@router.put("/seen")
def look(site: TheSite, person: Reader, seen: Seen) -> view.Looked:
    """Note until when you have seen what is new: `known_until` of what you have read."""
    return view.look(site.watch, person.account_id, seen.until, back=True)
