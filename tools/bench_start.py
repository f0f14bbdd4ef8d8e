"""Measure how long a command takes from the shell's return key to its end.

    python tools/bench_start.py [--runs N]

Each command runs as a process of its own; the first run of `check` reads and checks all files, the
later ones find what it prepared. Beside them stands a Python that does nothing: the bound.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

TECHWATCH = [sys.executable, "-m", "techwatch"]
TEXT = "Montana bans TikTok"
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "techwatch --version": [*TECHWATCH, "--version"],
    "techwatch check TEXT": [*TECHWATCH, "check", TEXT],
    "techwatch check NAME": [*TECHWATCH, "check", "huawei"],
    "techwatch config check": [*TECHWATCH, "config", "check"],
}


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Run a command and return how long it took."""
    began = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)  # noqa: S603 - ours
    return time.perf_counter() - began


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    table = Table(title=f"Seconds a command, {runs} runs after the first")
    for column in ("command", "first", "least", "median", "most"):
        table.add_column(column, justify="left" if column == "command" else "right")
    with tempfile.TemporaryDirectory() as folder:
        places = {"XDG_CACHE_HOME": folder, "TECHWATCH_DATA_DIR": str(Path(folder) / "data")}
        environment = dict(os.environ) | places
        for name, command in COMMANDS.items():
            first, *later = (seconds(command, environment) for _ in range(runs + 1))
            figures = (first, min(later), statistics.median(later), max(later))
            table.add_row(name, *(f"{figure:.2f}" for figure in figures))
    Console().print(table)


if __name__ == "__main__":
    main()
