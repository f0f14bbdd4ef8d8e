from __future__ import annotations

from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import event, text
from tests.databases import on_both
from tests.storage.schema import differences

from techwatch.errors import DamagedError, SchemaOutdatedError, SchemaTooNewError, StorageError
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
