"""What every request needs: techwatch, and how pages are rendered."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from techwatch.web.identity.accounts import Accounts
from techwatch.web.identity.auditing import Audit
from techwatch.web.identity.logging_in import PasswordGate
from techwatch.web.identity.oidc import Provider
from techwatch.web.identity.own import OwnAccount
from techwatch.web.identity.passwords import Passwords
from techwatch.web.identity.rates import Limiter
from techwatch.web.identity.sessions import Doorkeeper
from techwatch.web.kept import Kept
from techwatch.web.outward import Outward
from techwatch.web.rendering import Renderer
from techwatch.web.renewing import Watching
from techwatch.web.views.board import Board
from techwatch.web.views.coverage import Covered
from techwatch.web.views.moving import LONGEST, Moving
from techwatch.web.views.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techwatch.watch import Watch
    from techwatch.web.settings import WebSettings


def _moving() -> Mapping[int, Kept[Moving]]:
    """Make a place for each period: counting what is told takes long, and changes slowly."""
    return {days: Kept[Moving](300.0) for days in range(LONGEST + 1)}


@dataclass(frozen=True)
class Site:
    """The desk, put together; one for each process."""

    watching: Watching
    renderer: Renderer = field(default_factory=Renderer)
    outward: Outward = field(default_factory=Outward)
    status: Kept[Status] = field(default_factory=lambda: Kept[Status](5.0))
    covered: Kept[Covered] = field(default_factory=lambda: Kept[Covered](5.0))
    moving: Mapping[int, Kept[Moving]] = field(default_factory=_moving)  # by days
    at: str = ""  # its own origin, as people reach it: https://desk.example.org
    limiter: Limiter = field(default_factory=Limiter)
    passwords: Passwords = field(default_factory=Passwords)
    board: Board = field(init=False)  # the developments, as pages list them

    def __post_init__(self) -> None:
        """Make what all requests share."""
        object.__setattr__(self, "board", Board(self.watching.now))

    @property
    def watch(self) -> Watch:
        """Techwatch, put together, by the baseline as its files are now, or were a moment ago."""
        return self.watching.now()

    def renew(self) -> None:
        """Have what is asked next use the baseline as its files are now."""
        self.watching.renew()

    @property
    def settings(self) -> WebSettings:
        """How it is served."""
        return self.watching.opened.settings.web

    @property
    def is_secure(self) -> bool:
        """Whether people reach it by HTTPS."""
        return self.at.startswith("https://")

    @property
    def doorkeeper(self) -> Doorkeeper:
        """What knows who asks."""
        of, clock = self.watch.store, self.watch.clock
        return Doorkeeper(of.people, of.logins, of.credentials, self.settings, clock)

    @property
    def audit(self) -> Audit:
        """What notes who changed what."""
        return Audit(self.watch.store.audit, self.watch.clock)

    @property
    def gate(self) -> PasswordGate:
        """What lets in who knows a password."""
        of = self.watch.store
        return PasswordGate(of.people, of.credentials, self.passwords, self.audit, self.watch.clock)

    @property
    def accounts(self) -> Accounts:
        """What admins change of accounts, and one-time links."""
        of, clock = self.watch.store, self.watch.clock
        return Accounts(of.people, of.logins, of.credentials, self.passwords, self.audit, clock)

    @property
    def own(self) -> OwnAccount:
        """What people change of their own accounts."""
        of, hasher, audit = self.watch.store, self.passwords, self.audit
        stores = (of.people, of.logins, of.credentials)
        return OwnAccount(*stores, hasher, self.gate, audit, self.watch.clock)

    @cached_property
    def provider(self) -> Provider | None:
        """The identity provider; None where the settings have none."""
        return Provider(self.settings.oidc) if self.settings.oidc.issuer else None

    def link(self, key: str) -> str:
        """Return a one-time link."""
        return f"{self.at}/invitation/{key}"


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


TheSite = Annotated[Site, Depends(_site)]
