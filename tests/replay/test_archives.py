"""Whoever reads the lines, in whatever pieces, a replay says the same."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techwatch.assessment import AssessmentSettings
from techwatch.baseline.loading import load
from techwatch.errors import ReplayError
from techwatch.matching import MatchingSettings
from techwatch.replay import archive, archives, ordering, replaying, workers
from techwatch.replay.archives import Means
from techwatch.replay.outcomes import record
from techwatch.replay.readings import Recipe, Waiting, read_by
from techwatch.replay.windows import Order, Windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techwatch.judging import Judge

ITEMS = Path(__file__).with_name("items.jsonl")
BASELINE = Path(__file__).parents[2] / "baseline"
ALL_TIME = Order()
STEPS = (
    "{who} is fined 40 million euros by the EU",
    "Montana bans {who} across the state",
    "Federal judge blocks Montana's ban of {who}",
    "US adds {who} to the entity list",
    "Commission opens a formal inquiry into {who}",
    "China's regulator summons {who} over data",
    "{who} opens an office in Lyon",
    "Best apple pie recipes for autumn, seen on {who}",
)
WHO = ("TikTok", "Huawei", "ByteDance", "SMIC", "Tencent", "DJI")


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    return Recipe.of(load(BASELINE), MatchingSettings(), AssessmentSettings())


def made_up(count: int, seed: int = 1, days: float = 500, other: float = 0) -> list[dict[str, Any]]:
    """News of the same few actors over a long time, with repetitions, edits and undated ones."""
    chance = random.Random(seed)
    found: list[dict[str, Any]] = []
    for number in range(count):
        at = datetime(2021, 3, 1, tzinfo=UTC) + timedelta(days=chance.random() * days)
        title = chance.choice(STEPS).format(who=chance.choice(WHO))
        line = {"id": f"n{number}", "title": title, "published": at.isoformat(), "source": "Quay"}
        if chance.random() < other:  # of something else
            line["title"] = f"Apple pie number {number} is the best of the autumn"
        if chance.random() < 0.1 and found:  # an item comes again, as it was or edited, later
            line |= {"id": chance.choice(found)["id"]}
        if chance.random() < 0.02:
            del line["published"]
        found.append(line)
    return found


def write(folder: Path, lines: Sequence[dict[str, Any]], files: int = 1) -> list[Path]:
    paths = []
    for number in range(files):
        path = folder / f"{number}.jsonl"
        part = "".join(json.dumps(line) + "\n" for line in lines[number::files])
        path.write_text(part, encoding="utf-8")
        paths.append(path)
    return paths


def plainly(paths: Sequence[Path], judge: Judge) -> list[str]:
    """What judging all lines in memory says, one after the other."""
    lines = archive.read(paths).in_order().lines
    return [json.dumps(record(o, judge.baseline), ensure_ascii=False) for o in
            replaying.together(lines, judge)]  # fmt: skip


def judged(
    paths: Sequence[Path],
    recipe: Recipe,
    means: Means = Means(1),  # noqa: B008 - a tuple
    order: Order = ALL_TIME,
    in_memory: int = 1_000_000,
) -> list[str]:
    with Windows(order, in_memory) as windows:
        for path in paths:
            windows.read(path)
        found = archives.judged(windows, recipe, means, as_arrived=not order.by_time)
        return [result.text for result in found]


def test_windows_of_any_size_in_memory_or_spilled_say_the_same(
    judge: Judge, recipe: Recipe, tmp_path: Path
) -> None:
    lines = [*made_up(150), *map(json.loads, ITEMS.read_text(encoding="utf-8").splitlines())]
    paths = write(tmp_path, lines, files=3)
    expected = plainly(paths, judge)
    assert len(expected) == len(lines)
    assert sum('"escalating"' in text for text in expected) > 30
    for days, in_memory in ((0.01, 0), (7, 5000), (400, 0), (10_000, 10**9)):
        assert judged(paths, recipe, order=Order(days=days), in_memory=in_memory) == expected
    random.Random(3).shuffle(lines)
    assert judged(write(tmp_path, lines), recipe, in_memory=3000) == expected


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(1, 40),
    span=st.sampled_from([0.001, 3, 60, 2000]),
    days=st.sampled_from([0.5, 30, 365]),
)
def test_any_small_archive_says_the_same(
    judge: Judge,
    recipe: Recipe,
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    count: int,
    span: float,
    days: float,
) -> None:
    paths = write(tmp_path_factory.mktemp("any"), made_up(count, seed, span), files=2)
    assert judged(paths, recipe, order=Order(days=days), in_memory=500) == plainly(paths, judge)


@pytest.mark.parametrize("processes", [2, 3])
def test_processes_say_the_same(
    judge: Judge, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    monkeypatch.setattr(workers, "CHUNK", 7)
    paths = write(tmp_path, made_up(120), files=2)
    assert judged(paths, recipe, Means(processes)) == plainly(paths, judge)


def test_lines_as_they_arrived_say_what_they_said_in_one_process(
    judge: Judge, recipe: Recipe, tmp_path: Path
) -> None:
    [path] = write(tmp_path, made_up(50, days=20))
    lines = archive.read([path]).lines
    expected = [json.dumps(record(o, judge.baseline), ensure_ascii=False) for o in
                replaying.as_arrived(lines, judge)]  # fmt: skip
    order = Order(by_time=False)
    assert judged([path], recipe, order=order, in_memory=900) == expected
    assert judged([path], recipe, Means(2), order=order) == expected
    assert judged([path], recipe) != expected


def test_judged_alone_the_order_decides_nothing(judge: Judge, tmp_path: Path) -> None:
    alone = Recipe.of(judge.baseline, MatchingSettings(), AssessmentSettings(), independent=True)
    [path] = write(tmp_path, made_up(40))
    lines = archive.read([path]).in_order().lines
    expected = [json.dumps(record(o, judge.baseline), ensure_ascii=False) for o in
                replaying.alone(lines, judge)]  # fmt: skip
    assert judged([path], alone) == expected


def test_what_is_forgotten_has_no_say(judge: Judge, tmp_path: Path) -> None:
    """Twelve years of the same few actors: often forgotten, never, the same is said."""
    [path] = write(tmp_path, made_up(250, seed=8, days=4400))
    lines = archive.read([path]).in_order().lines
    read = [Waiting(x, judge.read(x.item, judge.mentions(x.item))) for x in lines]
    numbers = archives_repeated(path)
    often = list(ordering.in_order(iter(read), judge, numbers, timedelta(days=10)))
    never = list(ordering.in_order(iter(read), judge, numbers, timedelta(days=100_000)))
    assert often == never
    assert sum(o.assessment.before is not None for o in never) > 60


def archives_repeated(path: Path) -> dict[int, int]:
    with Windows(ALL_TIME) as windows:
        windows.read(path)
        return dict(windows.repeated())


def children() -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            command = (stat.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == os.getpid() and b"spawn_main" in command:
            found.append(int(stat.parent.name))
    return found


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")


@needs_proc
def test_a_killed_process_leaves_no_gap(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "CHUNK", 40)
    paths = write(tmp_path, made_up(1500, other=0.95), files=2)
    with Windows(ALL_TIME) as windows:
        for path in paths:
            windows.read(path)
        found = archives.judged(windows, recipe, Means(2))
        texts = [next(found).text]
        for pid in children():
            os.kill(pid, signal.SIGKILL)
        texts += [result.text for result in found]
    assert texts == judged(paths, recipe)
    assert not children()


@needs_proc
def test_processes_that_die_again_and_again_are_an_error(recipe: Recipe, tmp_path: Path) -> None:
    paths = write(tmp_path, made_up(1500, other=1))
    done = threading.Event()

    def kill() -> None:
        while not done.wait(0.05):
            for pid in children():
                os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with pytest.raises(ReplayError, match="try fewer with --processes"):
            judged(paths, recipe, Means(2))
    finally:
        done.set()
        killer.join()


def test_another_program_is_refused(recipe: Recipe) -> None:
    other = recipe._replace(program="techwatch 0.0 on Python 3.0")
    with pytest.raises(ReplayError, match=r"but this is techwatch 0\.0"):
        read_by(other, [], ())


class TestCluster:
    """A cluster on this machine: a scheduler and two workers, processes of their own."""

    distributed = pytest.importorskip("distributed", reason="Dask is not installed")

    @pytest.fixture
    def cluster(self, tmp_path: Path) -> Any:
        with self.distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=None,
            local_directory=str(tmp_path / "dask"),
        ) as cluster:
            yield cluster

    @pytest.mark.filterwarnings("ignore")
    def test_two_workers_say_the_same_also_when_one_is_killed(
        self,
        cluster: Any,
        recipe: Recipe,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(workers, "CHUNK", 40)
        paths = write(tmp_path, made_up(1500, other=0.95), files=2)
        expected = judged(paths, recipe)
        means = Means(dask=cluster.scheduler_address)
        assert judged(paths, recipe, means) == expected
        with Windows(ALL_TIME) as windows:
            for path in paths:
                windows.read(path)
            found = archives.judged(windows, recipe, means)
            texts = [next(found).text]
            os.kill(next(iter(cluster.workers.values())).process.pid, signal.SIGKILL)
            texts += [result.text for result in found]
        assert texts == expected
        other = recipe._replace(program="techwatch 0.0 on Python 3.0")
        with pytest.raises(ReplayError, match=r"but this is techwatch 0\.0"):
            judged(paths, other, means)

    def test_no_scheduler_is_an_error(
        self, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from techwatch.replay import cluster  # noqa: PLC0415 - where Dask is there

        monkeypatch.setattr(cluster, "_CONNECT", 0.5)
        started = time.monotonic()
        with pytest.raises(ReplayError, match="no Dask scheduler answers at"):
            judged(write(tmp_path, made_up(3)), recipe, Means(dask="tcp://127.0.0.1:9"))
        assert time.monotonic() - started < 30
