"""The page of one's own account."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from techwatch.errors import TechwatchError
from techwatch.web.asking import RowId, Themselves, TheVisitor
from techwatch.web.errors import status_of
from techwatch.web.identity.names import SHORTEST, same
from techwatch.web.identity.refusals import NotRightError, RefusedError, TooManyError, UnfitError
from techwatch.web.identity.roles import Person, Scope
from techwatch.web.pages.entrance import Text, enter
from techwatch.web.rendering import LANGUAGES
from techwatch.web.site import Site, TheSite
from techwatch.web.views import account as view

router = APIRouter(prefix="/account")

REFUSALS = (NotRightError, TooManyError, UnfitError, RefusedError)
Days = Annotated[int, Form(ge=0, le=3650)]


@router.get("")
def account(request: Request, site: TheSite, person: Themselves) -> Response:
    """Show one's own account."""
    return shown(request, site, person)


def shown(
    request: Request,
    site: Site,
    person: Person,
    *,
    error: TechwatchError | None = None,
    made: view.MadeToken | None = None,
) -> Response:
    """Render the page: with why something was refused, or with a token that was made."""
    response = site.renderer.page(
        request,
        "account.html",
        person,
        status=status_of(error) if error else 200,
        mine=view.mine(site.watch, person, site.own.account(person)),
        made=made,
        problem=str(error) if error else None,
        shortest=SHORTEST,
        provider=site.settings.oidc.name if site.provider else None,
    )
    if isinstance(error, TooManyError):
        response.headers["Retry-After"] = str(error.seconds)
    return response


@router.post("/password")
def change_password(
    request: Request,
    site: TheSite,
    person: Themselves,
    visitor: TheVisitor,
    old: Text = "",
    password: Text = "",
    again: Text = "",
) -> Response:
    """Change one's password: every login ends, and this browser gets a new one."""
    try:
        changed = site.own.change_password(person, old, same(password, again))
    except REFUSALS as error:
        return shown(request, site, person, error=error)
    return enter(request, site, visitor, changed, "/account")


@router.post("/provider/untie")
def untie(request: Request, site: TheSite, person: Themselves, visitor: TheVisitor) -> Response:
    """Log in by the password only: every login ends, and this browser gets a new one."""
    try:
        left = site.own.untie(person)
    except RefusedError as error:
        return shown(request, site, person, error=error)
    return enter(request, site, visitor, left, "/account")


@router.post("/language")
def speak(site: TheSite, person: Themselves, language: Text = "") -> Response:
    """Choose the language of the pages."""
    if language in LANGUAGES:
        site.own.speak(person, language)
    return _back()


@router.post("/logins/{handle}/end")
def end_login(site: TheSite, person: Themselves, handle: str) -> Response:
    """End one of one's own logins."""
    site.own.end_login(person, handle)
    return _back()


@router.post("/tokens")
def make_token(
    request: Request,
    site: TheSite,
    person: Themselves,
    name: Text = "",
    scopes: Annotated[tuple[Scope, ...], Form()] = (),
    days: Days = 90,
) -> Response:
    """Make a token of the API, and show it this once."""
    try:
        secret, token = site.own.make_token(person, name, scopes, days or None)
    except REFUSALS as error:
        return shown(request, site, person, error=error)
    return shown(
        request, site, person, made=view.MadeToken(secret, view.token(token, site.watch.clock()))
    )


@router.post("/tokens/{token_id}/revoke")
def revoke(site: TheSite, person: Themselves, token_id: RowId) -> Response:
    """Take one of one's own tokens away."""
    site.own.revoke(person, token_id)
    return _back()


def _back() -> Response:
    return RedirectResponse("/account", 303)
