"""The quick rows of `tools/hostile.py`, each polled as the service polls."""

from __future__ import annotations

import pytest
from tests.trials import trial


@pytest.mark.parametrize("rows", ["bomb", "redirect", "at ", "TLS", "an entity", "deep"])
def test_harm_is_bounded_and_told(rows: str) -> None:
    ended = trial("hostile", "--only", rows)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "bounded and told" in ended.stdout
