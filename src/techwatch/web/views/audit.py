"""Audit: who changed what, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from techwatch.watch import Watch

_PAGE = 50


@dataclass(frozen=True, slots=True)
class Change:
    """Something that a person changed."""

    id: int
    at: datetime
    person: str
    action: str
    target: str
    details: dict[str, Any]
    address: str


@dataclass(frozen=True, slots=True)
class Log:
    """A page of the audit log."""

    changes: tuple[Change, ...]
    after: int | None  # the id to go on from; None: there are no more


def log(watch: Watch, after: int | None, person: str | None) -> Log:
    """Return a page of the log: of one person where one is named, behind an id where one is."""
    found = watch.store.audit.page(_PAGE + 1, after, person or None)
    shown = tuple(
        Change(one.id, one.at, one.person, one.action, one.target, dict(one.details), one.address)
        for one in found[:_PAGE]
    )
    return Log(shown, shown[-1].id if len(found) > _PAGE else None)
