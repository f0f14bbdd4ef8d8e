"""A techwatch of a release to come: this one, with one more migration, in a folder of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent, indent

from tests.trials import unmeasured

import techwatch
from techwatch.storage.database import SCHEMA

_PACKAGE = Path(techwatch.__file__).parent
_FOLDER = "newer"  # whose coverage is not counted; see pyproject.toml
_BESIDE = ("pyproject.toml", "baseline", "config")  # what a checkout has
NEXT = f"{int(SCHEMA) + 1:04}"
_MIGRATION = f"""
import os
import time
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{SCHEMA}"
branch_labels = None
depends_on = None


def upgrade() -> None:
"""


class Newer:
    """A program whose migration does what `body` says; run as a user runs it."""

    def __init__(self, folder: Path, body: str, *, patience: float = 60) -> None:
        """Make it in an empty folder.

        Args:
            folder: where it goes.
            body: the statements of the migration's `upgrade`.
            patience: seconds that it waits for others, whole.
        """
        source = folder / _FOLDER
        self._source = source
        shutil.copytree(_PACKAGE, source / "techwatch")
        for name in _BESIDE:
            (folder / name).symlink_to(_PACKAGE.parents[1] / name)
        self._change("database.py", f'SCHEMA = "{SCHEMA}"', f'SCHEMA = "{NEXT}"')
        self._change("locks.py", '_PATIENCE = "60s"', f'_PATIENCE = "{patience}s"')
        milliseconds = f"_BUSY_TIMEOUT_MS = {1000 * patience:.0f}"
        self._change("sqlite.py", "_BUSY_TIMEOUT_MS = 15_000", milliseconds)
        migration = self._storage / "migrations" / "versions" / f"{NEXT}_of_a_test.py"
        migration.write_text(_MIGRATION + indent(dedent(body), "    "), encoding="utf-8")

    @property
    def _storage(self) -> Path:
        return self._source / "techwatch" / "storage"

    def _change(self, module: str, old: str, new: str) -> None:
        path = self._storage / module
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{module} has no {old}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def start(self, url: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a command on a database."""
        environment = {"PYTHONPATH": str(self._source), "TECHWATCH_DATABASE_URL": url}
        return subprocess.Popen(
            [sys.executable, "-m", "techwatch", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=unmeasured() | environment,
        )

    def run(self, url: str, *arguments: str) -> tuple[int, str]:
        """Run a command to its end; returns its exit status and all that it said."""
        return ended(self.start(url, *arguments))


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for a command; returns its exit status and all that it said."""
    said = "".join(process.communicate(timeout=120))
    return process.returncode, said
