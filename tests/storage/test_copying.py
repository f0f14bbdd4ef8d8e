"""A database copied from one kind to the other, with something in every table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, insert, select, update
from tests.databases import on_both

from techwatch.errors import StorageError
from techwatch.model import (
    Coverage,
    Decision,
    Digest,
    EntityKind,
    Field,
    Judgement,
    RenderedDigest,
    Sighting,
    Standing,
)
from techwatch.search.parsing import parse
from techwatch.storage import Database, Store, sqlite_url
from techwatch.storage import tables as t
from techwatch.storage.copying import checksum, copy
from techwatch.testing.rows import fill_empty_tables

from .samples import FEED, NOW, item, judged, outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection


pytestmark = on_both

RENDERED = RenderedDigest("daily", NOW, "Über 华为", "<p>华为</p>", "华为 🛰", "{}")
DIGEST = Digest("daily", "Daily", NOW, None, NOW, "S", "", (), Coverage((), 0, 0, {}))
STANDING = Standing("tiktok", "coercion", "fined", "eu", "2026-03", "because", "Harbour")
NAME = Sighting(
    "lumotrix", EntityKind.ACTOR, "unknown", "Lumotrix", Field.TITLE, 0, 8, "Lumotrix", ("zte",)
)


@pytest.fixture
def filled(store: Store) -> Store:
    """A store in which no table is empty."""
    store.feeds.watch([FEED], NOW)
    items = [item(n, f"EU fines TikTok {n} “times”, 罚款 🛰") for n in range(30)]
    store.feeds.record(outcome(*items), NOW + timedelta(microseconds=1))
    store.feeds.record(outcome(item(0, "EU fined TikTok")), NOW)
    waiting = store.judging.unjudged(50)
    with store.judging.judging() as judging:
        for number, stored in enumerate(waiting):
            story = f"s{number % 3}"
            moved = [replace(STANDING, story_id=story)]
            verdict = judged(stored, story, opens=number < 3)
            judging.save(verdict, ["tiktok", "word:罚款"], moved, NOW, [NAME])
    said = Judgement(0, item(1).id, "s1", Decision.KNOWN, "old", "me", NOW)
    store.judgements.record(said, (), NOW)
    store.emerging.dismiss(["lumotrix"], NOW)
    store.overview.stumble("deliver", NOW, "broke")
    store.digests.watch(["daily"], NOW)
    rows = [("email", f"r{n}@example.org", f"<{n}@x>") for n in range(3)]
    store.digests.save(DIGEST, RENDERED, rows, NOW, scheduled=True)
    told = {"edition_id": "daily", "slot": NOW, "development_id": "s0", "item_id": item(0).id}
    with store.database.write() as connection:
        connection.execute(insert(t.digest_developments).values(**told, title="T", verdict="novel"))
        fill_empty_tables(connection)
    return store


@pytest.fixture
def other(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database of the other kind."""
    url = str(sqlite_url(tmp_path / "other.db"))
    if database == "sqlite":
        url = request.getfixturevalue("server_database")
    with closing(Database.open(url)) as opened:
        yield opened


def rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in t.metadata.sorted_tables
        }


def test_every_row_of_every_table_arrives(filled: Store, other: Database) -> None:
    before = rows(filled.database)
    assert all(before.values()), [name for name, found in before.items() if not found]
    totals: list[int] = []
    steps: list[int] = []
    copied = copy(filled.database, other, totals.append, steps.append)
    assert rows(other) == before
    assert {c.table: c.rows for c in copied} == {name: len(of) for name, of in before.items()}
    indexed = len(before["items"])  # for search, anew
    assert totals == [sum(steps)] == [sum(len(of) for of in before.values()) + indexed]
    assert len({c.checksum for c in copied}) == len(copied)


def test_a_copy_goes_on_where_the_first_left_off(filled: Store, other: Database) -> None:
    copy(filled.database, other)
    moved = Store(other)
    for asked in ("tiktok", '"times 罚款"', "fined"):
        found = [store.search.items(parse(asked, NOW), 50) for store in (moved, filled)]
        assert found[0] == found[1] != ()
    last = max(d.id for d in filled.ledger.open())
    added = moved.ledger.add(("daily", NOW), "email", "new@example.org", "<9@x>", NOW)
    assert added.id == last + 1
    assert moved.feeds.record(outcome(item(1), item(99)), NOW).new == 1
    assert moved.judging.headlines(item(0).id) == filled.judging.headlines(item(0).id)


def test_a_filled_target_is_refused_and_left_alone(filled: Store, other: Database) -> None:
    Store(other).feeds.watch([replace(FEED, url="https://other.example/")], NOW)
    before = rows(other)
    with pytest.raises(StorageError, match="has rows already, in feeds"):
        copy(filled.database, other)
    assert rows(other) == before


def test_a_copy_that_fails_leaves_nothing(filled: Store, other: Database) -> None:
    def broken(count: int) -> None:
        if count == 30:
            raise RuntimeError(count)

    with pytest.raises(RuntimeError):
        copy(filled.database, other, moved=broken)
    assert not any(rows(other).values())


def test_what_is_not_the_same_afterwards_is_found_and_taken_back(
    filled: Store, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(connection: Connection) -> None:
        connection.execute(update(t.items).where(t.items.c.id == item(7).id).values(title="EU"))

    _after_writing(monkeypatch, spoil)
    with pytest.raises(StorageError, match="items is not the same after copying: 30 rows"):
        copy(filled.database, other)
    assert not any(rows(other).values())


def _after_writing(monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Connection], None]) -> None:
    """Change something in the target between writing and comparing, as a faulty disk would."""
    seen: list[Connection] = []

    def spoiling(connection: Connection, table: object) -> tuple[int, str]:
        if len(seen) == 1:
            spoil(connection)
        seen.append(connection)
        return checksum(connection, table)  # type: ignore[arg-type]

    monkeypatch.setattr("techwatch.storage.copying.checksum", spoiling)


def test_checksums_tell_one_letter_and_one_row(filled: Store) -> None:
    with filled.database.write() as connection:
        count, first = checksum(connection, t.revisions)
        assert (count, first) == checksum(connection, t.revisions)
        own = t.revisions.c.item_id == item(0).id
        connection.execute(update(t.revisions).where(own).values(title="EU fines TikTok."))
        changed = checksum(connection, t.revisions)
        connection.execute(delete(t.revisions).where(own))
        assert len({first, changed[1], checksum(connection, t.revisions)[1]}) == 3


def test_the_command_prints_counts_and_checksums(
    filled: Store, other: Database, database_url: str, config: Path
) -> None:
    other.close()
    target = other.engine.url.render_as_string(hide_password=False)
    source = database_url.removeprefix("sqlite:///")
    ended = _copy(config, source, target, "--json")
    assert ended.returncode == 0, ended.stderr
    records = [json.loads(line) for line in ended.stdout.splitlines()]
    assert {r["table"]: r["rows"] for r in records}["items"] == 30
    with filled.database.read() as connection:
        expected = {table.name: checksum(connection, table) for table in t.metadata.sorted_tables}
    assert {r["table"]: (r["rows"], r["checksum"]) for r in records} == expected
    again = _copy(config, source, target)
    assert again.returncode == 1
    assert "has rows already" in again.stderr


def test_without_a_target_it_is_the_database_of_the_settings(
    filled: Store, other: Database, database_url: str, config: Path
) -> None:
    del filled
    url = other.engine.url.render_as_string(hide_password=False)
    ended = _copy(config, database_url, TECHWATCH_DATABASE_URL=url)
    assert ended.returncode == 0, ended.stderr
    assert "every table has the same rows in both" in ended.stdout
    assert len(Store(other).judging.headlines(item(0).id)) == 2


def test_what_is_not_there_is_not_made(config: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing.db"
    ended = _copy(config, str(missing), str(tmp_path / "new.db"))
    assert (ended.returncode, missing.exists()) == (1, False)
    assert f"no database {missing}" in ended.stderr
    assert _copy(config, str(missing)).returncode == 2


def _copy(config: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "techwatch", "--config", str(config), "db", "copy"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TECHWATCH_")}
    return subprocess.run(
        [*command, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment | variables,
    )
