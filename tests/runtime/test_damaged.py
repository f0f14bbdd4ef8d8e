"""A damaged database: refused at the start, and the end of a service that finds it at work."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from tests.news import rss
from tests.runtime.service import PATIENCE, running

if TYPE_CHECKING:
    from pathlib import Path

    from techwatch.testing import Publisher

FINE = "EU fines TikTok 530 million euros over data transfers to China"
PAGE = 4096


def damage(path: Path, *tables: str) -> None:
    """Overwrite the first page of tables, all that was written being in the file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        pages = [connection.execute(query, [name]).fetchone()[0] for name in tables]
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * PAGE)
            file.write(b"\xee" * PAGE)


def techwatch(config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "techwatch", "--config", str(config), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_it_is_refused_at_the_start_with_advice_and_left_as_it_is(
    publisher: Publisher, config: Path
) -> None:
    publisher.publish("news.rss", rss(FINE))
    assert techwatch(config, "poll").returncode == 0
    path = config.parent / "data" / "techwatch.db"
    damage(path, "standings")
    before = hashlib.sha256(path.read_bytes()).digest()
    for command in (["run"], ["run", "--once"], ["poll"]):
        ended = techwatch(config, *command)
        assert ended.returncode == 1
        assert "is damaged" in ended.stderr
        assert "techwatch db restore FILE --replace" in ended.stderr
        assert "Traceback" not in ended.stderr
    assert hashlib.sha256(path.read_bytes()).digest() == before


def test_a_service_that_finds_it_ends_with_advice(publisher: Publisher, config: Path) -> None:
    publisher.publish("news.rss", rss(FINE))
    with running(config) as service:
        service.until(lambda: service.events("job done", job="judge"))
        damage(config.parent / "data" / "techwatch.db", "items", "feeds", "editions", "heartbeats")
        assert service.process.wait(PATIENCE) == 1
        said = service.log_file.read_text(encoding="utf-8")
    status = techwatch(config, "status", "--json")
    assert status.returncode == 1
    assert [one["code"] for one in json.loads(status.stdout)["faults"]] == ["database.damaged"]
    assert "techwatch: the database" in said
    assert "techwatch db restore FILE --replace" in said
    assert "Traceback" not in said
