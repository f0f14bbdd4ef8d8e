"""`make cluster-test`, in short: real workers, killed at random, beside one process on SQLite."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from techwatch.testing.postgres import NoServerError, programs

TOOL = Path(__file__).parents[1] / "tools" / "cluster.py"


def test_workers_come_to_what_one_process_comes_to_though_they_are_killed() -> None:
    try:
        programs()
    except NoServerError as error:
        pytest.skip(f"no PostgreSQL here: {error}")
    sizes = ["--days", "2", "--feeds", "12", "--items", "10", "--workers", "2"]
    command = [sys.executable, str(TOOL), *sizes, "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr + ended.stdout
    one, shared, killed = json.loads(ended.stdout)
    assert one["items"] == shared["items"] == killed["items"] == 120
    assert one["stories"] > 5
    assert not any(shared["differences"].values())
    assert not any(killed["differences"].values())
    assert killed["kills"] > 0
