"""A process that has imported techwatch, and becomes the command line in a child for each request.

Importing takes most of the time of a short command. A request is a line of JSON on the standard
input; the answer is the exit status, on the descriptor that the argument names. What the child
reads and writes are files in a folder. From there on all is as in `python -m techwatch`.
"""

from __future__ import annotations

import json
import os
import pkgutil
import runpy
import sys
from pathlib import Path
from typing import Any

import techwatch

_COLD = ("techwatch.__main__", "techwatch.testing", "techwatch.storage.migrations")
_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def load_everything() -> None:
    """Import every module that needs no more than techwatch's own dependencies."""
    for module in pkgutil.walk_packages(techwatch.__path__, "techwatch."):
        if not module.name.startswith(_COLD):
            __import__(module.name)


def become(request: dict[str, Any]) -> None:
    """Take over what the request says of a process."""
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["working"])
    for number, (name, mode) in enumerate(_STREAMS):
        path = Path(request["folder"], name)
        descriptor = os.open(path, os.O_RDONLY if mode == "r" else os.O_WRONLY)
        os.dup2(descriptor, number)
        os.close(descriptor)
        errors = "backslashreplace" if name == "stderr" else "strict"
        stream = open(number, mode, encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115 - it stays open
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.argv = ["techwatch", *request["arguments"]]


def serve(answers: int) -> dict[str, Any] | None:
    """Answer requests until there are no more; returns one, in a child, to become it."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os.close(answers)
            request: dict[str, Any] = json.loads(line)
            return request
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.write(answers, f"{status}\n".encode())
    return None


if __name__ == "__main__":
    load_everything()
    found = serve(int(sys.argv[1]))
    if found is not None:
        become(found)
        runpy.run_module("techwatch", run_name="__main__", alter_sys=True)
