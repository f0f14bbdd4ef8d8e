"""One job of the service, told once: an event of the log, a trace, figures, a sign of life."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog

from techwatch.errors import StorageError, TechwatchError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.watch import Watch

_ERROR = 500  # characters of an error that are kept
log: structlog.stdlib.BoundLogger = structlog.get_logger("techwatch")


@contextmanager
def job(watch: Watch, name: str, *, alive: bool = True) -> Iterator[dict[str, Any]]:
    """Run a job; what it puts into the mapping is told with its end, in the log and the trace.

    A job that says nothing of itself had nothing to do, and is told on the level `debug` only. An
    error is told and raised again. With `alive` it is kept for `status`, as is that all went well:
    for jobs that come again, and whose silence means that something is wrong.
    """
    told: dict[str, Any] = {}
    began, well = time.perf_counter(), False
    with structlog.contextvars.bound_contextvars(job=name):
        try:
            with watch.tracing.span(name) as span:
                yield told
                span.note(**told)
            if alive:
                watch.store.overview.beat(name, watch.clock())
            well = True
        except Exception as error:
            _tell_failure(error, told)
            if alive:
                _stumble(watch, name, error)
            raise
        finally:
            seconds = time.perf_counter() - began
            watch.pulse.beat(name, watch.clock())
            watch.metrics.worked(name, seconds, well=well)
            if well:
                (log.info if told else log.debug)("job done", **told, seconds=round(seconds, 3))


def _tell_failure(error: Exception, told: dict[str, Any]) -> None:
    if isinstance(error, TechwatchError):  # an expected failure: its words say it all
        log.error("job failed", error=str(error), **told)
    else:
        log.error("job failed; the next tick tries again", exc_info=error, **told)


def _stumble(watch: Watch, name: str, error: Exception) -> None:
    """Let `status` tell it, if the database itself is not what fails."""
    try:
        watch.store.overview.stumble(name, watch.clock(), f"{error}"[:_ERROR])
    except StorageError:
        log.exception("the failure of a job could not be stored")
