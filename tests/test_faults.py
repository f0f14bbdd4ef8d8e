"""The short form of `tools/faults.py`: a fault is told, and nothing is lost by it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.trials import trial


def befall(name: str, times: int = 2) -> dict[str, Any]:
    """Run an experiment; skip, and say why, where it can't be tried."""
    ended = trial("faults", "--only", name, "--json", "--times", str(times), "--seed", "3")
    assert ended.stdout, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    if not found["times"]:
        pytest.skip(str(found["note"]))
    assert (found["lost"], ended.returncode) == ([], 0)
    return found


def told(found: dict[str, Any]) -> str:
    return "\n".join(found["told"])


def test_a_full_disk_is_told_and_nothing_is_lost() -> None:
    assert "disk is full: make room" in told(befall("disk-full", 3))


def test_commands_on_a_full_disk_change_nothing_and_say_so() -> None:
    said = told(befall("commands"))
    assert "feeds add: exit 1, techwatch: " in said
    assert "make room" in said


def test_a_read_only_disk_is_told() -> None:
    found = befall("read-only")
    assert "not begun" in told(found)
    assert "database.unusable" in found["codes"]


def test_writes_that_fail_are_told() -> None:
    assert "can't be written: disk" in told(befall("writes-fail"))


def test_too_few_descriptors_are_told() -> None:
    assert "job failed" in told(befall("descriptors", 4))


def test_a_locked_database_is_told() -> None:
    assert "database is locked; another process" in told(befall("locked"))


def test_damaged_pages_are_found_and_nothing_is_written_after() -> None:
    found = befall("damaged", 4)
    assert f"{found['times']} at the start" in found["note"]
    assert "is damaged" in told(found)


@pytest.mark.parametrize("name", ["clock-back", "clock-forward"])
def test_a_wrong_clock_loses_and_doubles_nothing(name: str) -> None:
    befall(name, 1)


def test_a_day_without_the_mail_server_loses_and_doubles_nothing() -> None:
    assert "deliveries.late" in befall("mail")["codes"]


def test_every_slot_comes_once_on_the_nights_when_clocks_change() -> None:
    assert befall("nights")["times"] == 6


def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    assert "exit status 0" in befall("log-full")["note"]


def test_a_database_server_that_goes_and_one_that_stands_still_lose_nothing() -> None:
    assert "connection failed" in told(befall("postgresql", 1))
