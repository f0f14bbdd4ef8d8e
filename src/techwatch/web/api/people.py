"""Accounts and one-time links, as JSON, for admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from techwatch.web.api.answers import Tagged
from techwatch.web.asking import Admin, RowId
from techwatch.web.identity.roles import Role
from techwatch.web.site import TheSite
from techwatch.web.views import people as view

router = APIRouter(tags=["people"], route_class=Tagged)


class Invited(BaseModel, extra="forbid"):
    """Who is invited."""

    role: Role


class Changed(BaseModel, extra="forbid"):
    """What is to be another; what is left out, or null, stays."""

    role: Role | None = None
    disabled: bool | None = None


@router.get("/people")
def people(
    site: TheSite,
    person: Admin,
    after: Annotated[str | None, Query(max_length=100, pattern=view.PRINTABLE)] = None,
) -> view.People:
    """List accounts, and the one-time links in force."""
    del person
    return view.people(site.watch, after)


@router.patch("/people/{account_id}")
def change(site: TheSite, person: Admin, account_id: RowId, body: Changed) -> view.Somebody:
    """Change an account's role, disable it, or enable it; its logins end."""
    if body.role is not None:
        site.accounts.change_role(person, account_id, body.role)
    if body.disabled is not None:
        todo = site.accounts.disable if body.disabled else site.accounts.enable
        todo(person, account_id)
    return view.somebody(site.accounts.account(account_id))


@router.delete("/people/{account_id}/logins", status_code=204)
def end_logins(site: TheSite, person: Admin, account_id: RowId) -> None:
    """End every login of an account."""
    site.accounts.end_logins(person, account_id)


@router.post("/people/{account_id}/reset", status_code=201)
def reset(site: TheSite, person: Admin, account_id: RowId) -> view.MadeLink:
    """Make a one-time link by which somebody chooses a new password."""
    return view.MadeLink(site.link(site.accounts.reset(person, account_id)))


@router.post("/invitations", status_code=201)
def invite(site: TheSite, person: Admin, body: Invited) -> view.MadeLink:
    """Make a one-time link by which somebody makes an account."""
    return view.MadeLink(site.link(site.accounts.invite(person, body.role)))


@router.delete("/invitations/{invitation_id}", status_code=204)
def withdraw(site: TheSite, person: Admin, invitation_id: RowId) -> None:
    """End a one-time link."""
    site.accounts.withdraw(person, invitation_id)
