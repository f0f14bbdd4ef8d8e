"""Saved filters, and the feeds that other readers subscribe to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from starlette.responses import RedirectResponse

from techwatch.errors import InvalidFilesError
from techwatch.web.asking import FilterKeeper, Reader, TheVisitor
from techwatch.web.errors import ForbiddenError
from techwatch.web.identity.roles import Person
from techwatch.web.noting import note
from techwatch.web.site import TheSite
from techwatch.web.tags import with_tag
from techwatch.web.views import filters as view

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
_TYPES = {"atom": "application/atom+xml", "json": "application/feed+json"}


def account_of(person: Person) -> int:
    """Return whose filters they are; raises ForbiddenError for who has no account."""
    if person.account_id is None:
        raise ForbiddenError("filters are saved for accounts")
    return person.account_id


@router.get("/filters")
def filters(request: Request, site: TheSite, person: Reader) -> Response:
    """Show what somebody saved."""
    shown = view.filters(site.watch, person.account_id, site.at)
    return site.renderer.page(request, "filters.html", person, saved=shown)


@router.post("/filters")
def save(
    site: TheSite,
    person: FilterKeeper,
    name: Annotated[view.Name, Form()],
    query: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Save a filter, and show it."""
    made = view.save(site.watch, account_of(person), name, query)
    note(site, person, "filters.save", name)
    return RedirectResponse(f"/?{made.query}", 303)


@router.post("/filters/{filter_id}/name")
def rename(
    site: TheSite, person: FilterKeeper, filter_id: Id, name: Annotated[view.Name, Form()]
) -> Response:
    """Give a filter another name."""
    site.watch.store.saved.rename(filter_id, person.account_id, name)
    note(site, person, "filters.rename", str(filter_id), {"name": name})
    return RedirectResponse("/filters", 303)


@router.post("/filters/{filter_id}/key")
def renew_key(site: TheSite, person: FilterKeeper, filter_id: Id) -> Response:
    """Give the feeds of a filter other addresses."""
    site.watch.store.saved.renew_key(filter_id, person.account_id, view.new_key())
    note(site, person, "filters.renew_key", str(filter_id))
    return RedirectResponse("/filters", 303)


@router.post("/filters/{filter_id}/delete")
def delete(site: TheSite, person: FilterKeeper, filter_id: Id) -> Response:
    """Delete a filter; its feeds end."""
    view.delete(site.watch, filter_id, person.account_id)
    note(site, person, "filters.delete", str(filter_id))
    return RedirectResponse("/filters", 303)


@router.get("/filters/{filter_id}/edition")
def edition(request: Request, site: TheSite, person: Reader, filter_id: Id) -> Response:
    """Show how an edition of the digest could be made of a filter."""
    saved = site.watch.store.saved.filter(filter_id, person.account_id)
    return _edition(request, site, person, filter_id, view.wished(saved))


@router.post("/filters/{filter_id}/edition")
def make_edition(
    request: Request,
    site: TheSite,
    person: FilterKeeper,
    filter_id: Id,
    wish: Annotated[view.Wish, Form()],
) -> Response:
    """Show what would stand in digests.yaml, or write it there."""
    return _edition(request, site, person, filter_id, wish)


def _edition(
    request: Request, site: TheSite, person: Person, filter_id: int, wish: view.Wish
) -> Response:
    saved = site.watch.store.saved.filter(filter_id, person.account_id)
    problems: tuple[str, ...] = ()
    found = view.propose(saved, wish)
    if wish.write:
        try:
            found = view.add_edition(site.watch, saved, wish)
            note(site, person, "editions.add", wish.id)
        except InvalidFilesError as error:
            problems = tuple(str(problem) for problem in error.problems)
    return site.renderer.page(
        request,
        "edition.html",
        person,
        status=422 if problems else 200,
        saved=saved,
        wish=wish,
        proposal=found,
        problems=problems,
        channels=view.channels(site.watch),
    )


@router.get("/feeds-out/{key}.{form}")
def feed(
    request: Request, site: TheSite, visitor: TheVisitor, key: str, form: view.Form
) -> Response:
    """Give the developments of a filter as a feed, to whoever has its key."""
    del visitor  # counted: an address may ask so many times a minute
    written = view.feed(site.watch, site.board, key, form, site.at)
    return with_tag(request, Response(written, media_type=_TYPES[form]))
