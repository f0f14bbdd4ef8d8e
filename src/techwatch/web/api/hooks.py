"""The webhooks of saved filters, as JSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from techwatch.model import SavedFilter
from techwatch.web.api.answers import Tagged
from techwatch.web.asking import FilterKeeper
from techwatch.web.identity.roles import Person
from techwatch.web.noting import note
from techwatch.web.site import Site, TheSite
from techwatch.web.views import hooks as view

router = APIRouter(tags=["webhooks"], route_class=Tagged)
Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
HookId = Annotated[str, Path(pattern="^[0-9a-f]{12}$")]


class NewHook(BaseModel, frozen=True, extra="forbid"):
    """A webhook to be added."""

    url: str = Field(min_length=1, max_length=2_000, description="Where to post.")


class Change(BaseModel, frozen=True, extra="forbid"):
    """What is to be another about a webhook."""

    paused: bool = Field(description="Whether nothing is posted to it.")


def _own(site: Site, person: Person, filter_id: int) -> SavedFilter:
    return site.watch.store.saved.filter(filter_id, person.account_id)


@router.get("/filters/{filter_id}/hooks")
def hooks(site: TheSite, person: FilterKeeper, filter_id: Id) -> view.Hooks:
    """List the webhooks of a filter, with what became of what they were told."""
    return view.hooks(site.watch, _own(site, person, filter_id))


@router.post("/filters/{filter_id}/hooks", status_code=201)
def add(site: TheSite, person: FilterKeeper, filter_id: Id, new: NewHook) -> view.HookShown:
    """Add a webhook: it is told what becomes a development from now on."""
    made = view.add(site.watch, _own(site, person, filter_id), new.url)
    note(site, person, "hooks.add", made.id)
    return view.shown(site.watch, made)


@router.patch("/filters/{filter_id}/hooks/{hook_id}")
def change(
    site: TheSite, person: FilterKeeper, filter_id: Id, hook_id: HookId, wanted: Change
) -> view.HookShown:
    """Post nothing to a webhook until told to go on, or go on."""
    saved = _own(site, person, filter_id)
    changed = view.pause(site.watch, saved, hook_id, paused=wanted.paused)
    note(site, person, "hooks.pause" if wanted.paused else "hooks.resume", hook_id)
    return view.shown(site.watch, changed)


@router.delete("/filters/{filter_id}/hooks/{hook_id}", status_code=204)
def delete(site: TheSite, person: FilterKeeper, filter_id: Id, hook_id: HookId) -> None:
    """Delete a webhook, and give up what is still to be posted."""
    view.delete(site.watch, _own(site, person, filter_id), hook_id)
    note(site, person, "hooks.delete", hook_id)


@router.post("/filters/{filter_id}/hooks/{hook_id}/test")
def try_out(site: TheSite, person: FilterKeeper, filter_id: Id, hook_id: HookId) -> view.Tried:
    """Post a test to a webhook, now, and say how it went."""
    saved = _own(site, person, filter_id)
    with site.outward.errand(person):
        return view.try_out(site.watch, saved, hook_id)
