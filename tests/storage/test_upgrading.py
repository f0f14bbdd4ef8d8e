"""The database brought forward by a later release, which fails, is killed, or is not alone."""

from __future__ import annotations

import subprocess
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from tests.databases import on_both
from tests.storage.newer import NEXT, Newer, ended
from tests.storage.schema import beside_tables

from techwatch.errors import SchemaTooNewError
from techwatch.storage import Database, Store, sqlite_url
from techwatch.storage.copying import checksum
from techwatch.storage.database import SCHEMA
from techwatch.storage.locks import Area
from techwatch.storage.tables import metadata
from techwatch.testing.rows import fill_empty_tables

from .samples import FEED, NOW, item, outcome

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases import Servers

    State = dict[str, Any]

ADD = 'op.add_column("items", sa.Column("colour", sa.String(), server_default="grey"))\n'
# On SQLite Alembic makes this table anew, to which others refer, some of them ON DELETE CASCADE.
REBUILD = """
    with op.batch_alter_table("items") as batch:
        batch.add_column(sa.Column("colour", sa.String(), nullable=False, server_default="grey"))
        batch.alter_column("summary", existing_type=sa.Text(), nullable=True)
"""
FAILURES = {
    "a row that does not fit": 'op.create_index("ix_x", "items", ["feed_url"], unique=True)',
    "a mistake": 'op.execute("UPDATE items SET shade = 1")',
    "a mistake in Python": 'raise KeyError("colour")',
    "rows that refer to nothing": 'op.execute("DELETE FROM feeds")',
}
HALF = f"""
    {ADD}
    op.execute("UPDATE items SET title = 'half'")
    Path(os.environ["HALF_DONE"]).touch()
    time.sleep(60)
"""
UPGRADE = ("db", "upgrade")
DONE = f"schema {NEXT}, was {SCHEMA}"


pytestmark = on_both


@pytest.fixture(autouse=True)
def _filled(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(*(item(number) for number in range(40))), NOW)
    with store.database.write() as connection:
        fill_empty_tables(connection)


def state(database: Database) -> State:
    """Return the schema, and the sum of every table that the program of today knows."""
    with database.read() as connection:
        rows = {table.name: checksum(connection, table) for table in metadata.sorted_tables}
        return {
            "schema": database.schema(),
            "columns": [column["name"] for column in inspect(connection).get_columns("items")],
            "beside": beside_tables(connection),
            "rows": rows,
            "found": connection.scalar(text("SELECT count(*) FROM search_items")),
        }


def colours(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(text("SELECT DISTINCT colour FROM items")))


def test_a_later_release_brings_all_rows_with_it(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    before, newer = state(store.database), Newer(tmp_path, REBUILD)
    assert before["found"] == before["rows"]["items"][0] == 40
    assert all(count for count, _ in before["rows"].values())
    status, said = newer.run(database_url, "search", "fines")
    assert (status, "run `techwatch db upgrade`" in said) == (1, True), said
    status, said = newer.run(database_url, *UPGRADE)
    assert (status, DONE in said) == (0, True), said
    after = state(store.database)
    assert (after["rows"], after["found"]) == (before["rows"], 40)
    assert colours(store.database) == ["grey"]
    assert newer.run(database_url, *UPGRADE) == (0, f"schema {NEXT}\n")
    assert newer.run(database_url, "search", "fines")[0] == 0
    for use in (Database.open, Database.upgrade_at):
        with pytest.raises(SchemaTooNewError, match="use the newer techwatch"):
            use(database_url)
    assert state(store.database) == after


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_an_upgrade_that_fails_leaves_everything_as_it_was(
    store: Store, database_url: str, tmp_path: Path, failure: str
) -> None:
    before, newer = state(store.database), Newer(tmp_path, REBUILD + "\n    " + failure)
    status, said = newer.run(database_url, *UPGRADE)
    assert status == 1
    assert f"the upgrade from schema {SCHEMA} to {NEXT} fails: " in said
    assert "the database is as it was" in said
    assert "Traceback" not in said
    assert state(store.database) == before
    Database.open(database_url).close()


def test_an_upgrade_that_is_killed_leaves_everything_as_it_was(
    store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, flag = state(store.database), tmp_path / "half done"
    monkeypatch.setenv("HALF_DONE", str(flag))
    process = Newer(tmp_path / "killed", HALF).start(database_url, *UPGRADE)
    end = time.monotonic() + 60
    while not flag.exists():
        assert process.poll() is None, ended(process)
        assert time.monotonic() < end
        time.sleep(0.02)
    process.kill()
    ended(process)
    assert state(store.database) == before
    store.feeds.record(outcome(item(100)), NOW)  # the program that it had goes on
    status, said = Newer(tmp_path / "again", ADD).run(database_url, *UPGRADE)
    assert (status, DONE in said) == (0, True), said


def test_of_upgrades_at_once_one_does_it_and_the_others_find_it_done(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    before, newer = state(store.database), Newer(tmp_path, ADD + "time.sleep(2)")
    started = [newer.start(database_url, *UPGRADE) for _ in range(3)]
    for process in started:
        status, said = ended(process)
        assert (status, f"schema {NEXT}" in said) == (0, True), said
    assert state(store.database)["rows"] == before["rows"]
    assert colours(store.database) == ["grey"]


def test_an_upgrade_waits_for_who_writes(store: Store, database_url: str, tmp_path: Path) -> None:
    newer = Newer(tmp_path, ADD)
    with store.database.write(Area.FEEDS) as connection:
        connection.execute(text("UPDATE items SET title = 'the last word'"))
        process = newer.start(database_url, *UPGRADE)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(4)
    status, said = ended(process)
    assert (status, DONE in said) == (0, True), said
    with store.database.read() as connection:
        titles = connection.scalars(text("SELECT DISTINCT title FROM items")).all()
    assert titles == ["the last word"]


def test_an_upgrade_that_waits_too_long_tells_and_changes_nothing(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    before, newer = state(store.database), Newer(tmp_path, ADD, patience=1)
    with store.database.write(Area.FEEDS):
        status, said = newer.run(database_url, *UPGRADE)
    assert (status, "another process" in said, "Traceback" in said) == (1, True, False), said
    assert state(store.database) == before


def test_who_reads_meanwhile_sees_one_state(
    store: Store, database_url: str, tmp_path: Path, database: str
) -> None:
    """SQLite keeps the old state for a reader; on PostgreSQL its table is not altered meanwhile."""
    waits = database == "postgresql"
    newer = Newer(tmp_path, ADD + "op.execute(\"UPDATE items SET title = 'new'\")", patience=1)
    with store.database.read() as connection:
        before = checksum(connection, metadata.tables["items"])
        status, said = newer.run(database_url, *UPGRADE)
        assert (status, "another process" in said) == ((1, True) if waits else (0, False)), said
        assert checksum(connection, metadata.tables["items"]) == before
    assert store.database.schema() == (SCHEMA if waits else NEXT)
    assert newer.run(database_url, *UPGRADE)[0] == 0
    assert colours(store.database) == ["grey"]


def test_references_are_enforced_again_after_an_upgrade(
    tmp_path: Path, servers: Servers, database: str
) -> None:
    """SQLite does not while it upgrades: this program has just made the tables."""
    url = sqlite_url(tmp_path / "new.db")
    if database == "postgresql":
        url = servers.running().new_database()
    with (
        closing(Store.open(url)) as fresh,
        pytest.raises(IntegrityError),
        fresh.database.write() as connection,
    ):
        connection.execute(
            text("INSERT INTO revisions VALUES ('x', 1, 'x', 'x', 'x', '2026-03-01')")
        )
