"""The short form of `tools/kills.py`: what is killed loses nothing and asks nobody too early."""

from __future__ import annotations

from tests.trials import trial


def test_a_process_killed_while_it_polls_loses_nothing() -> None:
    ended = trial("kills", "--kills", "4", "--seed", "3")
    assert ended.returncode == 0, ended.stdout
    assert "judged twice 0" in ended.stdout
    assert "asked too early 0" in ended.stdout
