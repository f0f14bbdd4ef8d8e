"""An archive of any size judged: windows of lines -> read anywhere -> judged in order."""

from __future__ import annotations

import os
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, NamedTuple

from techwatch.replay import ordering, workers
from techwatch.replay.readings import judge_of, result
from techwatch.replay.repetitions import Outcome

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from techwatch.judging import Judge
    from techwatch.replay.readings import Recipe, Result, Waiting
    from techwatch.replay.windows import Windows

WORTHWHILE = 2000  # lines from which on processes of their own save more than their start takes


class Means(NamedTuple):
    """Who reads the lines. The results are the same whoever does."""

    processes: int | None = None  # of this machine; None: a process a core, if it is worthwhile
    dask: str | None = None  # address of a scheduler, whose workers do it instead


ANYHOW = Means()


def judged(
    windows: Windows,
    recipe: Recipe,
    means: Means = ANYHOW,
    *,
    as_arrived: bool = False,
) -> Generator[Result, None, None]:
    """Judge what some files hold, in the order of the windows; close the iterator early to stop.

    Where `as_arrived`, that is not the order of time. Raises ReplayError where workers die or run
    another program.
    """
    repeated = windows.repeated()
    with ExitStack() as stack:
        found = _read(windows, recipe, means, repeated, stack)
        by = judge_of(recipe.made_of)
        for one in _in_turn(found, by, repeated, as_arrived=as_arrived):
            yield result(one, by.baseline) if isinstance(one, Outcome) else one


def _read(
    windows: Windows,
    recipe: Recipe,
    means: Means,
    repeated: Mapping[int, int],
    stack: ExitStack,
) -> Iterator[Result | Waiting]:
    pieces = workers.chunks(windows.entries())
    if means.dask is not None:
        from techwatch.replay import cluster  # noqa: PLC0415 - slow to import

        client = stack.enter_context(cluster.connected(means.dask))
        return stack.enter_context(closing(cluster.in_cluster(pieces, recipe, repeated, client)))
    processes = means.processes or (cores() if windows.count >= WORTHWHILE else 1)
    if processes == 1:
        return workers.here(pieces, recipe, repeated)
    return stack.enter_context(closing(workers.in_processes(pieces, recipe, repeated, processes)))


def _in_turn(
    found: Iterator[Result | Waiting], by: Judge, repeated: Mapping[int, int], *, as_arrived: bool
) -> Iterator[Result | Outcome]:
    judge = ordering.as_arrived if as_arrived else ordering.in_order
    return judge(found, by, repeated)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
