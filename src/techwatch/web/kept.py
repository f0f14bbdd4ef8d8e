"""A value that costs much and may be some seconds old: many ask for it, one at a time makes it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")


@dataclass
class Kept(Generic[Value]):
    """Keeps a value for some seconds; while it is made anew, others get the one before."""

    seconds: float
    _making: threading.Lock = field(default_factory=threading.Lock)
    _kept: tuple[float, Value] | None = None

    def get(self, make: Callable[[], Value]) -> Value:
        """Return the value, made by `make` if it is too old."""
        kept = self._kept
        if kept and time.monotonic() - kept[0] < self.seconds:
            return kept[1]
        if not self._making.acquire(blocking=kept is None):
            assert kept is not None  # noqa: S101 - else it would have waited
            return kept[1]
        try:
            if self._kept and time.monotonic() - self._kept[0] < self.seconds:
                return self._kept[1]  # another one made it meanwhile
            value = make()
            self._kept = (time.monotonic(), value)
            return value
        finally:
            self._making.release()
