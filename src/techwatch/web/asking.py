"""Who asks a page or an address of the API, and whether they may."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from techwatch.web.errors import ForbiddenError, LoginNeededError
from techwatch.web.identity.refusals import TooManyError
from techwatch.web.identity.roles import Person, Scope
from techwatch.web.identity.throttle import network_of
from techwatch.web.security import is_own
from techwatch.web.site import Site, TheSite

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST_MARK = 200  # characters
_bearer = HTTPBearer(
    auto_error=False, scheme_name="token", description="A token, made on the page of your account."
)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def cookie(site: Site) -> str:
    """Name the cookie of a login; by HTTPS browsers hold its name to this very host."""
    return "__Host-techwatch" if site.is_secure else "techwatch"


def cookie_of_mark(site: Site) -> str:
    """Name the cookie by which a browser is known again that somebody logged in with."""
    return f"{cookie(site)}-known"


def address_of(request: Request) -> str:
    """Return the address of the network that asks; empty where none is known."""
    try:
        found = ip_address(request.client.host if request.client else "")
    except ValueError:
        return ""
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)  # one address is one, whichever kind of socket it came by


async def _person(request: Request, site: TheSite, bearer: Bearer) -> Person:
    """Say who asks; raises LoginNeededError, TooManyError, ForbiddenError for what is forged."""
    person = await run_in_threadpool(_known, request, site, bearer)
    if person is None:
        _count(site, _from(address_of(request)))
        raise LoginNeededError
    _count(site, _counted(person))
    if person.token_id is None and request.method not in _SAFE:
        await _refuse_forgeries(request, site, person)
    request.state.person = person
    return person


def _known(
    request: Request, site: Site, bearer: HTTPAuthorizationCredentials | None
) -> Person | None:
    """Find who asks: a token opens the API only, and whoever brings one asks by it alone."""
    address = address_of(request)
    if "authorization" in request.headers and request.url.path.startswith("/api/"):
        return site.doorkeeper.program(bearer.credentials, address) if bearer else None
    return site.doorkeeper.person(request.cookies.get(cookie(site)), address)


def _from(address: str) -> str:
    return f"address {network_of(address)}"


def _counted(person: Person) -> str:
    return f"account {person.account_id}" if person.token_id is None else f"token {person.token_id}"


def _count(site: Site, who: str) -> None:
    """Count a request; raises TooManyError."""
    wait = site.limiter.take(who, time.monotonic(), site.settings.a_minute)
    if wait:
        raise TooManyError(wait)


async def _refuse_forgeries(request: Request, site: Site, person: Person) -> None:
    """Refuse what a page of somebody else sends in a person's name; raises ForbiddenError."""
    given = request.headers.get("x-csrf-token")
    if given is None:
        form = await request.form()
        given = str(form.get("csrf", ""))
    own = is_own(request.headers, request.url.scheme, site.settings.public_url)
    if not own or not secrets.compare_digest(given.encode(), person.csrf.encode()):
        raise ForbiddenError("this did not come from a page of the desk; load the page again")


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser that nobody is logged in with yet."""

    address: str  # of the network
    browser: str  # what it says of itself
    mark: str  # of an earlier login with it; empty: there was none


async def _visitor(request: Request, site: TheSite) -> Visitor:
    """Say who comes to the entrance; raises TooManyError, ForbiddenError for what is forged.

    Nobody is logged in whose token a form could bring: what browsers say of its origin must do.
    """
    address = address_of(request)
    _count(site, _from(address))
    own = is_own(request.headers, request.url.scheme, site.settings.public_url)
    if request.method not in _SAFE and not own:
        raise ForbiddenError("this did not come from a page of the desk; load the page again")
    mark = request.cookies.get(cookie_of_mark(site), "")
    return Visitor(address, request.headers.get("user-agent", ""), mark[:_LONGEST_MARK])


RowId = Annotated[int, Path(ge=1, le=2**31 - 1, description="As the list has it.")]
ThePerson = Annotated[Person, Depends(_person)]
TheVisitor = Annotated[Visitor, Depends(_visitor)]


async def _themselves(person: ThePerson) -> Person:
    if person.token_id is not None:
        raise ForbiddenError("a token can't change the account that it is of; log in for that")
    return person


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
Themselves = Annotated[Person, Depends(_themselves)]  # by a login, whatever their role
