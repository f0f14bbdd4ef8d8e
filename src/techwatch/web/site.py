"""What every request needs: techwatch, and how pages are rendered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from techwatch.web.identity.sessions import Doorkeeper
from techwatch.web.rendering import Renderer
from techwatch.web.renewing import Watching

if TYPE_CHECKING:
    from techwatch.watch import Watch
    from techwatch.web.settings import WebSettings


@dataclass(frozen=True)
class Site:
    """The desk, put together; one for each process."""

    watching: Watching
    renderer: Renderer = field(default_factory=Renderer)
    at: str = ""  # its own origin, as people reach it: https://desk.example.org

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
        watch = self.watching.opened
        return Doorkeeper(watch.store.people, self.settings, watch.clock)


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


TheSite = Annotated[Site, Depends(_site)]
