"""The short form of `tools/many_feeds.py`: every feed is asked once, at its tick, and judged."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[1] / "tools" / "many_feeds.py"


def test_feeds_spread_over_time_are_all_asked_and_judged() -> None:
    command = [sys.executable, str(TOOL), "--feeds", "40", "--minutes", "1"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    cells = dict(re.findall(r"│ ([^│]+?) +│ ([^│]+?) +│", ended.stdout))
    assert cells["requests"] == "40", ended.stdout + ended.stderr
    assert cells["items judged"] == "160"  # each tenth feed brings 40
