"""One's own account, logins and tokens, as JSON."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from techwatch.web.api.answers import Tagged
from techwatch.web.asking import Reader, RowId, Themselves
from techwatch.web.identity.roles import Scope
from techwatch.web.identity.sessions import HANDLE
from techwatch.web.site import TheSite
from techwatch.web.views import account as view

router = APIRouter(tags=["account"], route_class=Tagged)


class NewToken(BaseModel, extra="forbid"):
    """What a token is to be."""

    name: str = Field(min_length=1, max_length=100, description="What it is for.")
    scopes: set[Scope] = Field(min_length=1, description="What it may do: of your own scopes.")
    days: int | None = Field(
        90, ge=1, le=3650, description="After which it ends; null: until it is revoked."
    )


class NewPassword(BaseModel, extra="forbid"):
    """A password, and the one that it replaces."""

    old: str = Field(max_length=1_000)
    new: str = Field(max_length=1_000)


@router.get("/account")
def account(site: TheSite, person: Reader) -> view.Mine:
    """Show your account: what you may do, your logins and tokens."""
    return view.mine(site.watch, person, site.own.account(person))


@router.post("/account/password", status_code=204)
def change_password(site: TheSite, person: Themselves, body: NewPassword) -> None:
    """Change your password. Every login of yours ends, this one too. Not by a token."""
    site.own.change_password(person, body.old, body.new)


@router.delete("/account/provider", status_code=204)
def untie(site: TheSite, person: Themselves) -> None:
    """Log in by your password only. Every login of yours ends, this one too. Not by a token.

    An account is tied to the identity provider on the page Your account: a browser must go there.
    """
    site.own.untie(person)


class NewLanguage(BaseModel, extra="forbid"):
    """A language."""

    language: Literal["en", "nb"] = Field(description="Of the pages that you are shown.")


@router.put("/account/language", status_code=204)
def speak(site: TheSite, person: Themselves, body: NewLanguage) -> None:
    """Choose the language of the pages. Not by a token."""
    site.own.speak(person, body.language)


@router.delete("/account/logins/{handle}", status_code=204)
def end_login(
    site: TheSite,
    person: Themselves,
    handle: Annotated[str, Path(pattern=rf"^[0-9a-f]{{{HANDLE}}}$")],
) -> None:
    """End one of your logins. Not by a token."""
    site.own.end_login(person, handle)


@router.get("/tokens")
def tokens(site: TheSite, person: Reader) -> view.OwnTokens:
    """List your tokens."""
    return view.tokens(site.watch, site.own.account(person))


@router.post("/tokens", status_code=201)
def make_token(site: TheSite, person: Themselves, body: NewToken) -> view.MadeToken:
    """Make a token; what it proves is shown this once. Not by a token."""
    secret, token = site.own.make_token(person, body.name, body.scopes, body.days)
    return view.MadeToken(secret, view.token(token, site.watch.clock()))


@router.delete("/tokens/{token_id}", status_code=204)
def revoke(site: TheSite, person: Themselves, token_id: RowId) -> None:
    """Revoke one of your tokens. Not by a token."""
    site.own.revoke(person, token_id)
