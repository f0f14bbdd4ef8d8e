"""The demonstration as a user starts it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.tools import load_tool

from techwatch.testing import demo

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[2]
SAVED = ROOT.parent / "shared" / "data" / "feeds"


def verify(folder: Path) -> int:
    """What `.ci/run` calls."""
    status: int = load_tool("verify_demo").main(folder)
    return status


def test_the_demonstration_ends_with_a_digest_that_is_right(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    ended = run("demo", "--keep", str(folder))
    assert ended.returncode == 0, ended.stderr
    assert verify(folder) == 0
    assert str(folder / "digests/daily/latest.html") in ended.stdout
    again = run("--config", str(folder / "config"), "status")
    assert again.returncode == 0, again.stdout


def test_it_starts_afresh_in_its_own_folder_and_empties_no_other(run: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    refused = run("demo", "--keep", str(tmp_path))
    assert refused.returncode == 1
    assert "not the demonstration's" in refused.stderr
    assert (tmp_path / "letter.txt").read_text() == "dear"


def test_saved_documents_go_the_same_way(run: Run, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    shutil.copytree(demo.first_edition(), saved)
    (saved / "page.xml").write_text("<html><body>Blocked</body></html>")
    (saved / "manifest.txt").write_text("not a feed")
    ended = run("demo", "--documents", str(saved), "--keep", str(tmp_path / "demo"))
    assert ended.returncode == 0, ended.stderr
    summary = json.loads((tmp_path / "demo" / "demo.json").read_text(encoding="utf-8"))
    assert summary["feeds"] == 11
    assert summary["first_poll"] | {"items": 88, "failed": 1} == summary["first_poll"]
    assert summary["second_poll"]["not_modified"] == 10
    assert len(summary["errors"]) == 2  # the page, at either poll


@pytest.mark.skipif(not SAVED.is_dir(), reason="no saved feeds beside the project")
def test_real_documents_lose_nothing(run: Run, tmp_path: Path) -> None:
    lines = (SAVED / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    expected = [json.loads(line) for line in lines]
    run("demo", "--documents", str(SAVED), "--keep", str(tmp_path / "demo"))
    summary = json.loads((tmp_path / "demo" / "demo.json").read_text(encoding="utf-8"))
    assert summary["errors"] == []
    assert summary["first_poll"]["documents"] == summary["feeds"] == len(expected)
    assert summary["first_poll"]["items"] >= sum(entry["entries"] for entry in expected)
    assert summary["first_poll"]["new"] == summary["first_poll"]["items"]
    assert summary["second_poll"]["not_modified"] == len(expected)
