"""What every request needs: techwatch, and how pages are rendered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from techwatch.web.identity.sessions import Doorkeeper
from techwatch.web.kept import Kept
from techwatch.web.outward import Outward
from techwatch.web.rendering import Renderer
from techwatch.web.views.status import Status

if TYPE_CHECKING:
    from techwatch.watch import Watch
    from techwatch.web.settings import WebSettings


@dataclass(frozen=True)
class Site:
    """The desk, put together; one for each process."""

    watch: Watch
    renderer: Renderer = field(default_factory=Renderer)
    outward: Outward = field(default_factory=Outward)
    status: Kept[Status] = field(default_factory=lambda: Kept[Status](5.0))
    at: str = ""  # its own origin, as people reach it: https://desk.example.org

    @property
    def settings(self) -> WebSettings:
        """How it is served."""
        return self.watch.settings.web

    @property
    def is_secure(self) -> bool:
        """Whether people reach it by HTTPS."""
        return self.at.startswith("https://")

    @property
    def doorkeeper(self) -> Doorkeeper:
        """What knows who asks."""
        return Doorkeeper(self.watch.store.people, self.settings, self.watch.clock)


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


TheSite = Annotated[Site, Depends(_site)]
