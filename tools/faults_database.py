"""Experiments with the database: locked, damaged, its server gone."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sqlite3
import threading
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

from children import children
from fault_rig import Installation, Outcome, lived, undisturbed
from fault_world import HOUR, ROUNDS, World

from techwatch.errors import DamagedError
from techwatch.storage import sqlite
from techwatch.testing.postgres import NoServerError, Server, server

if TYPE_CHECKING:
    import random
    from pathlib import Path

PATIENCE_MS = 100  # instead of 15 s: how long a transaction waits for another one to end
PAGE = 4096
STOPPED = 5.0  # seconds that the server stands still


def locked(world: World, folder: Path, times: int, lot: random.Random) -> Outcome:
    """Hold the database in another connection for longer than transactions wait."""
    found = Outcome("database locked", recovers="at the next tick, by itself")
    expected = undisturbed(Installation(world, folder / "locked-0"))
    usual, sqlite._BUSY_TIMEOUT_MS = sqlite._BUSY_TIMEOUT_MS, PATIENCE_MS  # noqa: SLF001
    for number in range(min(times, ROUNDS)):
        one = Installation(world, folder / f"locked-{number + 1}")

        def disturb(hour: int, one: Installation = one, at: int = number) -> None:
            if hour == at:
                one.tick() if at == 0 else None
                with closing(sqlite3.connect(one.database)) as other:
                    other.execute("BEGIN IMMEDIATE")
                    one.tick()
                    found.take(one)
                    other.rollback()

        found.add(lived(one, disturb), expected)
    sqlite._BUSY_TIMEOUT_MS = usual  # noqa: SLF001
    del lot
    return found


def damaged(world: World, folder: Path, times: int, lot: random.Random) -> Outcome:
    """Overwrite a page of each table and index, before a start and under a running service."""
    found = Outcome("damaged page", recovers="`techwatch db restore BACKUP --replace`")
    one = Installation(world, folder / "damaged")
    for hour in range(2):
        world.publish(hour)
        one.tick()
        one.clock.move(HOUR)
    one.close()
    sound = folder / "sound.db"
    shutil.copy(one.database, sound)
    with closing(sqlite3.connect(sound)) as connection:
        query = "SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0"
        pages = dict(connection.execute(query).fetchall()) | {"sqlite_master": 1}
    chosen = lot.sample(sorted(pages), min(len(pages), max(times, 4)))
    seen: Counter[str] = Counter()
    for name in chosen:
        shutil.copy(sound, one.database)
        for beside in ("-wal", "-shm"):
            one.database.with_name(one.database.name + beside).unlink(missing_ok=True)
        found.times += 1
        seen["at the start"] += _at_start(one, pages[name], lot, found)
        seen[_while_running(world, one, sound, pages[name], lot, found)] += 1
    found.note = f"of {found.times} pages: {', '.join(f'{n} {what}' for what, n in seen.items())}"
    return found


def _at_start(one: Installation, page: int, lot: random.Random, found: Outcome) -> bool:
    overwrite(one.database, page, lot.randbytes(PAGE))
    before = digest(one.database)
    one.open()
    began = one.tick()
    found.take(one)
    one.close()
    if began or digest(one.database) != before:
        found.lost.append(f"page {page}: begun {began}, changed {digest(one.database) != before}")
    return not began


def _while_running(
    world: World, one: Installation, sound: Path, page: int, lot: random.Random, found: Outcome
) -> str:
    """Return when it was found; from then on nothing may be written."""
    shutil.copy(sound, one.database)
    one.open()
    service = one.begin()
    with closing(sqlite3.connect(one.database)) as connection:  # so that it is the file that counts
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    overwrite(one.database, page, lot.randbytes(PAGE))
    world.publish(2)
    one.tick()
    when = "by the job in hand"
    if not service.ended_by:
        when = "by the daily look"
        one.clock.move(25 * HOUR)
        one.tick()
    before = digest(one.database)
    one.tick()
    found.take(one)
    if not isinstance(service.ended_by, DamagedError):
        when = "NOT FOUND"
        found.lost.append(f"page {page}: not found while running")
    elif digest(one.database) != before:
        found.lost.append(f"page {page}: written to after it was found")
    one.close()
    return when


def overwrite(path: Path, page: int, content: bytes) -> None:
    """Write over a page, counted from 1, as a failing disk would."""
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(content)


def digest(path: Path) -> str:
    """Hash a database, with what waits in its log."""
    wal = path.with_name(f"{path.name}-wal")
    content = path.read_bytes() + (wal.read_bytes() if wal.exists() else b"")
    return hashlib.sha256(content).hexdigest()


def server_gone(world: World, folder: Path, times: int, lot: random.Random) -> Outcome:
    """Kill PostgreSQL before a round, and start it after; let it stand still for a while."""
    found = Outcome("PostgreSQL gone", recovers="at the next tick, by itself")
    try:
        with server() as running:
            first = _on(world, folder / "server-0", running.new_database())
            expected = undisturbed(first)
            for number in range(min(times, ROUNDS)):
                one = _on(world, folder / f"server-{number + 1}", running.new_database())

                def disturb(hour: int, one: Installation = one, at: int = number) -> None:
                    if hour != at:
                        return
                    running.kill()
                    one.tick()
                    found.take(one)
                    running.start()

                found.add(lived(one, disturb), expected)
            one = _on(world, folder / "still", running.new_database())

            def stand_still(hour: int) -> None:
                if hour == 1:
                    _signal(running, signal.SIGSTOP)
                    threading.Timer(STOPPED, _signal, (running, signal.SIGCONT)).start()

            found.add(lived(one, stand_still), expected)
    except NoServerError as error:
        found.note = str(error)
    del lot
    return found


def _signal(of: Server, number: signal.Signals) -> None:
    """Signal the server and all of its processes."""
    process = of._process  # noqa: SLF001 - whoever else needs it stops or kills it
    if process is not None:
        for pid in (process.pid, *children(process.pid)):
            os.kill(pid, number)


def _on(world: World, place: Path, url: str) -> Installation:
    return Installation(world, place, environment={"TECHWATCH_DATABASE_URL": url})
