"""What runs in a process that parses, and nothing else: each of them holds what is imported here.

The event loop, settings and HTTP stay out; they would take a third of its memory.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import threading
from contextlib import suppress
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from techwatch.feeds import parsing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from techwatch.model import Document, Feed, ParsedFeed


def parse(document: Document, feed: Feed, since: datetime | None = None) -> ParsedFeed:  # noqa: ARG001 - for those who read ahead
    """Read all items of a document; raises a ParseError."""
    with suppress(MemoryError):
        return parsing.parse(document, feed)
    raise MemoryError  # another: the first holds all that was read, and telling it needs memory too


def begin(megabytes: int, start: Callable[[], None]) -> None:
    """Bound what a new process may hold, beyond which it raises MemoryError, and start it."""
    most = megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    start()


def prepare() -> None:
    """Make a new process leave Ctrl-C to its parent, and end when its parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
