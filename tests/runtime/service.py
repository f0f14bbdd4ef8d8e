"""The service as a process of its own, its log read as JSON."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from techwatch.storage import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

PATIENCE = 30.0  # seconds until a test gives up; it goes on as soon as what it waits for is there


@dataclass
class Running:
    """A service under way."""

    process: subprocess.Popen[bytes]
    log_file: Path

    def log(self) -> list[dict[str, Any]]:
        """Return the events so far; a line half written is left out."""
        whole, _, _ = self.log_file.read_text(encoding="utf-8").rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]

    def events(self, name: str, **keys: object) -> list[dict[str, Any]]:
        """Return the events of a name whose keys have these values."""
        return [e for e in self.log() if e["event"] == name and keys.items() <= e.items()]

    def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until something is so, and return it."""
        end = time.monotonic() + PATIENCE
        while not (found := condition()):
            assert self.process.poll() is None, self.log_file.read_text(encoding="utf-8")
            assert time.monotonic() < end, self.log_file.read_text(encoding="utf-8")
            time.sleep(0.05)
        return found

    def stop(self) -> float:
        """Stop it as an init system does; returns the seconds that took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0, self.log_file.read_text(encoding="utf-8")
        return time.monotonic() - began


@contextmanager
def running(
    config: Path, *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Start it with these settings, a tick a second; kill it at the end if it still runs."""
    sets = [part for option in ("service.tick=1", *options) for part in ("--set", option)]
    log_file = config.parent / "log.jsonl"
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TECHWATCH_")}
    given = {"TECHWATCH_LOGGING__FORMAT": "json"} | dict(environment or {})
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "techwatch", "--config", str(config), *sets, "run"],
            stderr=log,
            env=clean | given,
        )
    try:
        yield Running(process, log_file)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def upgrade(url: str) -> None:
    """Do to a database what the upgrade of a newer program does."""
    with closing(Database.open(url)) as database, database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
