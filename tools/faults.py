"""Let one fault after the other befall an installation, and look what is told and what is lost.

    python tools/faults.py [--only NAME]... [--times 20] [--seed 1] [--json]

Real are the database's file or server, disks, mails, the jobs of the service and their order; the
clock is moved. After each fault the service goes on, and what it came to is compared with a run in
the same world that nothing disturbed: items and their verdicts, the slots of digests and what they
told, each delivery and how often its mail was taken, files, and the soundness of the database.
Disks are mounted in memory, in a name space of their own, which takes root, or Linux's leave to
make name spaces; without either these experiments are left out, and that is told. Exit status 1 if
anything was lost, or a fault was not told.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import faults_database
import faults_disk
import faults_service
import faults_time
from fault_world import World
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from fault_rig import Outcome

    Experiment = Callable[[World, Path, int, random.Random], Outcome]

EXPERIMENTS: dict[str, Experiment] = {
    "disk-full": faults_disk.full,
    "commands": faults_disk.commands,
    "read-only": faults_disk.read_only,
    "writes-fail": faults_disk.small_files,
    "log-full": faults_service.log,
    "descriptors": faults_disk.descriptors,
    "locked": faults_database.locked,
    "damaged": faults_database.damaged,
    "postgresql": faults_database.server_gone,
    "clock-back": faults_time.back,
    "clock-forward": faults_time.forward,
    "nights": faults_time.nights,
    "mail": faults_time.mail,
}
MOUNTS = ("disk-full", "commands", "read-only")
SILENT = ("log-full", "clock-back", "clock-forward", "nights")  # are no fault to techwatch


def name_space() -> list[str] | None:
    """Return the command under which disks can be mounted; None where that is not allowed."""
    for way in (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]):
        try:
            tried = subprocess.run(  # noqa: S603 - a program of the system
                [*way, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False
            )
        except OSError:
            continue
        if tried.returncode == 0:
            return way
    return None


def apart(name: str, options: argparse.Namespace) -> dict[str, object]:
    """Run an experiment in a process that may mount disks."""
    if (way := name_space()) is None:
        return {"name": name, "times": 0, "lost": [], "note": "disks can't be mounted here"}
    command = [sys.executable, __file__, "--only", name, "--json", "--inside"]
    command += ["--times", str(options.times), "--seed", str(options.seed)]
    ended = subprocess.run([*way, *command], stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    found: dict[str, object] = json.loads(ended.stdout)
    return found


def experiment(name: str, options: argparse.Namespace) -> dict[str, object]:
    """Run an experiment in this process."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a random name
    with tempfile.TemporaryDirectory(dir=place) as folder, World.made(Path(folder)) as world:
        lot = random.Random(f"{options.seed} {name}")  # noqa: S311 - a seeded experiment
        found = EXPERIMENTS[name](world, Path(folder), options.times, lot)
    if found.times and name not in SILENT and not (found.told or found.codes):
        found.lost.append("the fault was not told")
    return {"name": name, **found.__dict__}


def show(outcomes: list[dict[str, object]]) -> None:
    """Print a table."""
    table = Table("fault", "times", "log and messages", "status", "lost", "recovers", "note")
    for one in outcomes:
        told, codes = one.get("told") or {}, one.get("codes") or {}
        assert isinstance(told, dict)  # noqa: S101 - it was made so
        assert isinstance(codes, dict)  # noqa: S101
        most = sorted(told, key=told.__getitem__, reverse=True)
        lost = one["lost"]
        assert isinstance(lost, list)  # noqa: S101
        table.add_row(
            str(one.get("fault", one["name"])),
            str(one["times"]),
            "\n".join(most[:8]),
            "\n".join(sorted(codes)),
            "\n".join(lost[:8]) or "nothing",
            str(one.get("recovers", "")),
            str(one["note"]),
        )
    Console(width=200).print(table)


def main() -> None:
    """Run them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=EXPERIMENTS)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    outcomes = []
    for name in options.only or EXPERIMENTS:
        run = apart if name in MOUNTS and not options.inside else experiment
        outcomes.append(run(name, options))
        if options.json:
            print(json.dumps(outcomes[-1]), flush=True)
    if not options.json:
        show(outcomes)
    sys.exit(any(one["lost"] for one in outcomes))


if __name__ == "__main__":
    main()
