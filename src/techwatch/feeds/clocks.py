"""What the hosts of feeds take the time to be: by their Date headers our own clock is checked."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from statistics import median
from typing import TYPE_CHECKING

from techwatch.model import ClockReading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_CURRENT = timedelta(hours=6)  # a feed that is well is asked more often
_HOSTS = 200  # of which the last answer is kept; a median needs no more


class HostClocks:
    """How far the clocks of hosts are ahead of ours, by their last answers."""

    def __init__(self) -> None:
        self._ahead: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def note(self, host: str, headers: Mapping[str, str], now: datetime) -> None:
        """Take down what an answer says, if it says it. Age tells for how long a cache held it."""
        try:
            at = parsedate_to_datetime(headers.get("date", ""))
            age = min(float(headers.get("age", "0")), 1e9)
        except (ValueError, IndexError, TypeError, OverflowError):
            return
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        self._ahead[host] = ((at - now).total_seconds() + age, now)
        self._ahead.move_to_end(host)
        if len(self._ahead) > _HOSTS:
            self._ahead.popitem(last=False)

    def reading(self, now: datetime) -> ClockReading | None:
        """Return the median; None without an answer of late. The header counts whole seconds.

        Answers that seem to be of the future, or of long ago, were noted before the clock was set.
        """
        zero = timedelta()
        ahead = [by for by, at in self._ahead.values() if zero <= now - at <= _CURRENT]
        return ClockReading(median(ahead), len(ahead), now) if ahead else None
