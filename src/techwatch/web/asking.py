"""Who asks a page or an address of the API, and whether they may."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from techwatch.web.errors import ForbiddenError, LoginNeededError
from techwatch.web.identity.roles import Person, Scope
from techwatch.web.security import is_own
from techwatch.web.site import Site, TheSite

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def cookie(site: Site) -> str:
    """Name the cookie of a login; by HTTPS browsers hold its name to this very host."""
    return "__Host-techwatch" if site.is_secure else "techwatch"


async def _person(request: Request, site: TheSite) -> Person:
    """Say who asks; raises LoginNeededError."""
    token = request.cookies.get(cookie(site))
    person = await run_in_threadpool(site.doorkeeper.person, token)
    if person is None:
        raise LoginNeededError
    if request.method not in _SAFE:
        await _refuse_forgeries(request, site, person)
    request.state.person = person
    return person


async def _refuse_forgeries(request: Request, site: Site, person: Person) -> None:
    """Refuse what a page of somebody else sends in a person's name; raises ForbiddenError."""
    given = request.headers.get("x-csrf-token")
    if given is None:
        form = await request.form()
        given = str(form.get("csrf", ""))
    own = is_own(request.headers, request.url.scheme, site.settings.public_url)
    if not own or not secrets.compare_digest(given.encode(), person.csrf.encode()):
        raise ForbiddenError("this did not come from a page of the desk; load the page again")


ThePerson = Annotated[Person, Depends(_person)]


def needs(scope: Scope) -> Callable[..., Coroutine[Any, Any, Person]]:
    """Make what gives the person that asks, if they may do work of this kind."""

    async def allowed(person: ThePerson) -> Person:
        if not person.may(scope):
            raise ForbiddenError(f"this needs the scope {scope}, which {person.name} has not")
        return person

    return allowed


Reader = Annotated[Person, Depends(needs(Scope.READ))]
Teacher = Annotated[Person, Depends(needs(Scope.TEACH))]
FeedKeeper = Annotated[Person, Depends(needs(Scope.FEEDS))]
BaselineEditor = Annotated[Person, Depends(needs(Scope.BASELINE))]
FilterKeeper = Annotated[Person, Depends(needs(Scope.FILTERS))]
Admin = Annotated[Person, Depends(needs(Scope.ADMIN))]
