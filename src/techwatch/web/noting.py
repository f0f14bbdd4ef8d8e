"""What people change is noted: in the log of the process, and in the audit log of the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techwatch.web.identity.roles import Person
    from techwatch.web.site import Site

log: structlog.stdlib.BoundLogger = structlog.get_logger("techwatch.web")


def note(
    site: Site,
    person: Person,
    action: str,
    target: str = "",
    details: Mapping[str, str | float | bool | None] | None = None,
) -> None:
    """Note a change that was made: who did what to which thing."""
    log.info("changed at the desk", by=person.name, action=action, target=target)
    site.audit.note(person, action, target, details)
