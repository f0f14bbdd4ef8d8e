from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from tests.news import rss

from techwatch import faults
from techwatch.faults import AlarmSettings, fault, of_disk
from techwatch.model import ClockReading
from techwatch.storage import Store, sqlite_url
from techwatch.testing import Behaviour

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    from techwatch.testing import Publisher

    Run = Callable[..., CompletedProcess[str]]

FINE = "EU fines TikTok 530 million euros over data transfers to China"


def open_store(config: Path) -> Store:
    return Store.open(sqlite_url(config.parent / "data" / "techwatch.db"))


def codes(run: Run, *options: str) -> tuple[int, dict[str, str]]:
    ended = run(*options, "status", "--json")
    record: dict[str, Any] = json.loads(ended.stdout)
    return ended.returncode, {one["code"]: one["severity"] for one in record["faults"]}


def test_a_well_installation_is_told_whole(run: Run, publisher: Publisher) -> None:
    publisher.publish("news.rss", rss(FINE))
    assert run("poll").returncode == 0
    ended = run("status")
    assert ended.returncode == 0, ended.stdout
    for word in ("service", "database", "disk", "clock", "feeds", "items", "ledger", "digest"):
        assert f"\n{word} " in f"\n{ended.stdout}"
    assert "schema 0001" in ended.stdout
    record = json.loads(run("status", "--json").stdout)
    assert record["faults"] == []
    assert record["queue"]["items_waiting"] == 0
    assert record["queue"]["feeds"] == 1
    assert record["size"]["bytes"] > 100_000
    assert record["disk_free_bytes"] > 0


def test_no_database_is_a_fault(run: Run, publisher: Publisher) -> None:
    del publisher
    assert codes(run) == (1, {"database.missing": "fault"})
    assert run("status", "--health").returncode == 1
    assert "no database yet" in run("status").stderr


@pytest.mark.parametrize(
    ("version", "code", "advice"),
    [("0000", "database.old", "techwatch db upgrade"), ("9999", "database.new", "newer techwatch")],
)
def test_another_schema_is_refused_by_every_command(
    version: str, code: str, advice: str, run: Run, publisher: Publisher, config: Path
) -> None:
    publisher.publish("news.rss", rss(FINE))
    run("poll")
    with closing(open_store(config)) as store, store.database.write() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num='{version}'"))
    assert codes(run) == (1, {code: "fault"})
    asked = len(publisher.requests)
    for command in (("poll", "--all"), ("run", "--once"), ("digest", "list"), ("status",)):
        ended = run(*command)
        assert ended.returncode == 1, command
        assert advice in ended.stderr, command
        assert "Traceback" not in ended.stderr
    assert len(publisher.requests) == asked
    ended = run("check", "Montana bans TikTok")
    assert ended.returncode == 0, "a verdict needs no archive"
    assert "escalating" in ended.stdout
    assert advice in ended.stderr
    assert "--no-archive" in ended.stderr
    if version == "9999":
        ended = run("db", "upgrade")
        assert ended.returncode == 1
        assert "9999" in ended.stderr


def test_a_damaged_database_is_a_fault(run: Run, publisher: Publisher, config: Path) -> None:
    publisher.publish("news.rss", rss(FINE))
    run("poll")
    path = config.parent / "data" / "techwatch.db"
    path.write_bytes(b"damaged" * 1000)
    assert codes(run) == (1, {"database.damaged": "fault"})
    assert run("status", "--health").returncode == 1


def test_each_trouble_has_its_code_and_its_weight(
    run: Run, publisher: Publisher, config: Path
) -> None:
    publisher.misbehave("news.rss", Behaviour(status=500))
    run("poll")
    now = datetime.now(UTC)
    with closing(open_store(config)) as store:
        store.digests.watch(["daily"], now - timedelta(days=3))
        with store.database.write() as connection:
            connection.execute(text("UPDATE editions SET watched_since='2026-01-01 00:00:00.0'"))
        store.overview.stumble("deliver", now, "no room")
        store.overview.note_clock(ClockReading(40.0, 9, now))
    status, found = codes(run, "--set", "alarms.disk_warning=1000000000000000")
    assert found == {
        "feeds.failing": "fault",
        "digests.late": "fault",
        "jobs.failing": "fault",
        "clock.skew": "warning",
        "disk.low": "warning",
    }
    assert status == 1
    ended = run("status")
    assert "attention" in ended.stdout
    assert "[feeds.failing]" in ended.stdout
    assert "warning the clock is 40 seconds behind" in ended.stdout


def test_items_that_wait_too_long_are_told_where_a_service_should_judge_them(
    run: Run, publisher: Publisher, config: Path
) -> None:
    publisher.publish("news.rss", rss(FINE))
    run("poll")
    with closing(open_store(config)) as store:
        with store.database.write() as connection:
            connection.execute(
                text("UPDATE items SET judged_revision=0, seen_at='2026-01-01 00:00:00.0'")
            )
        assert codes(run)[1] == {}
        for job in ("poll", "judge"):
            store.overview.beat(job, datetime.now(UTC))
    assert "\njobs      judge just now, poll just now\n" in run("status").stdout
    status, found = codes(run)
    assert (status, found) == (0, {"items.waiting": "warning"})  # warnings alone: exit status 0


def test_a_service_that_died_is_told(run: Run, publisher: Publisher, config: Path) -> None:
    publisher.publish("news.rss", rss(FINE))
    run("poll")
    with closing(open_store(config)) as store:
        store.overview.beat("publish", datetime.now(UTC) - timedelta(minutes=5))
    assert codes(run) == (1, {"service.silent": "fault"})


def test_the_codes_are_listed_with_their_meaning(run: Run) -> None:
    ended = run("status", "--codes")
    listed = dict(line.split(maxsplit=1) for line in ended.stdout.splitlines())
    assert listed == dict(faults.CODES)
    assert list(listed) == sorted(listed)


def test_a_code_that_is_not_listed_can_not_be_used() -> None:
    with pytest.raises(KeyError):
        fault("feeds.sad", "x")


def test_a_disk_is_low_then_full() -> None:
    settings = AlarmSettings(disk_warning=2000, disk_fault=1000)
    assert [one.code for free in (2000, 1999, 999) for one in of_disk(free, settings)] == [
        "disk.low",
        "disk.full",
    ]
