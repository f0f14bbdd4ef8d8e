"""The trials of `tools/`, run by tests in a short form."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.tools import TOOLS

# By this variable coverage begins in every new process. What trials reach, other tests reach too;
# measured, their many processes need twice the time, and killed ones leave half a file.
_MEASURED = "COVERAGE_PROCESS_CONFIG"


def unmeasured() -> dict[str, str]:
    """Return the environment of processes whose coverage is not measured."""
    return {name: value for name, value in os.environ.items() if name != _MEASURED}


def trial(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module of `tools/` by its name, to its end."""
    command = [sys.executable, "-W", "ignore", str(TOOLS / f"{name}.py"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, env=unmeasured()
    )
