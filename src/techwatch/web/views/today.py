"""Today: the developments since somebody last looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.digests.development import development
from techwatch.model import Development

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.watch import Watch


@dataclass(frozen=True, slots=True)
class Today:
    """Developments, best first."""

    developments: tuple[Development, ...]


def today(watch: Watch, since: datetime, language: str) -> Today:
    """Return what is new since a time."""
    untold = watch.store.digests.untold("", since)
    found = [development(story, watch.baseline, language) for story in untold]
    return Today(tuple(sorted(found, key=lambda d: (-d.score, d.id))))
