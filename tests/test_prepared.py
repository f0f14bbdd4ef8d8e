from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from techwatch import prepared
from techwatch.assessment.settings import AssessmentSettings
from techwatch.baseline.loading import load
from techwatch.installation import shipped
from techwatch.matching.settings import MatchingSettings
from techwatch.prepared import Prepared


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "techwatch" / "prepared"


@pytest.fixture(scope="module")
def one() -> Prepared:
    baseline = load(shipped("baseline"))
    return Prepared(baseline, MatchingSettings(), AssessmentSettings(), Path("/data"), None)


def test_what_was_kept_comes_back_whole(one: Prepared) -> None:
    assert prepared.read("a") is None
    prepared.write("a", one)
    assert prepared.read("a") == one


def test_a_changed_file_or_override_is_another_key(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: 1")
    before = prepared.key((tmp_path,), ())
    assert prepared.key((tmp_path,), ()) == before
    assert prepared.key((tmp_path,), ("x=1",)) != before
    file.write_text("a: 12")
    assert prepared.key((tmp_path,), ()) != before
    os.utime(file, (1, 1))
    (tmp_path / "b.yaml").write_text("")
    assert prepared.key((tmp_path,), ()) != before


def test_nothing_with_a_secret_is_kept(one: Prepared, cache: Path) -> None:
    url = "postgresql+psycopg://user:secret@db/techwatch"
    prepared.write("a", Prepared(one.baseline, one.matching, one.assessment, one.data_path, url))
    assert not cache.exists()


@pytest.mark.parametrize("content", [b"", b"nonsense", pickle.dumps(["another thing"])])
def test_what_can_t_be_read_is_passed_over(one: Prepared, cache: Path, content: bytes) -> None:
    prepared.write("a", one)
    [path] = cache.iterdir()
    path.write_bytes(content)
    assert prepared.read("a") is None


def test_a_file_of_somebody_else_is_not_read(
    one: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared.write("a", one)
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assert prepared.read("a") is None


def test_a_cache_that_can_t_be_written_is_done_without(
    one: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    prepared.write("a", one)
    assert prepared.read("a") is None


def test_old_entries_go(one: Prepared, cache: Path) -> None:
    for number in range(12):
        prepared.write(f"key{number}", one)
    assert len(list(cache.iterdir())) == 8
