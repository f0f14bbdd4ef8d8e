"""Work that is done again where another transaction was in its way."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, TypeVar

from techwatch.errors import StorageConflictError

if TYPE_CHECKING:
    from collections.abc import Callable

_Result = TypeVar("_Result")
_MOST = 5  # a second conflict in a row is rare already
_PAUSES = (0.05, 0.3)  # seconds, between them at random: the other one gets through meanwhile


def repeated(work: Callable[[], _Result]) -> _Result:
    """Do work, and again while it raises StorageConflictError; the last one is let through."""
    for _ in range(_MOST - 1):
        try:
            return work()
        except StorageConflictError:
            time.sleep(random.uniform(*_PAUSES))  # noqa: S311 - spreads load, keeps no secret
    return work()
