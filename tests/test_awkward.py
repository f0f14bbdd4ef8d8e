"""The short form of `tools/awkward.py`: three habits, two days, techwatch alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[1] / "tools" / "awkward.py"


@pytest.mark.parametrize("habits", ["without quotes", "front page", "skipHours all day"])
def test_what_publishers_do_is_taken_as_a_good_client_takes_it(habits: str, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    command = [sys.executable, str(TOOL), "--client", "techwatch", "--days", "2"]
    command += ["--only", habits, "--facts", str(facts)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (outcome,) = json.loads(facts.read_text("utf-8"))["techwatch"]
    assert outcome["good"]
    assert outcome["requests"] > 2
    assert (outcome["items"], outcome["lost"], outcome["doubles"]) == (5, 0, 0)
