"""Logging in by an identity provider."""

from __future__ import annotations

import base64
import json
import re
import secrets
from dataclasses import asdict, dataclass

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from techwatch.errors import NotFoundError
from techwatch.model import Account
from techwatch.web.asking import TheVisitor, Visitor, cookie
from techwatch.web.errors import ForbiddenError
from techwatch.web.identity.oidc import Begun, Identity, Provider
from techwatch.web.identity.refusals import ProviderError, RefusedError, StrangerError
from techwatch.web.identity.roles import Role
from techwatch.web.identity.sessions import person_of
from techwatch.web.pages.entrance import enter, within
from techwatch.web.site import Site, TheSite

router = APIRouter(prefix="/login/provider")

_CODE = re.compile(r"[a-z_]{1,50}")  # of an error, as the standard has them
_SECONDS = 600  # that somebody may take over there


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a browser keeps while its person is at the provider: it only speaks for itself."""

    begun: Begun
    way: str  # where they go afterwards
    invitation: str  # that they use up; empty: none

    def packed(self) -> str:
        return base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()

    @classmethod
    def unpacked(cls, given: str) -> _Kept | None:
        try:
            read = json.loads(base64.urlsafe_b64decode(given))
            begun = Begun(**read["begun"])
            kept = cls(begun, read["way"], read["invitation"])
        except (ValueError, TypeError, KeyError):
            return None
        texts = (begun.state, begun.nonce, begun.verifier, kept.way, kept.invitation)
        return kept if all(isinstance(text, str) for text in texts) and begun.state else None


@router.get("")
def away(
    site: TheSite,
    visitor: TheVisitor,
    next: str = "/",  # noqa: A002 - of the address
    invitation: str = "",
) -> Response:
    """Send a browser to the provider."""
    del visitor
    kept = _Kept(Begun.now(), within(next)[:1_000], invitation[:100])
    now = site.watch.clock().timestamp()
    response = RedirectResponse(_provider(site).way(kept.begun, _back(site), now), 303)
    response.set_cookie(
        _cookie(site),
        kept.packed(),
        max_age=_SECONDS,
        httponly=True,
        samesite="lax",
        secure=site.is_secure,
    )
    return response


@router.get("/back")
def back(
    request: Request,
    site: TheSite,
    visitor: TheVisitor,
    code: str = "",
    state: str = "",
    error: str = "",
    iss: str = "",
) -> Response:
    """Let in whom the provider sends back, to the browser in which they left."""
    provider = _provider(site)
    kept = _Kept.unpacked(request.cookies.get(_cookie(site), ""))
    if kept is None or not secrets.compare_digest(kept.begun.state.encode(), state.encode()):
        raise ForbiddenError("this login did not begin in this browser, or too long ago; log in")
    if iss and iss != site.settings.oidc.issuer:  # by RFC 9207; not every provider says it
        raise ForbiddenError("another provider sent you back")
    if error == "access_denied":
        raise ForbiddenError(f"{site.settings.oidc.name} did not let you in, or you stopped there")
    if error or not code:
        why = error if _CODE.fullmatch(error) else "no reason told"
        raise ProviderError(f"{site.settings.oidc.name} did not let you in: {why}")
    now = site.watch.clock().timestamp()
    identity = provider.identity(kept.begun, code, _back(site), now)
    account = _account(site, identity, kept.invitation, visitor)
    site.audit.note(
        person_of(account, visitor.address), "login.enter", account.name, {"by": "provider"}
    )
    response = enter(request, site, visitor, account, within(kept.way))
    response.delete_cookie(_cookie(site), secure=site.is_secure, httponly=True)
    return response


def _account(site: Site, identity: Identity, invitation: str, visitor: Visitor) -> Account:
    """Find or make the account of an identity; raises StrangerError, RefusedError."""
    found = site.watch.store.people.account_at(identity.subject)
    if found is None and invitation:
        return site.accounts.accept_as(
            invitation, identity.subject, identity.called, visitor.address
        )
    role = site.settings.oidc.role
    if found is None and role != "none":
        return site.accounts.welcome(identity.subject, identity.called, Role(role), visitor.address)
    if found is None:
        raise StrangerError(site.settings.oidc.name)
    if not site.doorkeeper.admits(found):
        raise RefusedError("your account is disabled; ask an admin of the desk")
    return found


def _provider(site: Site) -> Provider:
    if site.provider is None or site.settings.login == "none":
        raise NotFoundError("identity provider", "", "see web.oidc")
    return site.provider


def _back(site: Site) -> str:
    return f"{site.at}{router.prefix}/back"


def _cookie(site: Site) -> str:
    return f"{cookie(site)}-provider"
