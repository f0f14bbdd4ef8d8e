"""What the hosts of feeds take the time to be: by their Date headers our own clock is checked."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC
from email.utils import parsedate_to_datetime
from statistics import median
from typing import TYPE_CHECKING

from techwatch.model import ClockReading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_HOSTS = 200  # of which the last answer is kept; a median needs no more


class HostClocks:
    """How far the clocks of hosts are ahead of ours, by their last answers."""

    def __init__(self) -> None:
        self._ahead: OrderedDict[str, float] = OrderedDict()

    def note(self, host: str, headers: Mapping[str, str], now: datetime) -> None:
        """Take down what an answer says, if it says it. Age tells for how long a cache held it."""
        try:
            at = parsedate_to_datetime(headers.get("date", ""))
            age = min(float(headers.get("age", "0")), 1e9)
        except (ValueError, IndexError, TypeError, OverflowError):
            return
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        self._ahead[host] = (at - now).total_seconds() + age
        self._ahead.move_to_end(host)
        if len(self._ahead) > _HOSTS:
            self._ahead.popitem(last=False)

    def reading(self, now: datetime) -> ClockReading | None:
        """Return the median; None before the first answer. The header counts whole seconds."""
        if not self._ahead:
            return None
        return ClockReading(median(self._ahead.values()), len(self._ahead), now)
