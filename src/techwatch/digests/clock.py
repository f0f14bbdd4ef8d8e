"""Times as the readers of a digest see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from techwatch.digests.wording import Wording


@dataclass(frozen=True, slots=True)
class Clock:
    """Writes times as a digest's readers see them."""

    words: Wording
    zone: ZoneInfo
    until: datetime

    def moment(self, at: datetime) -> str:
        """Return "Fri 20 Nov, 14:05"."""
        return self.words.moment(at.astimezone(self.zone), self.until.astimezone(self.zone).year)

    def day(self, at: datetime) -> str:
        """Return "20 Nov"; with its year where that is not the digest's."""
        local = at.astimezone(self.zone)
        year = "" if local.year == self.until.astimezone(self.zone).year else f" {local.year}"
        return self.words.day(local) + year
