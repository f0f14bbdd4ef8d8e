"""A value that costs much and may be some seconds old: many ask for it, one at a time makes it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

import structlog

from techwatch.errors import TechwatchError

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")
_OLD = 6  # times as long as it is kept, a value may still be shown while it is made anew
log: structlog.stdlib.BoundLogger = structlog.get_logger("techwatch.web")


@dataclass
class Kept(Generic[Value]):
    """Keeps a value for some seconds; while it is made anew, everybody gets the one before."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    _making: threading.Lock = field(default_factory=threading.Lock)
    _kept: tuple[float, Value] | None = None

    def get(self, make: Callable[[], Value]) -> Value:
        """Return the value; `make` makes it, beside whoever asks unless it is far too old."""
        kept = self._kept
        age = self.clock() - kept[0] if kept else None
        if kept is None or age is None or age >= _OLD * self.seconds:
            return self._made(make)
        if age >= self.seconds and self._making.acquire(blocking=False):
            threading.Thread(target=self._renew, args=[make], name="kept", daemon=True).start()
        return kept[1]

    def _made(self, make: Callable[[], Value]) -> Value:
        """Make it, unless another one who asked at the same time has just made it."""
        with self._making:
            if self._kept is None or self.clock() - self._kept[0] >= self.seconds:
                value = make()
                self._kept = (self.clock(), value)
            return self._kept[1]

    def _renew(self, make: Callable[[], Value]) -> None:
        """Make it anew, the lock held; a failure is told to whoever asks when it is too old."""
        try:
            value = make()
            self._kept = (self.clock(), value)
        except TechwatchError as error:
            log.warning("not made anew", error=str(error))
        finally:
            self._making.release()
