"""Which processes send, and which of them are dead.

Each sender holds a lock on a file of its own, which the kernel takes away when the process ends,
however it ends. A file that is there and not locked is that of a dead process: proof, where a
process number could have gone to another process, and a time-out could only suppose. Where there
is no file nothing is proven: the process may run on another machine.
"""

from __future__ import annotations

import fcntl
import os
import time
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

from techwatch.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIX = ".sender"
_KEPT = 86_400.0  # seconds that a dead sender's file stays, for others to see its end


class Sender:
    """This process as one that sends; `name` stands in the ledger beside what it claims."""

    def __init__(self, folder: Path) -> None:
        """Lock a file of its own in `folder`; raises StorageError where none can be written."""
        self.name = uuid.uuid4().hex[:16]
        self._folder = folder
        self._path = folder / f"{self.name}{_SUFFIX}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _tidy(folder)
            self._file = _locked(self._path)
        except OSError as error:
            message = f"{folder} can't be written: {error.strerror or error}"
            raise StorageError(message) from error

    def is_dead(self, name: str | None) -> bool:
        """Whether a sender has surely ended; False where it lives, or nobody can tell."""
        return name is not None and name != self.name and _unlocked(self._folder / (name + _SUFFIX))

    def close(self) -> None:
        """Leave nothing behind; to be called when nothing is being sent any more."""
        self._path.unlink(missing_ok=True)
        os.close(self._file)


def _locked(path: Path) -> int:
    """Make a file that is locked from the moment it bears its name."""
    unnamed = path.with_suffix(".new")
    file = os.open(unnamed, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    unnamed.rename(path)
    return file


def _unlocked(path: Path) -> bool:
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(file)


def _tidy(folder: Path) -> None:
    """Remove the files of senders that died long ago."""
    for path in folder.glob(f"*{_SUFFIX}"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _KEPT and _unlocked(path):
                path.unlink()
