"""Logging in and out, and what somebody chooses for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from techwatch.web.asking import ThePerson, cookie
from techwatch.web.rendering import LANGUAGES, THEMES
from techwatch.web.site import Site, TheSite

if TYPE_CHECKING:
    from techwatch.model import Account

router = APIRouter()


@router.get("/login")
def ask(request: Request, site: TheSite, next: str = "/") -> Response:  # noqa: A002 - of the address
    """Ask who it is; a desk without login lets everybody in."""
    if site.settings.login == "none":
        return enter(site, site.doorkeeper.local(), within(next))
    return site.renderer.page(request, "login.html", None, next=within(next))


def enter(site: Site, account: Account, way: str) -> Response:
    """Log somebody in, and send them on."""
    response = RedirectResponse(way, 303)
    response.set_cookie(
        cookie(site),
        site.doorkeeper.enter(account),
        max_age=int(site.settings.login_days * 86_400),
        httponly=True,
        samesite="lax",
        secure=site.is_secure,
    )
    return response


def within(way: str) -> str:
    """Return an address of the desk, whatever was asked for: nobody is sent elsewhere."""
    own = way.startswith("/") and not way.startswith(("//", "/\\")) and way.isprintable()
    return way if own and "\\" not in way else "/"


@router.post("/logout")
def leave(request: Request, site: TheSite, person: ThePerson) -> Response:
    """Log a browser out."""
    del person
    site.doorkeeper.leave(request.cookies[cookie(site)])
    response = RedirectResponse("/login", 303)
    response.delete_cookie(cookie(site), secure=site.is_secure, httponly=True)
    return response


@router.post("/looks")
def choose(
    site: TheSite,
    person: ThePerson,
    theme: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002 - of the form
) -> Response:
    """Keep in the browser how somebody likes the pages."""
    del person
    response = RedirectResponse(within(next), 303)
    for name, value, known in (("theme", theme, THEMES), ("language", language, LANGUAGES)):
        if value in known:
            response.set_cookie(
                name, value, max_age=86_400 * 365, samesite="lax", secure=site.is_secure
            )
    return response
