"""Databases of every release, brought to the schema of today with all that they hold."""

from __future__ import annotations

import lzma
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import create_engine, func, inspect, select, table, text
from sqlalchemy.engine import make_url
from tests.storage.schema import beside_tables, differences
from tests.tools import load_tool

from techwatch.errors import BackupError, SchemaOutdatedError
from techwatch.storage import Database, Store, backups, sqlite_url
from techwatch.storage.database import SCHEMA
from techwatch.storage.tables import metadata
from techwatch.testing.postgres import NoServerError

if TYPE_CHECKING:
    from tests.databases import Servers

RELEASED = sorted((Path(__file__).parent / "released").glob("*.xz"))
# What the tests must find in a database that an upgrade left.
HARM = {
    "an index": "DROP INDEX ix_items_link",
    "an index of an expression": "DROP INDEX ix_items_unjudged",
    "a column": "ALTER TABLE items ADD COLUMN colour TEXT",
    "rows": "DELETE FROM feeds",
}


class Released:
    """Databases as releases left them, laid out to be used."""

    def __init__(self, folder: Path, servers: Servers) -> None:
        self._folder = folder
        self._servers = servers

    def lay_out(self, kept: Path) -> str:
        """Make a database of what was kept; returns its URL."""
        content = lzma.decompress(kept.read_bytes())
        if kept.name.endswith(".sql.xz"):
            url = self._servers.running().new_database()
            with closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True)) as server:
                server.execute(content)
            return url
        path = self._folder / "techwatch.db"
        path.write_bytes(content)
        return sqlite_url(path)

    def upgrade(self, url: str, schema: str) -> None:
        """Bring a database that a release left to today's schema, as a user would; look at it."""
        before = rows(url)
        assert all(before.values()), before  # there is data in every table
        if schema < SCHEMA:
            with pytest.raises(SchemaOutdatedError, match="techwatch db upgrade"):
                Database.open(url)
        assert Database.upgrade_at(url) == (schema, SCHEMA)
        after = rows(url)
        assert {table: after.get(table) for table in before} == before
        if url.startswith("sqlite"):  # sound, and every row refers to what is there
            backups.inspect(Path(str(make_url(url).database)))
        with closing(Store.open(url)) as store:
            with store.database.read() as connection:
                assert differences(connection) == []
                assert beside_tables(connection) == self._beside_new_tables(url)
            assert store.feeds.states()
            assert store.overview.counts(None, datetime.now(UTC)).by_verdict
            assert store.digests.issues("daily")

    def _beside_new_tables(self, url: str) -> dict[tuple[str, str], str | None]:
        new = sqlite_url(self._folder / "new.db")
        if not url.startswith("sqlite"):
            new = self._servers.running().new_database()
        with closing(Database.open(new)) as fresh, fresh.read() as connection:
            return beside_tables(connection)


def rows(url: str) -> dict[str, int]:
    """Count the rows of every table that holds data of ours, and of jobs."""
    engine = create_engine(url)
    with engine.connect() as connection:
        known = {*metadata.tables, "search_items", "procrastinate_jobs"}
        there = known.intersection(inspect(connection).get_table_names())
        found = {t: connection.scalar(select(func.count()).select_from(table(t))) for t in there}
    engine.dispose()
    return {name: count or 0 for name, count in found.items()}


# SQLite can't tell an expression in an index; `beside_tables` does.
pytestmark = pytest.mark.filterwarnings("ignore:.*expression-based index")


@pytest.fixture
def released(tmp_path: Path, servers: Servers) -> Released:
    return Released(tmp_path, servers)


@pytest.mark.parametrize("kept", RELEASED, ids=lambda path: path.name)
def test_a_database_of_a_release_is_brought_up_to_date(kept: Path, released: Released) -> None:
    released.upgrade(released.lay_out(kept), kept.name.partition(".")[0])


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the databases of this program, as its release would record them."""
    folder = tmp_path_factory.mktemp("recorded")
    try:
        assert load_tool("record_schema").main(folder) == 0
    except NoServerError as error:
        pytest.skip(f"a release can't be recorded here: {error}")
    return folder


def test_what_a_release_left_is_never_changed(
    recorded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in recorded.iterdir()}
    assert sorted(path.name for path in before) == [f"{SCHEMA}.db.xz", f"{SCHEMA}.sql.xz"]
    assert load_tool("record_schema").main(recorded) == 1
    assert "is recorded already" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in recorded.iterdir()} == before


@pytest.mark.parametrize("kind", ["db", "sql"])
def test_the_databases_of_this_program_stand_the_same_test(
    recorded: Path, released: Released, kind: str
) -> None:
    released.upgrade(released.lay_out(recorded / f"{SCHEMA}.{kind}.xz"), SCHEMA)


@pytest.mark.parametrize("kind", ["db", "sql"])
@pytest.mark.parametrize("harm", HARM.values(), ids=HARM)
def test_the_test_finds_what_an_upgrade_harms(
    recorded: Path, released: Released, kind: str, harm: str
) -> None:
    url = released.lay_out(recorded / f"{SCHEMA}.{kind}.xz")
    engine = create_engine(url)
    with engine.begin() as connection:
        if not url.startswith("sqlite"):
            connection.execute(text("SET session_replication_role = replica"))  # no references
        connection.execute(text(harm))
    engine.dispose()
    with pytest.raises((AssertionError, BackupError)):
        released.upgrade(url, SCHEMA)
