from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import event, text
from tests.databases import on_both, on_postgresql
from tests.storage.samples import NOW
from tests.storage.schema import differences

from techwatch.errors import DamagedError, SchemaOutdatedError, SchemaTooNewError, StorageError
from techwatch.model import Feed
from techwatch.storage import Database, sqlite_url
from techwatch.storage.database import SCHEMA

if TYPE_CHECKING:
    from techwatch.storage import Store


# SQLite can't tell an expression in an index; test_plans.py holds that it is there.
UNTOLD = pytest.mark.filterwarnings("ignore:.*expression-based index")


@on_both
@UNTOLD
def test_the_migrations_make_the_tables_that_the_code_uses(store: Store) -> None:
    with store.database.read() as connection:
        assert differences(connection) == []


def test_the_newest_migration_is_the_schema_of_the_code() -> None:
    scripts = ScriptDirectory(str(Path(str(files("techwatch.storage"))) / "migrations"))
    assert scripts.get_current_head() == SCHEMA


@on_both
@pytest.mark.parametrize(
    ("version", "error"), [("0000", SchemaOutdatedError), ("9999", SchemaTooNewError)]
)
def test_another_schema_is_refused_with_advice(
    store: Store, database_url: str, version: str, error: type[StorageError]
) -> None:
    with store.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    with pytest.raises(error, match=version):
        Database.open(database_url)


def test_upgrading_tells_from_where_to_where(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "new.db")
    assert Database.upgrade_at(url) == (None, SCHEMA)
    assert Database.upgrade_at(url) == (SCHEMA, SCHEMA)


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "techwatch.db"
    path.write_bytes(b"not a database, but long enough to look like one" * 100)
    with pytest.raises(DamagedError, match=r"is damaged \(file is not a database\): nothing is"):
        Database.open(sqlite_url(path))
    assert path.read_bytes().startswith(b"not a database")


@on_both
def test_connections_are_kept_for_as_many_as_ask_at_once(store: Store) -> None:
    made: list[object] = []
    event.listen(store.database.engine, "connect", lambda one, _: made.append(one))
    for _ in range(2):
        with ExitStack() as readers:
            for _ in range(15):
                readers.enter_context(store.database.read())
    assert 10 < len(made) <= 15


def test_a_url_of_an_unknown_kind_is_told() -> None:
    with pytest.raises(StorageError, match="can't be used"):
        Database.open("nonsense")


@on_both
def test_what_is_read_for_a_page_is_of_one_state(store: Store) -> None:
    """Whatever others write meanwhile, on any connection; the other threads read as ever."""

    def listed() -> int:
        return len(store.feeds.states())

    def add(number: int) -> int:
        feeds = [Feed(f"https://harbour.example/{n}", "Harbour", "en") for n in range(number)]
        store.feeds.watch(feeds, NOW)
        return listed()

    with ThreadPoolExecutor(1) as another:
        assert another.submit(add, 1).result(60) == 1
        with store.database.reading(), store.database.reading():
            assert listed() == 1
            assert another.submit(add, 2).result(60) == 2
            assert listed() == 1
        assert listed() == 2
    with pytest.raises(ZeroDivisionError), store.database.reading():
        assert listed() / 0
    assert add(3) == 3


@on_postgresql
def test_connections_that_the_server_closed_are_replaced(database_url: str) -> None:
    """As when it was restarted: nobody's page fails for it."""
    database = Database.open(database_url)
    with database.read() as one, database.read() as two:
        assert one.scalar(text("SELECT 1")) == two.scalar(text("SELECT 1"))
    others = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE pid != :own"
    with database.write() as connection:
        own = connection.scalar(text("SELECT pg_backend_pid()"))
        found = f"{others} AND datname = current_database()"
        assert connection.execute(text(found), {"own": own}).all() == [(True,)]
    with database.read() as one, database.read() as two:
        assert one.scalar(text("SELECT 1")) == two.scalar(text("SELECT 1"))
    database.close()
