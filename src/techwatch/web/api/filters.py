"""Saved filters, as JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from techwatch.web.api.answers import Tagged
from techwatch.web.asking import FilterKeeper, Reader
from techwatch.web.errors import ForbiddenError
from techwatch.web.noting import note
from techwatch.web.site import TheSite
from techwatch.web.views import filters as view

router = APIRouter(tags=["filters"], route_class=Tagged)
Id = Annotated[int, Path(ge=1, le=2**31 - 1)]


class NewFilter(BaseModel, frozen=True, extra="forbid"):
    """A filter to be saved."""

    name: view.Name = Field(description="What it is called; one of that name gets the new query.")
    query: str = Field(max_length=20_000, description="As in the address of Today.")


class NewName(BaseModel, frozen=True, extra="forbid"):
    """Another name of a filter."""

    name: view.Name = Field(description="What it is called from now on.")


@router.get("/filters")
def filters(site: TheSite, person: Reader) -> view.Filters:
    """List what you saved, with the addresses of its feeds."""
    return view.filters(site.watch, person.account_id, site.at)


@router.post("/filters", status_code=201)
def save(site: TheSite, person: FilterKeeper, new: NewFilter) -> view.Saved:
    """Save a filter."""
    if person.account_id is None:
        raise ForbiddenError("filters are saved for accounts")
    made = view.save(site.watch, person.account_id, new.name, new.query)
    note(site, person, "filters.save", new.name)
    return view.shown(made, site.at)


@router.patch("/filters/{filter_id}")
def rename(site: TheSite, person: FilterKeeper, filter_id: Id, new: NewName) -> view.Saved:
    """Give a filter another name."""
    found = site.watch.store.saved.rename(filter_id, person.account_id, new.name)
    note(site, person, "filters.rename", str(filter_id), {"name": new.name})
    return view.shown(found, site.at)


@router.post("/filters/{filter_id}/key")
def renew_key(site: TheSite, person: FilterKeeper, filter_id: Id) -> view.Saved:
    """Give the feeds of a filter other addresses."""
    found = site.watch.store.saved.renew_key(filter_id, person.account_id, view.new_key())
    note(site, person, "filters.renew_key", str(filter_id))
    return view.shown(found, site.at)


@router.delete("/filters/{filter_id}", status_code=204)
def delete(site: TheSite, person: FilterKeeper, filter_id: Id) -> None:
    """Delete a filter; its feeds end."""
    view.delete(site.watch, filter_id, person.account_id)
    note(site, person, "filters.delete", str(filter_id))


@router.post("/filters/{filter_id}/edition")
def edition(site: TheSite, person: FilterKeeper, filter_id: Id, wish: view.Wish) -> view.Proposal:
    """Give what would stand in digests.yaml for an edition of a filter, or write it there."""
    saved = site.watch.store.saved.filter(filter_id, person.account_id)
    if not wish.write:
        return view.propose(saved, wish)
    made = view.add_edition(site.watch, saved, wish)
    note(site, person, "editions.add", wish.id)
    return made
