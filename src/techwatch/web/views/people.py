"""People: the accounts of the desk, and the links by which others come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from techwatch.web.identity.roles import LOCAL, Role

if TYPE_CHECKING:
    from techwatch.model import Account, Invitation
    from techwatch.watch import Watch

_PAGE = 50
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"  # of what an address names somebody by


@dataclass(frozen=True, slots=True)
class Somebody:
    """An account, as an admin sees it."""

    id: int
    name: str
    role: Role
    has_password: bool
    has_provider: bool
    is_local: bool  # whoever reaches a desk without login
    made_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link in force, without what it brings."""

    id: int
    role: Role
    account: str | None  # that it leads back to; None: it makes a new one
    made_by: str
    made_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class People:
    """Accounts by name, and links, the last made first."""

    accounts: tuple[Somebody, ...]
    links: tuple[Link, ...]
    after: str | None  # the name to go on from; None: there are no more


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A one-time link as it is shown once."""

    address: str


def people(watch: Watch, after: str | None) -> People:
    """Return a page of accounts, and the links in force."""
    store = watch.store
    found = store.people.accounts(_PAGE + 1, after)
    shown = found[:_PAGE]
    links = store.credentials.invitations(watch.clock())
    return People(
        accounts=tuple(somebody(one) for one in shown),
        links=tuple(_link(watch, one) for one in links),
        after=shown[-1].name if len(found) > _PAGE else None,
    )


def somebody(account: Account) -> Somebody:
    """Return an account as an admin sees it."""
    return Somebody(
        id=account.id,
        name=account.name,
        role=Role(account.role),
        has_password=account.password is not None,
        has_provider=account.subject is not None,
        is_local=account.name == LOCAL,
        made_at=account.made_at,
        disabled_at=account.disabled_at,
    )


def _link(watch: Watch, of: Invitation) -> Link:
    account = None if of.account_id is None else watch.store.people.account_of(of.account_id)
    name = account.name if account else None
    return Link(of.id, Role(of.role), name, of.made_by, of.made_at, of.until)
