from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.news import rss

from techwatch.installation import shipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from techwatch.testing import Publisher

    Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    copy = tmp_path / "desk" / "baseline"
    shutil.copytree(shipped("baseline"), copy)
    return copy


def test_the_baseline_is_well(run: Run, tmp_path: Path) -> None:
    assert "is well" in run("baseline", "check").stdout
    empty = run("--baseline", str(tmp_path), "baseline", "check")
    assert empty.returncode == 2
    assert "events.yaml" in empty.stderr


def test_a_name_that_is_a_common_word_needs_a_rule(run: Run, directory: Path) -> None:
    path = directory / "actors" / "new.yaml"
    path.write_text(
        "- id: window\n  kind: actor\n  type: company\n  name: Window\n"
        "  names: {en: [Window]}\n  documents: [wsj-2021-06]\n",
        encoding="utf-8",
    )
    ended = run("--baseline", str(directory), "baseline", "check")
    assert ended.returncode == 2
    assert "new.yaml:5:" in ended.stderr
    assert "'Window'" in ended.stderr


def test_a_disputed_fact_is_shown_as_such(run: Run) -> None:
    shown = run("baseline", "show", "ant_group").stdout
    assert "otherwise: " in shown


def test_show_tells_names_state_facts_and_next_steps(run: Run) -> None:
    shown = run("baseline", "show", "Personal Information Protection Law").stdout
    for part in (
        "Personal Information Protection Law (pipl, statute)",
        "个人信息保护法",
        "Law-making: proposed by cn, 2021-04",
        "China's New Power Play",
        "up: ",
        "passed",
        "back: withdrawn or repealed",
    ):
        assert part in shown, part
    assert json.loads(run("baseline", "show", "--json", "pipl").stdout)["id"] == "pipl"
    unknown = run("baseline", "show", "huawie")
    assert unknown.returncode == 1
    assert "near: huawei" in unknown.stderr


def test_the_state_at_an_earlier_time(run: Run) -> None:
    then = json.loads(run("baseline", "show", "tiktok", "--as-of", "2020-09", "--json").stdout)
    assert then["facts"]
    assert max(fact["date"] for fact in then["facts"]) < "2020-10"
    before = json.loads(run("baseline", "show", "pipl", "--as-of", "2020-09", "--json").stdout)
    assert before["standings"] == []
    wrong = run("baseline", "show", "tiktok", "--as-of", "yesterday")
    assert wrong.returncode == 2
    assert "yesterday" in wrong.stderr


def test_list_has_a_line_for_each_entity(run: Run) -> None:
    records = [json.loads(line) for line in run("baseline", "list", "--json").stdout.splitlines()]
    assert len({record["id"] for record in records}) == len(records) > 150
    keys = {"id", "kind", "names", "weak", "documents", "state", "facts"}
    assert all(keys <= set(record) for record in records)
    [dsl] = [record for record in records if record["id"] == "dsl"]
    assert dsl["state"]["law_making/cn"] == "passed"
    laws = run("baseline", "list", "--kind", "law", "--json").stdout.splitlines()
    assert {json.loads(line)["kind"] for line in laws} == {"law"}
    assert "Huawei" in run("baseline", "list").stdout


def test_search_finds_names_and_facts(run: Run) -> None:
    assert "huawei" in run("baseline", "search", "華為").stdout
    assert "huawei_5g_lobby" in run("baseline", "search", "5g networks").stdout
    nothing = run("baseline", "search", "zebra crossing")
    assert nothing.returncode == 1
    assert "nothing" in nothing.stderr


def test_stats_count(run: Run) -> None:
    counted = json.loads(run("baseline", "stats", "--json").stdout)
    assert counted["entities by kind"]["law"] >= 60
    assert set(counted["names by language"]) == {"en", "zh", "nb"}
    assert set(counted["phrases by language"]) == {"en", "zh", "nb"}
    assert "facts by document" in run("baseline", "stats").stdout


def test_a_fact_is_added_by_command(run: Run, directory: Path) -> None:
    fact = ("--text", "The law was passed.", "--source", "wsj-2021-06", "--date", "2021-06-09")
    step = ("--event", "law_passed", "--by", "cn")
    ended = run("--baseline", str(directory), "baseline", "add", "pipl", *fact, *step)
    assert ended.returncode == 0, ended.stderr
    shown = run("--baseline", str(directory), "baseline", "show", "pipl").stdout
    assert "Law-making: passed by cn, 2021-06-09" in shown
    wrong = run("--baseline", str(directory), "baseline", "add", "pipl", *fact, "--event", "x")
    assert wrong.returncode == 2


def test_diff_says_what_an_edit_changes(run: Run, publisher: Publisher, directory: Path) -> None:
    publisher.publish(
        "news.rss", rss("EU fines TikTok 530 million euros", "Best apple pie recipes")
    )
    run("poll")
    git = [
        "git",
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.org",
        "-C",
        str(directory.parent),
    ]
    for step in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *step], check=True)
    there = ("--baseline", str(directory), "baseline", "diff")
    assert "2 items: 0 verdicts change" in run(*there, "HEAD").stdout

    for path in (directory / "actors").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace("TikTok", "Tocktick").replace("Tik Tok", "Tock"), encoding="utf-8"
        )
    changed = run(*there, "HEAD", "--json")
    assert changed.returncode == 0, changed.stderr
    [change] = map(json.loads, changed.stdout.splitlines())
    assert change["title"].startswith("EU fines TikTok")
    assert "tiktok" in change["lost"]
    assert "-tiktok" in run(*there, str(shipped("baseline"))).stdout
    unknown = run(*there, "nonsense")
    assert unknown.returncode == 1
    assert "no revision 'nonsense'" in unknown.stderr
