"""Starts processes for `cluster.py` quickly: what takes long to load is loaded once, then forked.

    python tools/cluster_nursery.py FOLDER

It reads commands from its standard input, a line each: `worker` or `service` starts one, whose
number it prints, `end` ends. They take the time from FOLDER/clock, and everything else from
FOLDER as configuration.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import traceback
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

# Parsing processes import this module again: what they don't need is imported in functions.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Callable

    from techwatch.watch import Watch


class MovedClock:
    """Tells the time that stands in a file, and moves when that is written anew."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> datetime:
        """Return the time."""
        return datetime.fromisoformat(self._path.read_text(encoding="ascii"))


def watch_of(folder: Path) -> Watch:
    """Put techwatch together on a folder of the experiment."""
    from techwatch.installation import shipped
    from techwatch.settings import load
    from techwatch.watch import Watch

    settings = load(folder / "techwatch.yaml", os.environ)
    return Watch(lambda: settings, folder, shipped("baseline"), MovedClock(folder / "clock"))


def main(folder: Path) -> None:
    """Load, then fork at every command."""
    from techwatch.judging import loose_item
    from techwatch.runtime import local
    from techwatch.runtime.workers import running

    watch = watch_of(folder)
    _ = watch.editions, watch.editor
    watch.judge.alone(loose_item("Brussels fines TikTok 5 million euros"))
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    work: dict[str, Callable[[], None]] = {
        "worker": lambda: asyncio.run(running.work(watch, running.Share())),
        "service": lambda: asyncio.run(local.run(watch)),
    }
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "end":
            return
        print(_start(work[line.strip()], folder), flush=True)


def _start(work: Callable[[], None], folder: Path) -> int:
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 2)
    os.dup2(log, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        work()
    except BaseException:  # noqa: BLE001 - told, and the process ends either way
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
