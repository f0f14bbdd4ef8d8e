"""Record the databases of this release, for the tests of later ones: record_schema.py FOLDER.

Runs the demonstration, fills the tables that it leaves empty by the commands that fill them, and
writes a checked back-up as FOLDER/SCHEMA.db.xz, and a dump of the same on PostgreSQL, with jobs
that wait, as FOLDER/SCHEMA.sql.xz. What is there already is never changed.
"""

from __future__ import annotations

import lzma
import re
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from techwatch.model import ClockReading
from techwatch.storage import Store, backups, jobs, sqlite_url
from techwatch.storage.database import SCHEMA
from techwatch.storage.tables import metadata
from techwatch.testing import postgres
from techwatch.testing.rows import fill_empty_tables

# What psql alone knows, and a setting that older servers don't.
_NOT_EVERYWHERE = re.compile(rb"\\(un)?restrict \w+$|SET transaction_timeout = ")


def main(folder: Path) -> int:
    """Record them; returns the exit status."""
    goals = [folder / f"{SCHEMA}.{kind}.xz" for kind in ("db", "sql")]
    for goal in goals:
        if goal.exists():
            print(f"{goal} is recorded already; what a release left is not changed")
            return 1
    with tempfile.TemporaryDirectory() as made:
        copy = record(Path(made))
        contents = copy.read_bytes(), dump(copy)
    for goal, content in zip(goals, contents, strict=True):
        goal.write_bytes(lzma.compress(content))
        print(f"{goal}: {goal.stat().st_size:,} bytes; commit it with the release")
    return 0


def record(folder: Path) -> Path:
    """Make a database with data in every table in a folder, and a back-up of it."""
    _techwatch("demo", "--keep", str(folder / "demo"))
    url = sqlite_url(folder / "demo" / "techwatch.db")
    config = ("--config", str(folder / "demo" / "config"))
    _techwatch(*config, "judge", _first(url, "developments", "item_id"), "accept", "--note", "so")
    _techwatch(*config, "emerging", "dismiss", _first(url, "sightings", "surface"))
    _leave_signs_of_a_service(url)
    copy = folder / f"{SCHEMA}.db"
    backups.back_up(url, copy)
    if empty := _empty_tables(copy):
        message = f"no data in {', '.join(empty)}: let tools/record_schema.py fill them"
        raise SystemExit(message)
    return copy


def dump(sqlite: Path) -> bytes:
    """Copy a database to PostgreSQL, as a user would; returns it as SQL that any server reads."""
    programs = postgres.programs("pg_dump")
    with postgres.server(bin_folder=programs) as server:
        url = server.new_database()
        _techwatch("db", "copy", str(sqlite), url)
        with closing(Store.open(url)) as store, store.database.write() as connection:
            jobs.hint(connection, jobs.JUDGE)
        plain = url.replace("+psycopg", "")
        command = [str(programs / "pg_dump"), "--inserts", "--no-owner", f"--dbname={plain}"]
        made = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603
    lines = made.splitlines(keepends=True)
    return b"".join(line for line in lines if not _NOT_EVERYWHERE.match(line))


def _first(url: str, table: str, column: str) -> str:
    with closing(Store.open(url)) as store, store.database.read() as connection:
        return str(connection.scalar(select(metadata.tables[table].c[column])))


def _leave_signs_of_a_service(url: str) -> None:
    """Note what a service under way notes."""
    now = datetime.now(UTC)
    with closing(Store.open(url)) as store:
        store.overview.beat("poll", now)
        store.overview.stumble("publish", now, "for a test")
        store.overview.note_clock(ClockReading(0.5, 10, now))
        store.pings.sent("daily", now, now)
        with store.database.write() as connection:
            fill_empty_tables(connection)  # what hubs, articles and workers would leave


def _empty_tables(path: Path) -> list[str]:
    with closing(Store.open(sqlite_url(path))) as store, store.database.read() as connection:
        tables = metadata.sorted_tables
        return [t.name for t in tables if connection.execute(t.select().limit(1)).first() is None]


def _techwatch(*arguments: str) -> str:
    command = [sys.executable, "-m", "techwatch", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
