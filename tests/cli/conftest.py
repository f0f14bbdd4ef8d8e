from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WARM = Path(__file__).with_name("warm.py")


class CommandLine:
    """The real command line, each time in a new process, which need not import techwatch first."""

    def __init__(self) -> None:
        answers, theirs = os.pipe()
        command = [sys.executable, "-X", "utf8", str(WARM), str(theirs)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, text=True, pass_fds=[theirs]
        )
        os.close(theirs)
        self._answers = os.fdopen(answers)

    def run(
        self, arguments: list[str], environment: dict[str, str], stdin: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        with tempfile.TemporaryDirectory() as folder:
            streams = [Path(folder, name) for name in ("stdin", "stdout", "stderr")]
            for path, text in zip(streams, (stdin, "", ""), strict=True):
                path.write_text(text, encoding="utf-8")
            request = {"arguments": arguments, "environment": environment, "folder": folder}
            assert self._process.stdin is not None
            print(
                json.dumps(request | {"working": os.getcwd()}),  # noqa: PTH109 - as it is
                file=self._process.stdin,
                flush=True,
            )
            status = int(self._answers.readline())
            _, out, err = (path.read_text(encoding="utf-8") for path in streams)
            return subprocess.CompletedProcess(arguments, status, out, err)

    def close(self) -> None:
        """End the process that waits for commands."""
        self._process.communicate()
        self._answers.close()


@pytest.fixture(scope="session")
def command_line() -> Iterator[CommandLine]:
    started = CommandLine()
    yield started
    started.close()


@pytest.fixture
def run(config: Path, command_line: CommandLine) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The real command line in a process of its own, on the test's configuration."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TECHWATCH_")}

    def command(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return command_line.run(["--config", str(config), *arguments], environment, stdin)

    return command
