"""The short form of `tools/awkward.py`: three habits, two days, techwatch alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.trials import trial

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("habits", ["without quotes", "front page", "skipHours all day"])
def test_what_publishers_do_is_taken_as_a_good_client_takes_it(habits: str, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    options = ["--client", "techwatch", "--days", "2", "--only", habits, "--facts", str(facts)]
    ended = trial("awkward", *options)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (outcome,) = json.loads(facts.read_text("utf-8"))["techwatch"]
    assert outcome["good"]
    assert outcome["requests"] > 2
    assert (outcome["items"], outcome["lost"], outcome["doubles"]) == (5, 0, 0)
