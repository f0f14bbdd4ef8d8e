"""An installation of the experiments with faults: the service's own jobs, by a clock that is moved.

What it came to is compared with a run in the same world that nothing disturbed.
"""

from __future__ import annotations

import asyncio
import functools
import io
import json
import re
import subprocess
import sys
from collections import Counter
from contextlib import AsyncExitStack, closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import fault_state
from fault_world import BEGIN, HOUR, ROUNDS, SETTLING, World

from techwatch import logs
from techwatch.errors import StorageError
from techwatch.installation import shipped
from techwatch.model import DeliveryState
from techwatch.runtime.local import Service
from techwatch.settings import load
from techwatch.status import failing, gather, unusable
from techwatch.storage import Store
from techwatch.testing import FakeClock
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime
    from pathlib import Path

    from fault_state import State

_ALWAYS = {
    "disk.low",
    "service.silent",
}  # small disks, and a tick an hour, are the experiment's own
_SERVER = re.compile(r"(?<=techwatch)_\d+|(?<=connection failed).*|port \d+|Page \d+")
_QUOTED = re.compile(r"; look at .*|\(Background on.*|https?://\S+|\S*/(?=\S)")


@dataclass
class Outcome:
    """What an experiment showed."""

    fault: str
    times: int = 0
    told: Counter[str] = field(default_factory=Counter)  # errors of the log, codes of `status`
    codes: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)  # what differs from an undisturbed run
    recovers: str = ""
    note: str = ""  # why it could not be tried, or what else is worth knowing

    def take(self, other: Installation) -> None:
        """Add what an installation tells of the fault just now."""
        self.codes.update(other.codes())
        self.told.update(other.errors())

    def add(self, state: State, expected: State) -> None:
        """Count a run, and what of it differs from an undisturbed one."""
        self.times += 1
        self.lost += state.differences(expected)

    def add_command(
        self, name: str, ended: subprocess.CompletedProcess[str], changed: Collection[object]
    ) -> None:
        """Count a command that should have failed, said so in a line, and changed nothing."""
        self.times += 1
        lines = ended.stderr.strip().splitlines() or ["(says nothing)"]
        self.told[f"{name}: exit {ended.returncode}, {short(lines[-1])}"] += 1
        if changed or not ended.returncode or "Traceback" in ended.stderr:
            self.lost.append(f"{name}: {len(changed)} files changed, {short(lines[-1])}")


@functools.cache
def _read_once() -> Watch:
    """Read the baseline once for all installations."""
    watch = Watch(lambda: load(shipped("config") / "techwatch.yaml", {}), shipped("config"),
                  shipped("baseline"))  # fmt: skip
    _ = watch.judge
    return watch


def short(message: str) -> str:
    """Leave out of a message what differs from run to run."""
    return _SERVER.sub("…", _QUOTED.sub("", message)).strip()[:110]


def _error(line: dict[str, Any]) -> str | None:
    if line.get("level") in {"info", "debug"}:
        return None
    told = line.get("error") or "; ".join(
        f"{one['type']} {one.get('message', '')}" for one in line.get("exception", ())
    )
    return f"{line['event']}: {short(str(told))}"


class Installation:
    """techwatch on a folder, by the experiment's clock."""

    def __init__(
        self,
        world: World,
        place: Path,
        schedule: str = "0 * * * *",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.world, self.place = world, place
        self.environment = dict(environment or {})
        self.clock = FakeClock(BEGIN)
        self.config = world.configuration(place, schedule)
        self.log = io.StringIO()
        self._baseline = _read_once()
        self.open()

    def open(self) -> None:
        """Put it together, as when a process starts; nothing is read or written yet."""
        settings = load(self.config / "techwatch.yaml", self.environment)
        logging = logs.LoggingSettings(format="json")
        logs.configure(logging, stream=self.log)
        self.watch = Watch(lambda: settings, self.config, shipped("baseline"), self.clock)
        self.watch.__dict__["baseline"] = self._baseline.baseline  # read once for all
        self.watch.__dict__["judge"] = self._baseline.judge
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._service: Service | None = None

    @property
    def database(self) -> Path:
        """The file of the database, where it is SQLite's."""
        return self.place / "data" / "techwatch.db"

    def begin(self) -> Service:
        """Begin as the service does; raises what keeps it from that."""
        if self._service is None:
            self.watch.inspect_store()
            self.watch.open_lists()
            enter = self._stack.enter_async_context
            ask = self._runner.run(enter(self.watch.asking()))
            take = self._runner.run(enter(self.watch.taking()))
            self._service = Service(self.watch, ask, asyncio.Event(), take)
        return self._service

    def tick(self) -> bool:
        """Do once what each tick of the service does; returns whether it could begin."""
        try:
            service = self.begin()
        except (StorageError, OSError) as error:
            self.log.write(json.dumps({"event": "not begun", "error": str(error)}) + "\n")
            return False

        async def lines() -> None:
            for line in service.lines():
                await service.do(*line)

        self._runner.run(lines())
        return True

    def errors(self) -> Counter[str]:
        """Count what the log says went wrong so far, and forget it."""
        lines = [json.loads(line) for line in self.log.getvalue().splitlines()]
        self.log.seek(0)
        self.log.truncate()
        return Counter(filter(None, map(_error, lines)))

    def codes(self) -> list[str]:
        """Return the codes of the faults that `status` tells now."""
        try:
            if wrong := unusable(self.watch):
                return [wrong.code]
            return sorted({one.code for one in gather(self.watch)["faults"]} - _ALWAYS)
        except StorageError as error:
            return [failing(error).code]

    def settle(self) -> None:
        """Let hours pass, without news, until nothing is left to be done."""
        for _ in range(SETTLING):
            self.clock.move(HOUR)
            if not self.tick():
                continue
            queue = self.watch.store.overview.queue(self.clock())
            open_ = {DeliveryState.DUE, DeliveryState.SENDING} & set(queue.deliveries)
            if not queue.items_waiting and not queue.feeds_failing and not open_:
                return

    def state(self, until: datetime) -> State:
        """Read what it came to, as far as it concerns slots up to a time."""
        digests = self.place / "data" / "digests"
        with closing(Store.open(self.watch.database_url)) as store:
            return fault_state.read(store, digests, until, self.world.mails())

    def close(self) -> None:
        """End it."""
        with suppress(StorageError):
            self._runner.run(self._stack.aclose())
        self._runner.close()
        self.watch.close()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Give a command, as a person would."""
        command = [sys.executable, "-m", "techwatch", "--config", str(self.config), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


def undisturbed(one: Installation, rounds: int = ROUNDS) -> State:
    """Live through the rounds without a fault; returns what that came to."""
    found = lived(one, lambda _: None, rounds)
    errors = one.errors()
    if errors or not found.told:
        message = f"something is wrong without any fault: {dict(errors) or 'nothing is told'}"
        raise RuntimeError(message)
    return found


def lived(one: Installation, disturb: Callable[[int], None], rounds: int = ROUNDS) -> State:
    """Live through the rounds, disturbed before each; what was due then is done again after."""
    try:
        for hour in range(rounds):
            one.world.publish(hour)
            disturb(hour)
            one.tick()
            one.clock.move(HOUR)
        end = one.clock()
        one.settle()
        return one.state(end)
    finally:
        one.close()
