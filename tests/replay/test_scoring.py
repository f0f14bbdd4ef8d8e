from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from techwatch.replay import archive, replaying
from techwatch.replay.differences import compare, moves
from techwatch.replay.outcomes import FOUND, label, record
from techwatch.replay.scoring import figures, score

if TYPE_CHECKING:
    from techwatch.judging import Judge

SHARED = Path(__file__).parents[3] / "shared"
there = pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not here: not compared")


def found(item: str, verdict: str, story: str = "s", score: float = 0.5) -> dict[str, Any]:
    return {
        "id": item,
        "title": item,
        "verdict": verdict,
        "story": story,
        "score": score,
        "actors": ["tiktok"],
        "laws": [],
        "reasons": [f"{item} is {verdict}."],
    }


def test_figures_of_a_small_case_counted_by_hand() -> None:
    gold = [
        {"verdict": "escalating", "actors": ["tiktok"], "importance": 3, "story": "a"},
        {"verdict": "novel", "actors": ["huawei"], "importance": 0, "story": "a"},
        {"verdict": "unrelated", "actors": ["tiktok"], "importance": 2, "story": "b"},
        {"verdict": "known", "actors": [], "importance": 1, "story": "b"},
    ]
    said = [
        found("1", "escalating", "x", 0.9),
        found("2", "known", "x", 0.8),
        found("3", "novel", "x", 0.2),
        found("4", "known", "y", 0.1),
    ]
    result = score(list(zip(gold, said, strict=True)))
    assert result["items"] == 4
    assert result["flagged"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert result["relevant"] == {"precision": 0.75, "recall": 1.0, "f1": 0.857}
    assert result["accuracy"] == 0.5
    assert result["verdicts"]["known"] == {"precision": 0.5, "recall": 1.0, "f1": 0.667}
    assert result["actors"] == {"precision": 0.5, "recall": 0.667, "f1": 0.571}
    assert "laws" not in result
    assert result["average_precision"] == round((1 + 2 / 3) / 2, 3)
    assert result["stories"]["precision"] == round((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4, 3)
    assert result["stories"]["recall"] == round((1 + 1 + 1 / 2 + 1 / 2) / 4, 3)
    assert figures(0, 0, 0) == {"precision": 0.0, "recall": 0.0, "f1": 0.0}


def test_only_what_is_labelled_is_scored() -> None:
    assert score([({"story": "a"}, found("1", "novel"))]).keys() == {"items", "stories"}


def test_labels_are_found_where_a_line_or_a_replay_puts_them() -> None:
    assert label({"title": "x"}) == {}
    assert label({"verdict": "spam", "actors": "TikTok", "story": 5}) == {}  # other people's keys
    assert label({"title": "x", "verdict": "known"})["verdict"] == "known"
    assert label({"label": "novel", "verdict": "known"})["verdict"] == "novel"
    out = dict.fromkeys(FOUND) | {
        "verdict": "known",
        "given": {"verdict": "novel", "actors": ["a"]},
    }
    again = label(out)
    assert (again["verdict"], again["actors"]) == ("novel", ["a"])
    assert label(dict.fromkeys(FOUND) | {"verdict": "known"}) == {}  # of a replay, not of a reader


def test_two_replays_differ_in_verdicts_and_in_company() -> None:
    before = {r["id"]: r for r in (found("1", "novel"), found("2", "novel"), found("3", "known"))}
    after = {
        r["id"]: r
        for r in (found("1", "novel", "t"), found("2", "escalating", "t", 0.7), found("4", "novel"))
    }
    result = compare(before, after)
    assert (result.items, result.only_before, result.only_after) == (2, 1, 1)
    assert result.stories == ()  # the story has another name, and the same items
    [one] = result.verdicts
    assert (one.id, one.verdict_before, one.verdict_after) == ("2", "novel", "escalating")
    assert (one.reason_before, one.reason_after) == ("2 is novel.", "2 is escalating.")
    assert moves(result.verdicts) == [("novel", "escalating", 1)]
    apart = compare(before, before | {"2": found("2", "novel", "alone")})
    assert set(apart.stories) == {"1", "2", "3"}


@there
def test_the_figures_are_those_of_the_scorers_beside_the_data(judge: Judge, tmp_path: Path) -> None:
    items = SHARED / "data" / "dev_items.jsonl"
    lines = archive.read([items]).in_order().lines[::4]
    records = [record(o, judge.baseline) for o in replaying.alone(lines, judge)]
    gold, said = tmp_path / "gold.jsonl", tmp_path / "said.jsonl"
    gold.write_text("".join(json.dumps(line.raw) + "\n" for line in lines))
    said.write_text("".join(json.dumps(r) + "\n" for r in records))
    scorer = [sys.executable, str(SHARED / "tools" / "score.py"), str(gold), str(said), "--json"]
    ended = subprocess.run(scorer, capture_output=True, text=True, check=True)
    theirs = json.loads(ended.stdout)["all"]
    ours = score([(label(r), r) for r in records])
    for part in ("flagged", "relevant", "actors", "laws"):
        assert list(ours[part].values()) == list(theirs[part].values()), part
    assert ours["accuracy"] == theirs["verdict"]["accuracy"]
    assert ours["verdicts"]["known"]["f1"] == theirs["verdict"]["known"]
    assert ours["average_precision"] == theirs["ranking"]["average_precision"]
