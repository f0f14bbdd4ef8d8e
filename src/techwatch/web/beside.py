"""What stands beside developments and costs too much to be found out for every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.web.views import coverage, moving

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.web.site import Site
    from techwatch.web.views.coverage import Covered
    from techwatch.web.views.moving import Moving


def covered(site: Site) -> Covered:
    """Say how far what is shown can be trusted, no older than some seconds."""
    return site.covered.get(lambda: coverage.covered(site.watch))


def moving_since(site: Site, since: datetime | None) -> Moving:
    """Return who is told of far more than usual since a time, no older than some minutes."""
    days = moving.days_since(since, site.watch.clock())
    return site.moving[days].get(lambda: moving.moving(site.watch, days))
