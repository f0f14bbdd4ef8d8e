"""Lines read by processes of this machine, in order, and no more at once than there is room for."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing.connection import wait
from pathlib import Path
from tempfile import TemporaryDirectory, mkstemp
from typing import TYPE_CHECKING

from techwatch.errors import ReplayError
from techwatch.replay.readings import Recipe, Result, Waiting, judge_of, read, read_by

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterable, Iterator

    from techwatch.replay.windows import Entry

    Found = list[Result | Waiting]

CHUNK = 400  # lines in one piece of work: a quarter of a second of general news
_AHEAD = 4  # pieces a process that are given out before the first of them is needed
_MOST_DEATHS = 3  # of processes, in one replay: a machine short of memory kills one, not each


def chunks(windows: Iterable[list[Entry]]) -> Iterator[list[Entry]]:
    """Cut windows into pieces of work."""
    lines = (entry for window in windows for entry in window)
    while piece := list(islice(lines, CHUNK)):
        yield piece


def here(
    pieces: Iterable[list[Entry]], recipe: Recipe, repeated: Collection[int]
) -> Iterator[Result | Waiting]:
    """Read in this process."""
    by = judge_of(recipe.made_of)
    for piece in pieces:
        yield from read(piece, by, repeated, independent=recipe.independent)


def in_processes(
    pieces: Iterable[list[Entry]], recipe: Recipe, repeated: Collection[int], processes: int
) -> Generator[Result | Waiting, None, None]:
    """Read in so many processes; what a process that died had in hand is read again.

    Raises ReplayError where they die again and again.
    """
    # Of processes that are killed one may still write there when all the others have ended.
    with TemporaryDirectory(prefix="techwatch-replay-", ignore_cleanup_errors=True) as folder:
        written = Path(folder) / "recipe"
        written.write_bytes(pickle.dumps(recipe))
        pool = _Pool(written, processes)
        try:
            for found in pool.read(pieces, repeated):
                yield from found
        finally:
            pool.stop()


class _Pool:
    """Processes that are started anew when one of them dies, which breaks all of them."""

    def __init__(self, written: Path, processes: int) -> None:
        self._written = written
        self._processes = processes
        self._deaths = 0
        self._executor = self._start()

    def read(self, pieces: Iterable[list[Entry]], repeated: Collection[int]) -> Iterator[Found]:
        """Give what was read, in the order of the pieces."""
        todo = iter(pieces)
        given: deque[tuple[list[Entry], Collection[int], Future[Path]]] = deque()
        for piece in islice(todo, _AHEAD * self._processes):
            given.append(self._give(piece, repeated))
        while given:
            try:
                brought = given[0][-1].result()
            except BrokenProcessPool:
                self._restart()
                given = deque(self._submit(piece, again) for piece, again, _ in given)
                continue
            given.popleft()
            given.extend(self._give(piece, repeated) for piece in islice(todo, 1))
            yield _taken(brought)

    def stop(self) -> None:
        """End the processes when they have done what they have in hand."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _give(
        self, piece: list[Entry], repeated: Collection[int]
    ) -> tuple[list[Entry], Collection[int], Future[Path]]:
        return self._submit(piece, {e.number for e in piece if e.number in repeated})

    def _submit(
        self, piece: list[Entry], again: Collection[int]
    ) -> tuple[list[Entry], Collection[int], Future[Path]]:
        try:
            with _no_interruption():
                future = self._executor.submit(_read, piece, again)
        except BrokenProcessPool as error:  # told where the result is asked for
            future = Future()
            future.set_exception(error)
        return piece, again, future

    def _start(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(
            self._processes, mp_context=context, initializer=_prepare, initargs=(self._written,)
        )

    def _restart(self) -> None:
        self._deaths += 1
        if self._deaths > _MOST_DEATHS:
            raise ReplayError(
                f"processes that read the archive died {self._deaths} times, as they do when "
                "memory is short: try fewer with --processes"
            )
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor = self._start()


@contextmanager
def _no_interruption() -> Iterator[None]:
    """Let Ctrl-C wait a moment: a process that starts meanwhile never hears of it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _taken(brought: Path) -> Found:
    found: Found = pickle.loads(brought.read_bytes())  # noqa: S301 - our own process wrote it
    brought.unlink()
    return found


_recipe: Recipe | None = None  # of the process, set when it starts
_folder = Path()  # for what it read


def _prepare(written: Path) -> None:
    """Compile the judge; leave Ctrl-C to the parent, and end when it ends.

    The recipe comes as a file: a process that is killed while it starts would leave the parent
    waiting at a full pipe.
    """
    global _recipe, _folder
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    recipe = pickle.loads(written.read_bytes())  # noqa: S301 - the parent's
    judge_of(recipe.made_of)
    _recipe, _folder = recipe, written.parent


def _read(piece: list[Entry], repeated: Collection[int]) -> Path:
    """Read lines into a file, and return where it is.

    The pipe to the parent carries but its name: a process that is killed while it writes more than
    a pipe takes at once would leave the parent waiting for the rest, which others keep open.
    """
    if _recipe is None:
        raise ReplayError("a process was given work before it was made ready")
    found = read_by(_recipe, piece, repeated)
    handle, name = mkstemp(dir=_folder)
    with os.fdopen(handle, "wb") as file:
        pickle.dump(found, file, pickle.HIGHEST_PROTOCOL)
    return Path(name)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
