"""Measure whether a replay is repeatable, and what the order of arrival changes.

usage: quality_replay.py [--seeds N]

Replays the ten-day stream twice, in processes that hash differently, and compares the bytes. Then
replays labelled items, stories and the stream as they would have arrived in shuffled orders, each
held against the replay in the order of time. Prints the speed too. Skips with the reason where the
data are absent. docs/quality.md says more.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labelled import DEV_ITEMS, DEV_STORIES, STREAM, Bench

from techwatch.assessment import AssessmentSettings
from techwatch.judging import Judge
from techwatch.matching import MatchingSettings
from techwatch.replay import archive, replaying
from techwatch.replay.differences import compare
from techwatch.replay.outcomes import record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.replay.archive import Archive

Records = dict[str, dict[str, Any]]


def replayed(found: Archive, judge: Judge) -> Records:
    """Replay an archive in the order of its lines."""
    outcomes = replaying.as_arrived(found.lines, judge)
    return {o.line.item.id: record(o, judge.baseline) for o in outcomes}


def repeated() -> str:
    """Replay the stream in two processes and say whether their outputs are the same."""
    hashes, seconds, items = set(), 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.jsonl"
        for seed in ("1", "2"):
            command = [sys.executable, "-m", "techwatch", "replay", str(STREAM), "--json"]
            ended = subprocess.run(  # noqa: S603 - techwatch itself
                [*command, "--out", str(out)],
                check=True,
                capture_output=True,
                text=True,
                env=os.environ | {"PYTHONHASHSEED": seed},
            )
            summary = json.loads(ended.stdout)
            seconds, items = summary["seconds"], summary["items"]
            hashes.add(hashlib.sha256(out.read_bytes()).hexdigest())
    same = "byte for byte the same" if len(hashes) == 1 else "NOT the same"
    return f"repeated replay: {same}; {items} items, {items / seconds:.0f} a second of a core"


def rows(judge: Judge, seeds: int) -> Iterator[str]:
    """Say for each archive and seed how much another order of arrival changes."""
    for path in (DEV_ITEMS, DEV_STORIES, STREAM):
        found = archive.read([path])
        in_order = replayed(found.in_order(), judge)
        for seed in range(seeds):
            lines = list(found.lines)
            random.Random(seed).shuffle(lines)  # noqa: S311 - to repeat it by
            started = time.process_time()
            result = compare(in_order, replayed(replace(found, lines=tuple(lines)), judge))
            verdicts, stories = len(result.verdicts), len(result.stories)
            parts = (path.name, seed, result.items, verdicts, stories)
            shares = (f"{100 * n / result.items:.2f} %" for n in (verdicts, stories))
            rate = f"{result.items / (time.process_time() - started):.0f}"
            yield f"| {' | '.join(map(str, (*parts, *shares, rate)))} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=2, help="shuffled orders of each archive")
    options = parser.parse_args()
    absent = [path for path in (DEV_ITEMS, DEV_STORIES, STREAM) if not path.exists()]
    if absent:
        print(f"replay: skipped, {absent[0]} is not here")
        return
    print(repeated())
    print("| archive | order | items | other verdict | other company | | | items a second |")
    print("| --- |" + " ---: |" * 7)
    judge = Judge.of(Bench.make().baseline, MatchingSettings(), AssessmentSettings())
    for row in rows(judge, options.seeds):
        print(row, flush=True)


if __name__ == "__main__":
    main()
