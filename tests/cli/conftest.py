from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def run(config: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The real command line in a process of its own, on the test's configuration."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TECHWATCH_")}

    def command(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "techwatch", "--config", str(config), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )

    return command
