"""What runs in a process that parses, and nothing else: each of them holds what is imported here.

The event loop, settings and HTTP stay out; they would take a third of its memory.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import wait

from techwatch.feeds.parsing import parse

__all__ = ["parse", "prepare"]


def prepare() -> None:
    """Make a new process leave Ctrl-C to its parent, and end when its parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
