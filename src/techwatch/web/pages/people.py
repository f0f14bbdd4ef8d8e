"""The page People: accounts and one-time links, for admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from techwatch.web.asking import Admin, RowId
from techwatch.web.errors import status_of
from techwatch.web.identity.refusals import RefusedError
from techwatch.web.identity.roles import Person, Role
from techwatch.web.site import Site, TheSite
from techwatch.web.views import people as view

router = APIRouter(prefix="/people")


@router.get("")
def people(
    request: Request,
    site: TheSite,
    person: Admin,
    after: Annotated[str | None, Query(max_length=100, pattern=view.PRINTABLE)] = None,
) -> Response:
    """Show who may use the desk."""
    return _page(request, site, person, after=after)


def _page(
    request: Request,
    site: Site,
    person: Person,
    *,
    after: str | None = None,
    link: str | None = None,
    error: RefusedError | None = None,
) -> Response:
    return site.renderer.page(
        request,
        "people.html",
        person,
        status=status_of(error) if error else 200,
        people=view.people(site.watch, after),
        link=link,
        problem=str(error) if error else None,
        roles=tuple(Role),
    )


@router.post("/invite")
def invite(
    request: Request, site: TheSite, person: Admin, role: Annotated[Role, Form()]
) -> Response:
    """Make a link by which somebody makes an account, and show it this once."""
    link = site.link(site.accounts.invite(person, role))
    return _page(request, site, person, link=link)


@router.post("/links/{invitation_id}/withdraw")
def withdraw(site: TheSite, person: Admin, invitation_id: RowId) -> Response:
    """End a link."""
    site.accounts.withdraw(person, invitation_id)
    return _back()


@router.post("/{account_id}/role")
def change_role(
    request: Request,
    site: TheSite,
    person: Admin,
    account_id: RowId,
    role: Annotated[Role, Form()],
) -> Response:
    """Change what somebody may do."""
    try:
        site.accounts.change_role(person, account_id, role)
    except RefusedError as error:
        return _page(request, site, person, error=error)
    return _back()


@router.post("/{account_id}/disable")
def disable(request: Request, site: TheSite, person: Admin, account_id: RowId) -> Response:
    """Let somebody in no more."""
    try:
        site.accounts.disable(person, account_id)
    except RefusedError as error:
        return _page(request, site, person, error=error)
    return _back()


@router.post("/{account_id}/enable")
def enable(site: TheSite, person: Admin, account_id: RowId) -> Response:
    """Let somebody in again."""
    site.accounts.enable(person, account_id)
    return _back()


@router.post("/{account_id}/end-logins")
def end_logins(site: TheSite, person: Admin, account_id: RowId) -> Response:
    """End every login of somebody."""
    site.accounts.end_logins(person, account_id)
    return _back()


@router.post("/{account_id}/reset")
def reset(request: Request, site: TheSite, person: Admin, account_id: RowId) -> Response:
    """Make a link by which somebody comes back to their account, and show it this once."""
    try:
        link = site.link(site.accounts.reset(person, account_id))
    except RefusedError as error:
        return _page(request, site, person, error=error)
    return _page(request, site, person, link=link)


def _back() -> Response:
    return RedirectResponse("/people", 303)
