"""A worker: a process that takes jobs from the queue until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition

from techwatch.endpoints.server import port_open
from techwatch.errors import StorageError
from techwatch.runtime.workers.app import Jobs, connected
from techwatch.runtime.workers.plan import QUEUES, TICKS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    import procrastinate

    from techwatch.watch import Watch

log: structlog.stdlib.BoundLogger = structlog.get_logger("techwatch.worker")

_GONE = (ConnectorException, psycopg.Error, StorageError, OSError)
_PAUSE, _LONGEST_PAUSE = 1.0, 30.0  # seconds until a database that is gone is tried again
_MOST_ROUNDS = 100  # of `--once`: what is due grows less with each


@dataclass(frozen=True, slots=True)
class Share:
    """What a worker takes upon itself."""

    queues: tuple[str, ...] = QUEUES
    concurrency: int = 4  # jobs at one time


async def work(watch: Watch, share: Share) -> None:
    """Take jobs until SIGTERM or SIGINT; then finish what is in hand, and leave the rest.

    A database that is gone is waited for. Raises StorageError where the database is no server, or
    its tables are of another version.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with _prepared(watch, stopping) as jobs:
        log.info("worker started", queues=list(share.queues), concurrency=share.concurrency)
        pause = _PAUSE
        while not stopping.is_set():
            began = loop.time()
            try:
                async with _joined(jobs) as app:
                    await _take_until(stopping, jobs, app, share)
            except _GONE as error:
                log.warning("the database is gone; it is waited for", error=f"{error}"[:300])
            if loop.time() - began > _LONGEST_PAUSE:
                pause = _PAUSE
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        log.info("worker stopped")
    if jobs.ended_by:
        raise jobs.ended_by
    with suppress(StorageError):
        if not watch.store.jobs.workers():
            watch.store.overview.rest()


async def work_once(watch: Watch, share: Share) -> None:
    """Do what is due until nothing is left for these queues, and return."""
    async with _prepared(watch, asyncio.Event()) as jobs, _joined(jobs) as app:
        for _ in range(_MOST_ROUNDS):
            found = await jobs.look({})
            waiting = {queue.name for queue in watch.store.jobs.queues()}
            await _run(app, watch, share, wait=False)
            if not found and not waiting & {*share.queues, TICKS}:
                return


@asynccontextmanager
async def _prepared(watch: Watch, stopping: asyncio.Event) -> AsyncIterator[Jobs]:
    """Open what the jobs need: lists, connections, parsing processes, the port."""
    watch.store.jobs.check()
    _ = watch.tracing
    await asyncio.to_thread(watch.open_lists)
    await asyncio.to_thread(lambda: watch.judge)  # compiled before the first job waits for it
    async with port_open(watch), watch.asking() as ask, watch.taking() as take:
        yield Jobs(watch, ask, stopping, take)


@asynccontextmanager
async def _joined(jobs: Jobs) -> AsyncIterator[procrastinate.App]:
    app = connected(jobs.watch.store.database.conninfo)
    jobs.join(app)
    async with app.open_async():
        yield app


async def _take_until(
    stopping: asyncio.Event, jobs: Jobs, app: procrastinate.App, share: Share
) -> None:
    """Take jobs until told to stop, or until the queue can't be read."""
    taking = asyncio.create_task(_run(app, jobs.watch, share, wait=True))
    ticking = asyncio.create_task(_tick(jobs))
    stopped = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({taking, ticking, stopped}, return_when=asyncio.FIRST_COMPLETED)
        for task in (taking, ticking):
            if task.done() and not task.cancelled():
                task.result()
    finally:
        await _end((ticking, stopped, taking))


async def _end(tasks: Collection[asyncio.Task[object]]) -> None:
    """Cancel tasks and wait for them; a worker that is cancelled finishes what it has in hand."""
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception) and not isinstance(outcome, _GONE):
            raise outcome


async def _tick(jobs: Jobs) -> None:
    """Keep the periods, and take up lists that were changed."""
    watch = jobs.watch
    while True:
        await jobs.defer_ticks()
        with suppress(StorageError):
            await jobs.do(jobs.reread)
        watch.pulse.beats = {"worker": watch.clock()}  # other jobs may be others' from now on
        await asyncio.sleep(watch.settings.service.tick)


async def _run(app: procrastinate.App, watch: Watch, share: Share, *, wait: bool) -> None:
    settings = watch.settings
    await app.run_worker_async(
        queues=[*share.queues, TICKS],
        concurrency=share.concurrency,
        wait=wait,
        install_signal_handlers=False,
        listen_notify=wait,
        delete_jobs=DeleteJobCondition.ALWAYS,
        shutdown_graceful_timeout=float(settings.service.stop_within),
        update_heartbeat_interval=settings.workers.beat,
        stalled_worker_timeout=settings.workers.lost_after,
        fetch_job_polling_interval=5.0,
    )
