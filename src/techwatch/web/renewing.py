"""A desk goes on by baseline and editions as their files are: they are edited while it runs.

Every few seconds their times of change are looked at. When they are others, the baseline is read
and compiled beside what is being served, and takes its place when it is ready. What is not valid
is told, and the one before stays.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import structlog

from techwatch.baseline.loading import load
from techwatch.errors import InvalidFilesError, StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from techwatch.errors import Problem
    from techwatch.watch import Watch

log: structlog.stdlib.BoundLogger = structlog.get_logger("techwatch.web")

_EVERY = 2.0  # seconds between two looks at the files
_State = tuple[tuple[str, int, int], ...]


class Watching:
    """techwatch for a desk, renewed when the baseline is."""

    def __init__(self, watch: Watch) -> None:
        """Begin by a baseline that may not have been read yet."""
        self.opened = watch  # the first: it closes the store
        self.problems: tuple[Problem, ...] = ()  # of the files as they are now
        self._watch = watch
        self._state = _state(watch.baseline_dir)
        self._looked = time.monotonic()
        self._looking = threading.Lock()
        self._renewing = threading.Lock()
        self._refused = ""  # why the editions as their file is now are not used

    def now(self) -> Watch:
        """Return techwatch by the latest valid baseline that is ready, and the latest editions."""
        if time.monotonic() - self._looked >= _EVERY and self._looking.acquire(blocking=False):
            try:
                self._looked = time.monotonic()
                if _state(self.opened.baseline_dir) != self._state:
                    threading.Thread(target=self.renew, daemon=True).start()
                self._reread_editions()
            finally:
                self._looking.release()
        return self._watch

    def _reread_editions(self) -> None:
        try:
            self._watch.reread_editions()
        except (InvalidFilesError, StorageError) as error:
            if str(error) != self._refused:
                log.warning("editions not taken up", error=str(error))
            self._refused = str(error)
        else:
            self._refused = ""

    def renew(self) -> None:
        """Read the baseline anew if its files changed, and wait until it is in use."""
        with self._renewing:
            state = _state(self.opened.baseline_dir)
            if state == self._state:
                return
            self._state = state
            try:
                watch = self.opened.with_baseline(load(self.opened.baseline_dir))
            except InvalidFilesError as error:
                self.problems = error.problems
                log.warning("baseline not valid", problems=len(error.problems))
                return
            _ = watch.judge  # compiled here, not by who asks next
            self.problems = ()
            self._watch = watch
            log.info("baseline renewed", version=watch.baseline.version)


def _state(directory: Path) -> _State:
    found = []
    for path in sorted(directory.rglob("*.yaml")):
        try:
            stat = path.stat()
        except OSError:  # gone since it was listed
            continue
        found.append((str(path), stat.st_size, stat.st_mtime_ns))
    return tuple(found)
