"""`techwatch emerging`, in processes of its own, on items that came by a feed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from tests.news import rss

from techwatch.installation import shipped

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from techwatch.testing import Publisher

    Run = Callable[..., subprocess.CompletedProcess[str]]

NEWS = (
    "US bans chips of Chinese maker Lumotrix and of Huawei",
    "US sanctions Huawei supplier Lumotrix",
    "Senate passes the Foreign Apps Transparency Act to ban TikTok",
    "Best apple pie recipes of Brontelix for the weekend",
)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    copy = tmp_path / "desk" / "baseline"
    shutil.copytree(shipped("baseline"), copy)
    return copy


@pytest.fixture
def judged(run: Run, publisher: Publisher) -> Run:
    """The command line, with the news polled and judged."""
    publisher.publish("news.rss", rss(*NEWS))
    assert run("run", "--once").returncode == 0
    return run


def listed(run: Run, *arguments: str) -> list[dict[str, Any]]:
    ended = run(*arguments, "emerging", "--json")
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_names_are_listed_with_counts_and_examples(judged: Run) -> None:
    names = {name["name"]: name for name in listed(judged)}
    assert set(names) == {"Lumotrix", "Foreign Apps Transparency Act"}
    assert names["Lumotrix"]["items"] == 2
    assert "huawei" in names["Lumotrix"]["near"]
    assert names["Foreign Apps Transparency Act"]["kind"] == "law"
    table = judged("emerging").stdout
    assert "Lumotrix" in table
    assert "Harbour" not in judged("emerging", "--kind", "law").stdout
    assert "Lumotrix" not in judged("emerging", "--kind", "law").stdout
    assert "Lumotrix" not in judged("emerging", "--since", "2026-03-02").stdout
    limited = judged("emerging", "--limit", "1")
    assert "1 more" in limited.stderr


def test_a_name_is_shown_with_its_links(judged: Run) -> None:
    shown = judged("emerging", "show", "LUMOTRIX Inc.").stdout
    for part in (*NEWS[:2], "https://harbour.example/0", "Huawei", "publishers: Harbour"):
        assert part in shown
    unknown = judged("emerging", "show", "Nobody")
    assert unknown.returncode == 1
    assert "`techwatch emerging` lists" in unknown.stderr


def test_a_dismissed_name_is_listed_no_more_until_taken_back(
    judged: Run, publisher: Publisher
) -> None:
    assert judged("emerging", "dismiss", "Lumotrix", "Nobody").returncode == 1
    assert len(listed(judged)) == 2  # nothing was dismissed by halves
    assert "dismissed: Lumotrix" in judged("emerging", "dismiss", "lumotrix").stdout
    publisher.publish("news.rss", rss("EU bans chips of Lumotrix and Huawei", guids=("9",)))
    judged("run", "--once")
    assert "Lumotrix" not in {name["name"] for name in listed(judged)}
    assert "Lumotrix" in judged("emerging", "--dismissed").stdout
    judged("emerging", "dismiss", "--undo", "Lumotrix")
    assert "Lumotrix" in {name["name"] for name in listed(judged)}


def test_a_draft_becomes_an_entry_and_the_name_emerges_no_more(
    judged: Run, directory: Path
) -> None:
    at = ("--baseline", str(directory))
    printed = judged(*at, "emerging", "draft", "Lumotrix")
    assert printed.returncode == 0, printed.stderr
    for part in ("# actors/lumotrix.yaml", "country: cn", "en: [Lumotrix]", "publisher: Harbour"):
        assert part in printed.stdout
    assert not (directory / "actors/lumotrix.yaml").exists()

    written = judged(*at, "emerging", "draft", "Lumotrix", "--write")
    assert written.stdout.strip() == str(directory / "actors/lumotrix.yaml")
    checked = judged(*at, "baseline", "check")
    assert checked.returncode == 0, checked.stderr
    assert "Lumotrix" not in {name["name"] for name in listed(judged, *at)}
    assert "in the baseline by now" in judged(*at, "emerging", "show", "Lumotrix").stdout

    again = judged(*at, "emerging", "draft", "Lumotrix", "--write")
    assert again.returncode == 1
    assert "has an entity 'lumotrix'" in again.stderr


def test_without_a_database_it_says_what_makes_one(run: Run) -> None:
    for command in (("emerging",), ("emerging", "show", "X"), ("emerging", "dismiss", "X")):
        ended = run(*command)
        assert ended.returncode == 1
        assert "`techwatch run`" in ended.stderr


def test_the_help_has_examples(run: Run) -> None:
    for command in ((), ("dismiss",), ("draft",)):
        assert "techwatch emerging" in run("emerging", *command, "--help").stdout
