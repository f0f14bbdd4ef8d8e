"""The webhooks of a saved filter."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from starlette.responses import RedirectResponse

from techwatch.model import SavedFilter
from techwatch.web.asking import FilterKeeper
from techwatch.web.identity.roles import Person
from techwatch.web.noting import note
from techwatch.web.site import Site, TheSite
from techwatch.web.views import hooks as view

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
HookId = Annotated[str, Path(pattern="^[0-9a-f]{12}$")]


def _own(site: Site, person: Person, filter_id: int) -> SavedFilter:
    return site.watch.store.saved.filter(filter_id, person.account_id)


@router.get("/filters/{filter_id}/hooks")
def hooks(request: Request, site: TheSite, person: FilterKeeper, filter_id: Id) -> Response:
    """Show the webhooks of a filter, and what became of what they were told."""
    shown = view.hooks(site.watch, _own(site, person, filter_id))
    return site.renderer.page(request, "hooks.html", person, shown=shown, tried=None)


@router.post("/filters/{filter_id}/hooks")
def add(
    site: TheSite,
    person: FilterKeeper,
    filter_id: Id,
    url: Annotated[str, Form(min_length=1, max_length=2_000)],
) -> Response:
    """Add a webhook."""
    made = view.add(site.watch, _own(site, person, filter_id), url)
    note(site, person, "hooks.add", made.id)
    return RedirectResponse(f"/filters/{filter_id}/hooks", 303)


@router.post("/filters/{filter_id}/hooks/{hook_id}/pause")
def pause(
    site: TheSite,
    person: FilterKeeper,
    filter_id: Id,
    hook_id: HookId,
    paused: Annotated[bool, Form()] = True,  # noqa: FBT002 - a field of a form
) -> Response:
    """Post nothing to it until told to go on, or go on."""
    view.pause(site.watch, _own(site, person, filter_id), hook_id, paused=paused)
    note(site, person, "hooks.pause" if paused else "hooks.resume", hook_id)
    return RedirectResponse(f"/filters/{filter_id}/hooks", 303)


@router.post("/filters/{filter_id}/hooks/{hook_id}/delete")
def delete(site: TheSite, person: FilterKeeper, filter_id: Id, hook_id: HookId) -> Response:
    """Delete it."""
    view.delete(site.watch, _own(site, person, filter_id), hook_id)
    note(site, person, "hooks.delete", hook_id)
    return RedirectResponse(f"/filters/{filter_id}/hooks", 303)


@router.post("/filters/{filter_id}/hooks/{hook_id}/test")
def try_out(
    request: Request, site: TheSite, person: FilterKeeper, filter_id: Id, hook_id: HookId
) -> Response:
    """Post a test, and say how it went."""
    saved = _own(site, person, filter_id)
    with site.outward.errand(person):
        tried = view.try_out(site.watch, saved, hook_id)
    shown = view.hooks(site.watch, saved)
    return site.renderer.page(request, "hooks.html", person, shown=shown, tried=tried)
