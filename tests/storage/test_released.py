"""Databases of every release, brought to the schema of today with all that they hold."""

from __future__ import annotations

import lzma
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.storage.schema import differences
from tests.tools import load_tool

from techwatch.errors import BackupError, SchemaOutdatedError
from techwatch.storage import Database, Store, backups, sqlite_url
from techwatch.storage.database import SCHEMA
from techwatch.storage.tables import metadata

COUNT = "SELECT count(*) FROM {}"
RELEASED = sorted((Path(__file__).parent / "released").glob("*.db.xz"))


def upgrade(path: Path, schema: str) -> None:
    """Bring a database that a release left to today's schema, as a user would, and look at it."""
    url = sqlite_url(path)
    before = rows(path)
    if schema < SCHEMA:
        with pytest.raises(SchemaOutdatedError, match="techwatch db upgrade"):
            Database.open(url)
    assert Database.upgrade_at(url) == (schema, SCHEMA)
    backups.inspect(path)  # sound, and every row refers to what is there
    with closing(Store.open(url)) as store:
        with store.database.read() as connection:
            assert differences(connection) == []
        assert store.feeds.states()
        assert store.overview.counts(None, datetime.now(UTC)).by_verdict
        assert store.digests.issues("daily")
    after = rows(path)
    assert {table: after.get(table) for table in before} == before


def rows(path: Path) -> dict[str, int]:
    """Count the rows of every table that holds data of ours."""
    with closing(sqlite3.connect(path)) as connection:
        listed = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = [name for (name,) in listed.fetchall() if name in metadata.tables]
        return {name: connection.execute(COUNT.format(name)).fetchone()[0] for name in tables}


# SQLite can't tell an expression in an index; test_plans.py holds that it is there.
pytestmark = pytest.mark.filterwarnings("ignore:.*expression-based index")


@pytest.mark.parametrize("kept", RELEASED, ids=lambda path: path.name)
def test_a_database_of_a_release_is_brought_up_to_date(kept: Path, tmp_path: Path) -> None:
    path = tmp_path / "techwatch.db"
    path.write_bytes(lzma.decompress(kept.read_bytes()))
    upgrade(path, kept.name.partition(".")[0])


def test_the_database_of_this_program_can_be_recorded_and_stands_the_same_test(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tool = load_tool("record_schema")
    assert tool.main(tmp_path) == 0
    [kept] = tmp_path.glob("*.db.xz")
    assert tool.main(tmp_path) == 1  # what a release left is never changed
    assert "is recorded already" in capsys.readouterr().out
    path = tmp_path / "techwatch.db"
    path.write_bytes(lzma.decompress(kept.read_bytes()))
    assert all(rows(path).values()), rows(path)  # there is data in every table
    upgrade(path, SCHEMA)
    for harm in ("DROP INDEX ix_items_link", "DELETE FROM feeds"):  # what the test must find
        path.write_bytes(lzma.decompress(kept.read_bytes()))
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(harm)
        with pytest.raises((AssertionError, BackupError)):
            upgrade(path, SCHEMA)
