"""The pages Digests, and each of them as it went out."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Path, Query, Request, Response
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse

from techwatch.issues import Decision
from techwatch.web.asking import Admin, Reader
from techwatch.web.identity.roles import Scope
from techwatch.web.noting import note
from techwatch.web.security import POLICY
from techwatch.web.site import TheSite
from techwatch.web.views import digests as view

router = APIRouter()
Edition = Annotated[str, Path(max_length=80)]
Slot = Annotated[str, Path(max_length=40)]

# Mails carry styles inline. Nothing else of this one page is allowed: it can't run a script, send a
# form, load anything, or be anything but a frame of a page of ours. Links open pages of their own.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
_OF_MAIL = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
        f"frame-ancestors 'self'; sandbox {SANDBOX}"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
}
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


@router.get("/digests")
def digests(
    request: Request,
    site: TheSite,
    person: Reader,
    edition: Annotated[str | None, Query(max_length=80)] = None,
    after: Annotated[str | None, Query(max_length=130)] = None,
) -> Response:
    """List the digests."""
    found = view.digests(site.watch, edition or None, after or None, admin=person.may(Scope.ADMIN))
    return site.renderer.page(request, "digests.html", person, listed=found)


@router.get("/digests/{edition}/{slot}")
def digest(
    request: Request, site: TheSite, person: Reader, edition: Edition, slot: Slot
) -> Response:
    """Show a digest in a frame, with its ledger."""
    found = view.digest(site.watch, edition, slot, admin=person.may(Scope.ADMIN))
    page = site.renderer.page(request, "digest.html", person, shown=found, sandbox=SANDBOX)
    page.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return page


@router.get("/digests/{edition}/{slot}/html")
def as_html(site: TheSite, person: Reader, edition: Edition, slot: Slot) -> Response:
    """Give a digest's HTML as it went out, with links that open pages of their own."""
    html = view.digest(site.watch, edition, slot, admin=person.may(Scope.ADMIN)).html
    return HTMLResponse(_HEAD.sub(r'\g<0><base target="_blank">', html, count=1), headers=_OF_MAIL)


@router.get("/digests/{edition}/{slot}/text")
def as_text(site: TheSite, person: Reader, edition: Edition, slot: Slot) -> Response:
    """Give a digest's plain text as it went out."""
    return PlainTextResponse(
        view.digest(site.watch, edition, slot, admin=person.may(Scope.ADMIN)).text
    )


@router.post("/digests/{edition}/{slot}")
def resolve(
    site: TheSite,
    person: Admin,
    edition: Edition,
    slot: Slot,
    delivery: Annotated[int, Form(ge=1, lt=2**31)],
    decision: Annotated[Decision, Form()],
) -> Response:
    """Decide on a delivery that is in doubt or failed."""
    view.resolve(site.watch, edition, slot, delivery, decision)
    note(site, person, f"deliveries.{decision}", str(delivery), {"edition": edition})
    return RedirectResponse(f"/digests/{quote(edition, '')}/{quote(slot, '')}#ledger", 303)
