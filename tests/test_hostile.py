"""The quick rows of `tools/hostile.py`, each polled as the service polls."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[1] / "tools" / "hostile.py"


@pytest.mark.parametrize("rows", ["bomb", "redirect", "at ", "TLS", "an entity", "deep"])
def test_harm_is_bounded_and_told(rows: str) -> None:
    command = [sys.executable, str(TOOL), "--only", rows]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "bounded and told" in ended.stdout
