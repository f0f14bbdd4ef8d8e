"""Measure how fast archives are judged: in this process, in several, on a local Dask cluster.

usage: bench_replay.py [--items N] [--ways 1,2,dask] [--stream-items N]

The first archive is the ten-day stream, if its data are there; the second is synthetic: as many
items as told, over ten years, made of the stream's own (else made up) with new ids and times, so
that the share of items on the topic stays. Each way judges each archive by `techwatch replay` in a
process of its own. Prints items a second by the clock, the processor time of the process and of
those it started (not of a cluster's workers), and a hash of what came out: the same for all ways.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labelled import STREAM

if TYPE_CHECKING:
    from collections.abc import Iterator

_START = datetime(2014, 1, 1, tzinfo=UTC)
_TEN_YEARS = 3652.0  # days


def stream() -> list[dict[str, Any]]:
    """Read the stream, or make items up where it is absent."""
    if not STREAM.exists():
        return [
            {
                "title": f"Apple pie number {n}",
                "published": "2023-01-20",
                "source": f"Quay {n % 300}",
            }
            if n % 100
            else {"title": f"EU fines TikTok {n} million euros", "source": "Quay"}
            for n in range(20_000)
        ]
    with gzip.open(STREAM, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def synthetic(count: int, folder: Path) -> list[Path]:
    """Write so many items over ten years, in a file a year, each year in any order."""
    chance = random.Random(1)  # noqa: S311 - to repeat it by
    items = stream()
    files = [folder / f"year-{year}.jsonl.gz" for year in range(10)]
    for year, path in enumerate(files):
        with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
            for number in range(year * count // 10, (year + 1) * count // 10):
                day = (year + chance.random()) * _TEN_YEARS / 10
                at = (_START + timedelta(days=day)).isoformat()
                line = items[number % len(items)] | {"id": f"s{number}", "published": at}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return files


def measured(paths: list[Path], way: list[str], out: Path) -> tuple[float, dict[str, Any], str]:
    """Return the seconds by the clock, the summary, and a hash of what came out."""
    command = [sys.executable, "-m", "techwatch", "replay", *map(str, paths), *way]
    started = time.monotonic()
    ended = subprocess.run(  # noqa: S603 - techwatch itself
        [*command, "--json", "--out", str(out)], check=True, capture_output=True, text=True
    )
    seconds = time.monotonic() - started
    hashed = hashlib.sha256(out.read_bytes()).hexdigest()[:12]
    return seconds, json.loads(ended.stdout), hashed


def rows(name: str, paths: list[Path], ways: list[str], folder: Path) -> Iterator[str]:
    """Measure one archive in every way."""
    for way in ways:
        if way == "dask":
            from distributed import LocalCluster  # noqa: PLC0415 - for this way only

            with LocalCluster(
                n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=folder
            ) as cluster:
                found = measured(paths, ["--dask", cluster.scheduler_address], folder / "out")
        else:
            found = measured(paths, ["--processes", way], folder / "out")
        seconds, summary, hashed = found
        items = summary["items"]
        used = f"{summary['seconds']:.0f}"
        parts = (name, way, f"{items:,}", f"{items / seconds:,.0f}", f"{seconds:.0f}", used, hashed)
        yield f"| {' | '.join(parts)} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--items", type=int, default=200_000, help="of the synthetic archive")
    parser.add_argument("--ways", default="1,2,dask", help="numbers of processes, and dask")
    options = parser.parse_args()
    ways = options.ways.split(",")
    print("| archive | way | items | items a second | seconds | processor time | bytes |")
    print("| --- | --- |" + " ---: |" * 5)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if STREAM.exists():
            for row in rows("stream", [STREAM], ways, folder):
                print(row, flush=True)
        if options.items:
            for row in rows("ten years", synthetic(options.items, folder), ways, folder):
                print(row, flush=True)
    print(f"{os.cpu_count()} cores")


if __name__ == "__main__":
    main()
