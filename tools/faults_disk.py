"""Experiments with disks: full, not writable, and processes that may not open files."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fault_rig import Installation, Outcome, lived, undisturbed
from fault_world import ROUNDS, World

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

DISK = 32_000_000  # bytes
WRITTEN = (
    1_500_000  # bytes, more than a round writes: where in it the disk is full is chosen by lot
)
LEFT = (0, 4096, 65_536)  # bytes tried first


@contextmanager
def disk(place: Path) -> Iterator[Path]:
    """Mount a small disk in memory; needs the right to mount."""
    place.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(place)]
    subprocess.run(["mount", *options], check=True, capture_output=True)  # noqa: S603, S607
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)  # noqa: S603, S607


@contextmanager
def filled(place: Path, left: int) -> Iterator[None]:
    """Fill the disk but for so many bytes; make room again at the end."""
    ballast = place / "ballast"
    there = os.statvfs(place)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, there.f_bavail * there.f_bsize - left))
    try:
        yield
    finally:
        ballast.unlink()


def full(world: World, folder: Path, times: int, lot: random.Random) -> Outcome:
    """Fill the disk before a round, so that it ends at some write of it; then make room."""
    found = Outcome("disk full", recovers="at the next tick, by itself")
    expected = undisturbed(Installation(world, folder / "full-0"))
    for number in range(times):
        chosen = lot.randrange(ROUNDS)
        left = LEFT[number] if number < len(LEFT) else lot.randrange(WRITTEN)
        with disk(folder / f"full-{number + 1}") as place:
            one = Installation(world, place)

            def disturb(
                hour: int, one: Installation = one, at: int = chosen, left: int = left
            ) -> None:
                if hour == at:
                    with filled(one.place, left):
                        one.tick()
                        found.take(one)

            found.add(lived(one, disturb), expected)
    return found


def small_files(world: World, folder: Path, times: int, lot: random.Random) -> Outcome:
    """Let writes fail beyond a size of files: as a disk does that fails, or turns read-only."""
    found = Outcome(
        "writes fail (limit on the size of files)", recovers="at the next tick, by itself"
    )
    expected = undisturbed(Installation(world, folder / "small-0"))
    for number in range(times):
        chosen, most = lot.randrange(1, ROUNDS), lot.choice((0, lot.randrange(600_000)))
        one = Installation(world, folder / f"small-{number + 1}")

        def disturb(hour: int, one: Installation = one, at: int = chosen, most: int = most) -> None:
            if hour == at:
                with limited(resource.RLIMIT_FSIZE, most):
                    one.tick()
                    found.take(one)

        found.add(lived(one, disturb), expected)
    return found


@contextmanager
def limited(what: int, most: int) -> Iterator[None]:
    """Lower a limit of this process for a while."""
    before = resource.getrlimit(what)
    resource.setrlimit(what, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(what, before)


def read_only(world: World, folder: Path, times: int, lot: random.Random) -> Outcome:
    """Start on a disk that is mounted for reading only; then mount it for writing."""
    found = Outcome("read-only file system", recovers="once it may be written, when it starts anew")
    expected = undisturbed(Installation(world, folder / "only-0"))
    for number in range(min(times, ROUNDS)):
        with disk(folder / f"only-{number + 1}") as place:
            one = Installation(world, place)

            def disturb(hour: int, one: Installation = one, at: int = number) -> None:
                if hour != at:
                    return
                one.close()
                _remount(one.place, "ro")
                one.open()
                one.tick()
                found.take(one)
                one.close()
                _remount(one.place, "rw")
                one.open()

            found.add(lived(one, disturb), expected)
    del lot
    return found


def _remount(place: Path, how: str) -> None:
    command = ["mount", "-o", f"remount,{how}", str(place)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603


def descriptors(world: World, folder: Path, times: int, lot: random.Random) -> Outcome:
    """Start a process that may open few files; then one that may open as many as usual."""
    found = Outcome("out of file descriptors", recovers="at the next tick, by itself")
    expected = undisturbed(Installation(world, folder / "files-0"))
    for number in range(times):
        chosen, more = lot.randrange(ROUNDS), lot.randrange(2, 40)
        one = Installation(world, folder / f"files-{number + 1}")

        def disturb(hour: int, one: Installation = one, at: int = chosen, more: int = more) -> None:
            if hour == at:
                one.close()
                open_ = len(list(Path("/proc/self/fd").iterdir()))
                told = in_a_process(one, lambda: resource.setrlimit(
                    resource.RLIMIT_NOFILE, (open_ + more, open_ + more)))  # fmt: skip
                found.told.update(told)
                one.open()
                found.codes.update(one.codes())

        found.add(lived(one, disturb), expected)
    return found


def in_a_process(one: Installation, prepare: Callable[[], None]) -> dict[str, int]:
    """Do what a tick does in a process of its own; returns the errors of its log."""
    log = one.place / "told.json"
    log.touch()
    with log.open("r+") as file:
        if pid := os.fork():
            os.waitpid(pid, 0)
            told: dict[str, int] = json.loads(log.read_text("utf-8") or '{"the process died": 1}')
            return told
        try:
            one.open()
            prepare()
            one.tick()
            file.write(json.dumps(one.errors()))
            file.flush()
        except BaseException:  # noqa: BLE001 - told, and the process ends either way
            traceback.print_exc()
        os._exit(0)


def commands(world: World, folder: Path, times: int, lot: random.Random) -> Outcome:
    """Give commands that write files while the disk is full; look whether the old files stand."""
    found = Outcome("disk full, commands", recovers="when the command is given again")
    with disk(folder / "commands") as place:
        one = Installation(world, place)
        world.publish(0)
        one.tick()
        one.close()
        backup = place / "old.db"
        shutil.copy(place / "data" / "techwatch.db", backup)
        added = ("feeds", "add", "https://feed.example/a", "--unchecked", "--publisher", "New")
        for command in (
            ("db", "backup", str(place / "new.db")),
            ("db", "backup", str(backup), "--replace"),
            ("db", "restore", str(backup), "--replace"),
            (*added, "--language", "en"),
            ("feeds", "remove", world.publisher.url("1.rss")),
            ("feeds", "export", str(place / "feeds.opml")),
            ("config", "init", str(place / "new-config")),
        ):
            before = files(place)
            with filled(place, 0):
                ended = one.command(*command)
            found.add_command(" ".join(command[:2]), ended, files(place) - before)
    del times, lot
    return found


def files(place: Path) -> set[tuple[str, int]]:
    """Return the files with a hash of what they hold; empty ones hold nothing."""
    paths = [path for path in place.rglob("*") if path.is_file() and path.stat().st_size]
    return {
        (str(path.relative_to(place)), hash(path.read_bytes()))
        for path in paths
        if not path.name.endswith(("-wal", "-shm", "ballast"))
    }
