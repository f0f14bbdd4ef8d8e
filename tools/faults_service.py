"""Experiments with the service as a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fault_rig import Installation, Outcome
from fault_world import FEEDS, World

from techwatch.errors import StorageError
from techwatch.storage import Store

if TYPE_CHECKING:
    import random
    from pathlib import Path

PATIENCE = 60.0  # seconds


def log(world: World, folder: Path, times: int, lot: random.Random) -> Outcome:
    """Write the log to a disk that is full from the first byte on."""
    found = Outcome("disk of the log full", times=1, recovers="by itself: it works on")
    one = Installation(world, folder / "log")
    one.close()
    world.publish(0)
    command = [sys.executable, "-m", "techwatch", "--config", str(one.config)]
    command += ["--set", "service.tick=1", "run"]
    with (
        open("/dev/full", "wb") as full,  # noqa: PTH123 - a device
        subprocess.Popen(command, stderr=full, stdout=full) as process,  # noqa: S603
    ):
        end = time.monotonic() + PATIENCE
        while _judged(one) < 2 * FEEDS and time.monotonic() < end and process.poll() is None:
            time.sleep(0.2)
        if _judged(one) < 2 * FEEDS:
            found.lost.append("the service did not judge what came")
        process.send_signal(signal.SIGTERM)
        found.note = f"exit status {process.wait(PATIENCE)} after SIGTERM"
    del times, lot
    return found


def _judged(one: Installation) -> int:
    if not one.database.exists():
        return 0
    try:
        with closing(Store.open(one.watch.database_url)) as store:
            return store.overview.counts(None, datetime.now(UTC)).items_judged
    except StorageError:
        return 0
