"""`make cluster-test`, in short: real workers, killed at random, beside one process on SQLite."""

from __future__ import annotations

import json

import pytest
from tests.trials import trial

from techwatch.testing.postgres import NoServerError, programs


def test_workers_come_to_what_one_process_comes_to_though_they_are_killed() -> None:
    try:
        programs()
    except NoServerError as error:
        pytest.skip(f"no PostgreSQL here: {error}")
    sizes = ["--days", "2", "--feeds", "12", "--items", "10", "--workers", "2"]
    ended = trial("cluster", *sizes, "--killed", "--json")
    assert ended.returncode == 0, ended.stderr + ended.stdout
    one, killed = json.loads(ended.stdout)
    assert one["items"] == killed["items"] == 120
    assert one["stories"] > 5
    assert not any(killed["differences"].values())
    assert killed["kills"] > 0
