"""Logging in by an identity provider."""

from __future__ import annotations

import base64
import json
import re
import secrets
from dataclasses import asdict, dataclass
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from techwatch.errors import NotFoundError
from techwatch.model import Account
from techwatch.web.asking import Themselves, TheVisitor, Visitor, cookie
from techwatch.web.errors import ForbiddenError
from techwatch.web.identity.oidc import Begun, Identity, Provider
from techwatch.web.identity.proofs import holds, proof
from techwatch.web.identity.refusals import ProviderError, RefusedError, StrangerError
from techwatch.web.identity.roles import Role
from techwatch.web.identity.sessions import person_of
from techwatch.web.pages.account import REFUSALS, shown
from techwatch.web.pages.entrance import Text, enter, keep, within
from techwatch.web.security import is_own
from techwatch.web.site import Site, TheSite

router = APIRouter(prefix="/login/provider")

_OF_ADDRESSES = ":/%#?=@[]!$&'()*+,;"  # characters that mean something in one
_CODE = re.compile(r"[a-z_]{1,50}")  # of an error, as the standard has them
_SECONDS = 600  # that somebody may take over there


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a browser keeps while its person is at the provider: it only speaks for itself."""

    begun: Begun
    way: str  # where they go afterwards
    invitation: str  # that they use up; empty: none
    tie: str = ""  # proves that somebody here, logged in, asked to be tied; empty: nobody did

    def packed(self) -> str:
        return base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()

    @classmethod
    def unpacked(cls, given: str) -> _Kept | None:
        try:
            read = json.loads(base64.urlsafe_b64decode(given))
            begun = Begun(**read["begun"])
            kept = cls(begun, read["way"], read["invitation"], read["tie"])
        except (ValueError, TypeError, KeyError):
            return None
        texts = (begun.state, begun.nonce, begun.verifier, kept.way, kept.invitation, kept.tie)
        return kept if all(isinstance(text, str) for text in texts) and begun.state else None


@router.get("")
def away(
    request: Request,
    site: TheSite,
    visitor: TheVisitor,
    next: str = "/",  # noqa: A002 - of the address
    invitation: str = "",
) -> Response:
    """Send a browser to the provider.

    A one-time link is used up only for who came from its page: a link of somebody else's making
    would tie a visitor's identity to the account that its maker chose.
    """
    del visitor
    own = is_own(request.headers, request.url.scheme, site.settings.public_url)
    if invitation and not own:
        raise ForbiddenError("this did not come from a page of the desk; load the page again")
    kept = _Kept(Begun.now(), within(next)[:1_000], invitation[:100])
    response = RedirectResponse(_way(site, kept), 303)
    keep(site, response, _cookie(site), kept.packed(), _SECONDS)
    return response


@router.post("/tie")
def tie(request: Request, site: TheSite, person: Themselves, password: Text = "") -> Response:
    """Have somebody who is logged in go to the provider, to log in by it from then on.

    What browsers are sent on to after a form must be the desk's own: the page leads on instead.
    """
    _provider(site)
    try:
        account = site.own.retyped(person, password)
    except REFUSALS as error:
        return shown(request, site, person, error=error)
    begun = Begun.now()
    kept = _Kept(begun, "/account", "", proof(account, *_tied(begun, person.login_id)))
    way = _way(site, kept)
    name = site.settings.oidc.name
    response = site.renderer.page(request, "provider.html", person, way=way, provider=name)
    response.headers["Refresh"] = f"0; url={quote(way, safe=_OF_ADDRESSES)}"
    keep(site, response, _cookie(site), kept.packed(), _SECONDS)
    return response


def _tied(begun: Begun, login_id: str) -> tuple[str, ...]:
    return ("tie", begun.state, login_id)


def _way(site: Site, kept: _Kept) -> str:
    return _provider(site).way(kept.begun, _back(site), site.watch.clock().timestamp())


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
    if kept.tie:
        response = _tie(request, site, visitor, kept, identity)
    else:
        response = _let_in(request, site, visitor, kept, identity)
    response.delete_cookie(_cookie(site), secure=site.is_secure, httponly=True)
    return response


def _tie(
    request: Request, site: Site, visitor: Visitor, kept: _Kept, identity: Identity
) -> Response:
    """Tie an identity to the account of the same login that asked for it."""
    person = site.doorkeeper.person(request.cookies.get(cookie(site)), visitor.address)
    asked = person is not None and holds(
        kept.tie, site.own.account(person), *_tied(kept.begun, person.login_id)
    )
    if person is None or not asked:
        raise ForbiddenError("this did not begin in this login; begin again at your account")
    site.own.tie(person, identity.subject)
    return RedirectResponse("/account", 303)


def _let_in(
    request: Request, site: Site, visitor: Visitor, kept: _Kept, identity: Identity
) -> Response:
    account = _account(site, identity, kept.invitation, visitor)
    person = person_of(account, visitor.address)
    site.audit.note(person, "login.enter", account.name, {"by": "provider"})
    return enter(request, site, visitor, account, within(kept.way))


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
