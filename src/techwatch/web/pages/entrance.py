"""Logging in and out, one-time links, and what somebody chooses for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from techwatch.web.asking import Themselves, TheVisitor, Visitor, cookie, cookie_of_mark
from techwatch.web.errors import status_of
from techwatch.web.identity.names import SHORTEST, same
from techwatch.web.identity.proofs import mark
from techwatch.web.identity.refusals import (
    LinkGoneError,
    NotRightError,
    RefusedError,
    TooManyError,
    UnfitError,
)
from techwatch.web.identity.sessions import person_of
from techwatch.web.rendering import LANGUAGES, THEMES
from techwatch.web.site import Site, TheSite

if TYPE_CHECKING:
    from techwatch.errors import TechwatchError
    from techwatch.model import Account

router = APIRouter()

Text = Annotated[str, Form(max_length=2_000)]
_KNOWN = 180 * 86_400  # seconds that a browser is known again after a login


@router.get("/login")
def ask(request: Request, site: TheSite, visitor: TheVisitor, next: str = "/") -> Response:  # noqa: A002 - of the address
    """Ask who it is; a desk without login lets everybody in."""
    if site.settings.login == "none":
        return enter(request, site, visitor, site.doorkeeper.local(), within(next))
    return _asked(request, site, within(next))


@router.post("/login")
def log_in(
    request: Request,
    site: TheSite,
    visitor: TheVisitor,
    name: Text = "",
    password: Text = "",
    next: Text = "/",  # noqa: A002 - of the form
) -> Response:
    """Let in who knows a password."""
    way = within(next)
    try:
        account = site.gate.account(name, password, visitor.address, visitor.mark)
    except (NotRightError, TooManyError) as error:
        return _asked(request, site, way, name=name, error=error)
    site.audit.note(person_of(account, visitor.address), "login.enter", account.name)
    return enter(request, site, visitor, account, way)


def _asked(
    request: Request, site: Site, way: str, *, name: str = "", error: TechwatchError | None = None
) -> Response:
    provider = site.settings.oidc.name if site.provider else None
    seconds = error.seconds if isinstance(error, TooManyError) else None
    response = site.renderer.page(
        request,
        "login.html",
        None,
        status=status_of(error) if error else 200,
        next=way,
        name=name[:100],
        wrong=isinstance(error, NotRightError),
        seconds=seconds,
        provider=provider,
    )
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


def enter(request: Request, site: Site, visitor: Visitor, account: Account, way: str) -> Response:
    """Log somebody in under a new token, whatever their browser brought, and send them on."""
    before = request.cookies.get(cookie(site))
    if before:
        site.doorkeeper.leave(before)
    token = site.doorkeeper.enter(account, visitor.address, visitor.browser)
    response = RedirectResponse(way, 303)
    keep(site, response, cookie(site), token, int(site.settings.login_days * 86_400))
    if known := mark(account):
        keep(site, response, cookie_of_mark(site), known, _KNOWN)
    return response


def keep(site: Site, response: Response, name: str, value: str, seconds: int) -> None:
    """Have a browser keep something that no page and no other site sees."""
    response.set_cookie(
        name, value, max_age=seconds, httponly=True, samesite="lax", secure=site.is_secure
    )


def within(way: str) -> str:
    """Return an address of the desk, whatever was asked for: nobody is sent elsewhere."""
    own = way.startswith("/") and not way.startswith(("//", "/\\")) and way.isprintable()
    return way if own and "\\" not in way else "/"


@router.post("/logout")
def leave(request: Request, site: TheSite, person: Themselves) -> Response:
    """Log a browser out."""
    site.doorkeeper.leave(request.cookies[cookie(site)])
    site.audit.note(person, "login.leave", person.name)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(cookie(site), secure=site.is_secure, httponly=True)
    return response


@router.get("/invitation/{key}")
def invited(request: Request, site: TheSite, visitor: TheVisitor, key: str) -> Response:
    """Ask somebody with a one-time link for a name and a password."""
    del visitor
    return _invited(request, site, key)


@router.post("/invitation/{key}")
def accept(
    request: Request,
    site: TheSite,
    visitor: TheVisitor,
    key: str,
    name: Text = "",
    password: Text = "",
    again: Text = "",
) -> Response:
    """Use a one-time link up."""
    try:
        account = site.accounts.accept(key, name, same(password, again), visitor.address)
    except (UnfitError, RefusedError) as error:
        return _invited(request, site, key, name=name, error=error)
    return enter(request, site, visitor, account, "/")


def _invited(
    request: Request, site: Site, key: str, *, name: str = "", error: TechwatchError | None = None
) -> Response:
    if len(key) > 100:
        raise LinkGoneError
    invitation, account = site.accounts.invitation(key)
    return site.renderer.page(
        request,
        "invitation.html",
        None,
        status=status_of(error) if error else 200,
        key=key,
        role=invitation.role,
        account=account.name if account else None,
        name=name[:100],
        problem=str(error) if error else None,
        shortest=SHORTEST,
        provider=site.settings.oidc.name if site.provider else None,
    )


@router.post("/looks")
def choose(
    site: TheSite,
    person: Themselves,
    theme: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - of the form
) -> Response:
    """Keep how somebody likes the pages: colours in the browser, the language with the account."""
    response = RedirectResponse(within(next), 303)
    if language in LANGUAGES:
        site.own.speak(person, language)
    for name, value, known in (("theme", theme, THEMES), ("language", language, LANGUAGES)):
        if value in known:
            response.set_cookie(
                name, value, max_age=86_400 * 365, samesite="lax", secure=site.is_secure
            )
    return response
