"""Back-ups of a database that is written to, by processes that are killed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from tests.storage.samples import FEED, item

from techwatch.errors import BackupError
from techwatch.model import FeedState, PollOutcome
from techwatch.storage import Store, backups, sqlite_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
BATCH = 50

WRITER = """
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from tests.storage.test_backups import fill
    from techwatch.storage import Store
    store = Store.open(sys.argv[1])
    number = 1_000_000
    while True:
        fill(store, number)
        number += 50
        print(number, flush=True)
"""

SLOW_COPY = """
    import sys, time
    from pathlib import Path
    from datetime import UTC, datetime
    from techwatch.storage import backups
    backups._PAGES = 4
    def told(done, of_all):
        print(done, of_all, flush=True)
        time.sleep(0.01)
    what, url, file = sys.argv[1:]
    if what == "backup":
        backups.back_up(url, Path(file), told, replace=True)
    else:
        backups.restore(Path(file), url, datetime.now(UTC), told, replace=True)
"""


def fill(store: Store, first: int, count: int = BATCH) -> None:
    """Store some items in one transaction, so that a copy of one moment holds whole batches."""
    items = tuple(
        item(number, title=f"News {number} " * 20) for number in range(first, first + count)
    )
    store.feeds.record(PollOutcome(FeedState(FEED), "document", items), NOW)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return sqlite_url(tmp_path / "data" / "techwatch.db")


@pytest.fixture
def filled(url: str) -> Iterator[Store]:
    store = Store.open(url)
    store.feeds.watch([FEED], NOW)
    for first in range(0, 1000, BATCH):
        fill(store, first)
    yield store
    store.close()


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def run(program: str, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(program), *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.getcwd()},  # noqa: PTH109
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    read = process.stdout.readline()
    assert read, "it ended"
    return read


def items(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        [count] = connection.execute("SELECT count(*) FROM items").fetchone()
    return int(count)


def test_a_backup_is_of_one_moment_while_others_write(
    filled: Store, url: str, tmp_path: Path, start: Callable[..., subprocess.Popen[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    writer = start(WRITER, url)
    line(writer)
    monkeypatch.setattr(backups, "_PAGES", 8)
    seen: list[tuple[int, int]] = []

    def told(done: int, of_all: int) -> None:
        seen.append((done, of_all))
        if len(seen) % 10 == 1:
            line(writer)  # something was written since

    goal = tmp_path / "copy.db"
    contents = backups.back_up(url, goal, told)
    assert len(seen) > 20
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)  # never begun anew
    assert contents.rows["items"] % BATCH == 0
    assert 1000 < contents.rows["items"] < 1000 + BATCH * 3  # as it was when the copy began
    assert items(goal) == contents.rows["items"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "data"]
    del filled


def test_a_backup_that_is_killed_leaves_none(
    filled: Store, url: str, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    goal = tmp_path / "copy.db"
    process = start(SLOW_COPY, "backup", url, str(goal))
    while int(line(process).split()[0]) < 20:
        pass
    process.kill()
    process.wait()
    assert not goal.exists()
    assert goal.with_name("copy.db.part").exists()
    contents = backups.back_up(url, goal)  # what was left is in nobody's way
    assert contents.rows["items"] == 1000
    assert not goal.with_name("copy.db.part").exists()
    fill(filled, 5000)


def test_a_restore_that_is_killed_changes_nothing(
    filled: Store, url: str, tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    goal = tmp_path / "copy.db"
    backups.back_up(url, goal)
    fill(filled, 5000)
    filled.close()
    process = start(SLOW_COPY, "restore", url, str(goal))
    while int(line(process).split()[0]) < 20:
        pass
    process.kill()
    process.wait()
    with closing(Store.open(url)) as store:
        assert store.overview.counts(None, NOW).items_seen == 1000 + BATCH
    contents, aside = backups.restore(goal, url, NOW, replace=True)
    assert contents.rows["items"] == 1000
    with closing(Store.open(url)) as store:
        assert store.overview.counts(None, NOW).items_seen == 1000
        fill(store, 7000)  # and it can be written
        with store.database.read() as connection:
            assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
    assert aside
    assert items(aside) == 1000 + BATCH


def test_a_database_in_use_is_not_replaced(filled: Store, url: str, tmp_path: Path) -> None:
    goal = tmp_path / "copy.db"
    backups.back_up(url, goal)
    fill(filled, 5000)
    with pytest.raises(BackupError, match="--replace puts it aside"):
        backups.restore(goal, url, NOW)
    with pytest.raises(BackupError, match="stop the service"):
        backups.restore(goal, url, NOW, replace=True)
    assert filled.overview.counts(None, NOW).items_seen == 1000 + BATCH
    fill(filled, 6000)


def test_a_damaged_database_is_put_aside(filled: Store, url: str, tmp_path: Path) -> None:
    goal = tmp_path / "copy.db"
    backups.back_up(url, goal)
    fill(filled, 5000)
    path = tmp_path / "data" / "techwatch.db"
    filled.close()
    path.write_bytes(b"damaged" * 1000)
    path.with_name("techwatch.db-wal").write_bytes(b"a log" * 1000)
    _, aside = backups.restore(goal, url, NOW, replace=True)
    assert aside
    assert aside.read_bytes().startswith(b"damaged")
    with closing(Store.open(url)) as store:
        assert store.overview.counts(None, NOW).items_seen == 1000


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda path: path.write_bytes(b"no database" * 500), "is no sound database"),
        (lambda path: path.write_bytes(path.read_bytes()[:-40_000]), "damaged|no sound"),
        (lambda path: path.unlink(), "there is no file"),
        (lambda path: sql(path, "DROP TABLE alembic_version"), "is no sound database of techwatch"),
        (
            lambda path: sql(path, "UPDATE alembic_version SET version_num='9999'"),
            "newer techwatch",
        ),
        (lambda path: sql(path, "DELETE FROM feeds"), "refers to nothing"),
    ],
    ids=["no database", "cut", "none", "no schema", "newer", "row missing"],
)
def test_a_backup_that_is_not_sound_is_refused(
    harm: Callable[[Path], object], message: str, filled: Store, url: str, tmp_path: Path
) -> None:
    goal = tmp_path / "copy.db"
    backups.back_up(url, goal)
    filled.close()
    harm(goal)
    with pytest.raises(BackupError, match=message):
        backups.restore(goal, url, NOW, replace=True)
    with closing(Store.open(url)) as store:
        assert store.overview.counts(None, NOW).items_seen == 1000


def sql(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


def test_a_damaged_database_gives_no_backup(filled: Store, url: str, tmp_path: Path) -> None:
    filled.close()
    path = tmp_path / "data" / "techwatch.db"
    page = 4096
    content = bytearray(path.read_bytes())
    middle = len(content) // page // 2 * page
    content[middle : middle + page] = os.urandom(page)
    path.write_bytes(content)
    with pytest.raises(BackupError, match=r"damaged|no sound|could not be copied"):
        backups.back_up(url, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
    assert path.read_bytes() == content


def test_an_existing_file_is_kept(filled: Store, url: str, tmp_path: Path) -> None:
    goal = tmp_path / "copy.db"
    goal.write_text("mine")
    with pytest.raises(BackupError, match="exists"):
        backups.back_up(url, goal)
    assert goal.read_text() == "mine"
    backups.back_up(url, goal, replace=True)
    assert items(goal) == 1000
    del filled


def test_a_full_disk_leaves_no_backup(filled: Store, url: str, tmp_path: Path) -> None:
    del filled
    program = f"""
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        from pathlib import Path
        from techwatch.storage import backups
        from techwatch.errors import BackupError
        try:
            backups.back_up({url!r}, Path({str(tmp_path / "copy.db")!r}))
        except BackupError as error:
            print("told:", error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True
    )
    assert "told:" in done.stdout
    assert "could not be copied" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_postgresql_is_told_its_own_command(tmp_path: Path) -> None:
    url = "postgresql+psycopg://watch:s3cret@db.example.org/news"
    with pytest.raises(BackupError) as caught:
        backups.back_up(url, tmp_path / "a b.dump")
    said = str(caught.value)
    assert "pg_dump --format=custom" in said
    assert "postgresql://watch@db.example.org/news" in said
    assert "s3cret" not in said
    assert f"'--file={tmp_path / 'a b.dump'}'" in said
    with pytest.raises(BackupError, match="pg_restore --clean --if-exists"):
        backups.restore(tmp_path / "a.dump", url, NOW)
