from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from techwatch.installation import shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., subprocess.CompletedProcess[str]]

ITEMS = Path(__file__).parents[1] / "replay" / "items.jsonl"
SHARED = Path(__file__).parents[3] / "shared"
there = pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not here: not compared")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_lines_come_out_with_verdicts_and_the_summary_beside_them(run: Run, tmp_path: Path) -> None:
    out, stories = tmp_path / "out.jsonl", tmp_path / "stories.jsonl"
    ended = run("replay", str(ITEMS), "--out", str(out), "--stories", str(stories))
    assert ended.returncode == 0, ended.stderr
    assert "18 items" in ended.stdout
    assert "1 undated: judged last" in ended.stdout
    assert "2024-05-02" in ended.stdout
    found = lines(out)
    assert len(found) == 18
    assert found[-1]["id"] == "d3"
    montana = [line["story"] for line in found if line["id"] in {"a1", "a2"}]
    assert len(set(montana)) == 1
    [story] = [s for s in lines(stories) if s["story"] == montana[0]]
    assert {"a1", "a2"} <= set(story["items"])
    assert (story["event"], story["verdict"]) == ("banned", "escalating")
    assert not (tmp_path / "data").exists()  # no store is made


def test_without_a_file_lines_go_to_standard_output(run: Run) -> None:
    ended = run("replay", str(ITEMS), "--json")
    assert len([json.loads(line) for line in ended.stdout.splitlines()]) == 18
    summary = json.loads(ended.stderr)
    assert summary["items"] == sum(summary["by_verdict"].values()) == 18
    assert summary["days"]["2024-05-02"]["developments"] == 1


def test_a_repeated_replay_is_the_same_byte_for_byte(tmp_path: Path, config: Path) -> None:
    shuffled = ITEMS.read_text(encoding="utf-8").splitlines()
    random.Random(1).shuffle(shuffled)
    halves = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    for path, part in zip(halves, (shuffled[:9], shuffled[9:]), strict=True):
        path.write_text("\n".join(part), encoding="utf-8")
    found = []
    for seed, paths in (("1", [ITEMS]), ("2", [ITEMS]), ("3", halves)):
        out = tmp_path / f"{seed}.jsonl"
        command = [sys.executable, "-m", "techwatch", "--config", str(config), "replay"]
        subprocess.run(
            [*command, *map(str, paths), "--out", str(out)],
            check=True,
            capture_output=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        )
        found.append(out.read_bytes())
    assert found[0] == found[1] == found[2]
    assert found[0]


def test_bad_lines_are_told_and_the_rest_is_judged(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"title": "EU fines TikTok"}\nnonsense\n{"published": "2024"}\n')
    ended = run("replay", str(bad))
    assert ended.returncode == 2
    assert f"{bad}:2: is not JSON" in ended.stderr
    assert f"{bad}:3: has neither title nor summary" in ended.stderr
    assert "2 lines left out" in ended.stderr
    assert json.loads(ended.stdout)["title"] == "EU fines TikTok"


def test_a_period_is_taken_out_of_an_archive(run: Run) -> None:
    ended = run("replay", str(ITEMS), "--from", "2024-05-06", "--to", "2024-05-07")
    found = [json.loads(line)["published"] for line in ended.stdout.splitlines()]
    assert len(found) == 4
    assert all("06" in time or "07" in time for time in found)
    assert "14 of another time, or undated: left out" in ended.stderr


def test_labels_are_scored_from_the_lines_or_another_file(run: Run, tmp_path: Path) -> None:
    labelled, labels = tmp_path / "labelled.jsonl", tmp_path / "labels.jsonl"
    labelled.write_text(
        '{"id": "1", "title": "EU fines TikTok 500 million euros", "verdict": "escalating"}\n'
        '{"id": "2", "title": "Best apple pie recipes", "verdict": "novel"}\n'
    )
    ended = run("replay", str(labelled), "--independent", "--out", str(tmp_path / "o.jsonl"))
    assert "Against 2 labels" in ended.stdout
    assert "accuracy 0.500" in ended.stdout
    labels.write_text('{"id": "2", "title": "Best apple pie recipes", "label": "unrelated"}\n')
    ended = run("replay", str(labelled), "--labels", str(labels), "--json")
    score = json.loads(ended.stderr)["score"]
    assert (score["items"], score["accuracy"]) == (1, 1.0)
    first = json.loads(ended.stdout.splitlines()[0])
    assert first["given"] == {"verdict": "escalating"}


def test_two_outputs_and_two_baselines_are_compared(run: Run, tmp_path: Path) -> None:
    before, after = tmp_path / "before.jsonl", tmp_path / "after.jsonl"
    run("replay", str(ITEMS), "--out", str(before))
    assert "0 verdicts differ" in run("replay", "--compare", str(before), str(before)).stdout

    trial = tmp_path / "trial"
    shutil.copytree(shipped("baseline"), trial)
    path = trial / "actors" / "platforms.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("TikTok", "Tocktick").replace("Tik Tok", "Tock"), encoding="utf-8")
    run("replay", str(ITEMS), "--baseline", str(trial), "--out", str(after))
    told = run("replay", "--compare", str(before), str(after)).stdout
    assert "escalating -> " in told
    assert "Montana bans TikTok across the state  [a1]" in told
    direct = run("replay", str(ITEMS), "--against", str(trial))
    assert direct.stdout == told
    as_json = run("replay", "--compare", str(before), str(after), "--json")
    assert len(as_json.stdout.splitlines()) == told.count("before: ")

    wrong = run("replay", "--compare", str(before), str(ITEMS))
    assert wrong.returncode == 2
    assert "is no output of `techwatch replay`" in wrong.stderr
    assert run("replay").returncode == 2


@there
@pytest.mark.parametrize(
    ("items", "scorer", "options"),
    [
        ("dev_items.jsonl", "score.py", ["--independent"]),
        ("dev_stories.jsonl", "score_stories.py", []),
    ],
)
def test_the_scorers_beside_the_data_take_what_comes_out(
    run: Run, tmp_path: Path, items: str, scorer: str, options: list[str]
) -> None:
    gold, out = SHARED / "data" / items, tmp_path / "out.jsonl"
    assert run("replay", str(gold), *options, "--out", str(out)).returncode == 0
    command = [sys.executable, str(SHARED / "tools" / scorer), str(gold), str(out)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "f1" in ended.stdout


def test_processes_and_windows_decide_nothing(run: Run, tmp_path: Path) -> None:
    outs = []
    for name, options in (
        ("a", ["--processes", "1"]),
        ("b", ["--processes", "2", "--window", "1"]),
    ):
        out, stories = tmp_path / name, tmp_path / f"{name}.stories"
        ended = run("replay", str(ITEMS), "--out", str(out), "--stories", str(stories), *options)
        assert ended.returncode == 0, ended.stderr
        outs.append(out.read_bytes() + stories.read_bytes())
    assert outs[0] == outs[1]


def test_what_stands_under_the_name_is_whole(run: Run, tmp_path: Path, config: Path) -> None:
    out, many = tmp_path / "out.jsonl", tmp_path / "many.jsonl"
    out.write_text("from before", encoding="utf-8")
    text = '{"id": "%d", "title": "EU fines TikTok %d million euros"}\n'
    many.write_text("".join(text % (n, n) for n in range(3000)), encoding="utf-8")
    command = [sys.executable, "-m", "techwatch", "--config", str(config), "replay", str(many)]
    running = subprocess.Popen([*command, "--out", str(out), "--processes", "2"])
    part = tmp_path / "out.jsonl.part"
    try:
        while not part.exists() or not part.stat().st_size:
            assert running.poll() is None, "ended before a line was written"
            time.sleep(0.05)
    finally:
        running.kill()
        running.wait()
    assert out.read_text(encoding="utf-8") == "from before"
    assert run("replay", str(ITEMS), "--out", str(out)).returncode == 0
    assert len(lines(out)) == 18
    assert not part.exists()


def in_group(group: int) -> list[str]:
    """The processes of a group that live."""
    command = ["ps", "-ewwo", "pgid=,stat=,args="]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = (line.split(None, 2) for line in found.stdout.splitlines())
    return [row[2] for row in rows if int(row[0]) == group and not row[1].startswith("Z")]


@pytest.fixture
def heeded() -> Iterator[None]:
    """Have processes heed Ctrl-C although the tests run where it is ignored, as behind `&`."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(shutil.which("ps") is None, reason="no ps here")
@pytest.mark.usefixtures("heeded")
@pytest.mark.parametrize("when", ["while they start", "while they read"])
def test_ctrl_c_ends_all_processes_and_leaves_what_was_there(
    tmp_path: Path, config: Path, when: str
) -> None:
    out, many = tmp_path / "out.jsonl", tmp_path / "many.jsonl"
    out.write_text("from before", encoding="utf-8")
    text = '{"id": "%d", "title": "EU fines TikTok %d million euros"}\n'
    many.write_text("".join(text % (n, n) for n in range(6000)), encoding="utf-8")
    command = [sys.executable, "-m", "techwatch", "--config", str(config), "replay", str(many)]
    part = tmp_path / "out.jsonl.part"
    with subprocess.Popen(
        [*command, "--out", str(out), "--processes", "2"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        try:
            while not any("spawn_main" in row for row in in_group(running.pid)) or (
                when == "while they read" and not (part.exists() and part.stat().st_size)
            ):
                assert running.poll() is None, "ended before it could be interrupted"
                time.sleep(0.02)
            os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to all of them
            _, said = running.communicate(timeout=60)
        finally:
            running.kill()
    assert running.returncode == 1
    assert said.strip().endswith("Aborted!")
    assert "Traceback" not in said
    end = time.monotonic() + 20
    while in_group(running.pid):  # the last of them end when they see that the first has
        assert time.monotonic() < end
        time.sleep(0.1)
    assert out.read_text(encoding="utf-8") == "from before"
    assert not part.exists()


def test_a_cluster_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed")
    out = tmp_path / "out.jsonl"
    ended = run("replay", str(ITEMS), "--dask", "nonsense://", "--out", str(out))
    assert ended.returncode == 1
    assert "no Dask scheduler answers at nonsense://" in ended.stderr
    assert list(tmp_path.glob("out*")) == []
    both = run("replay", str(ITEMS), "--dask", "tcp://host:8786", "--processes", "2")
    assert both.returncode == 2
