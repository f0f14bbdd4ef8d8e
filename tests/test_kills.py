"""The short form of `tools/kills.py`: what is killed loses nothing and asks nobody too early."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[1] / "tools" / "kills.py"


def test_a_process_killed_while_it_polls_loses_nothing() -> None:
    command = [sys.executable, "-W", "ignore", str(TOOL), "--kills", "4", "--seed", "3"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stdout
    assert "judged twice 0" in ended.stdout
    assert "asked too early 0" in ended.stdout
