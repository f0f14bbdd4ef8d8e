"""Procrastinate's side: its queue on our database, and our jobs as its tasks."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status

from techwatch.runtime.jobs import job
from techwatch.runtime.local import Service
from techwatch.runtime.workers.plan import TICKS, due
from techwatch.storage.jobs import JobHint
from techwatch.taking_turns import group_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from techwatch.runtime.local import Step, Told

_DAY = 86_400
_ALWAYS = frozenset({"poll", "judge", "publish", "deliver"})  # jobs that every installation has
_TICK = JobHint("tick", TICKS, "tick")
_PRUNE = JobHint("prune_now", "judging", "prune", "prune")


def connected(conninfo: str) -> procrastinate.App:
    """Make an application on a database, not opened yet."""
    connector = procrastinate.PsycopgConnector(
        conninfo=conninfo, min_size=1, max_size=4, timeout=10, name="techwatch-jobs"
    )
    return procrastinate.App(connector=connector)


class Jobs(Service):
    """The jobs of the service, each taken from the queue by whichever worker is free."""

    app: procrastinate.App
    _judging: asyncio.Lock

    def join(self, app: procrastinate.App) -> None:
        """Make the jobs known to an application."""
        self.app = app
        self._judging = asyncio.Lock()
        once: tuple[Step, ...] = (
            self.subscribe,
            self.take_pushes,
            self.judge,
            self.read_articles,
            self.publish,
            self.deliver,
            self.ping,
        )
        for step in once:
            app.task(name=step.__name__)(self._task(step))
        app.task(name="poll")(self.poll_group)
        app.task(name=_TICK.task)(self.tick)
        app.task(name=_PRUNE.task)(self.prune_now)

    def _task(self, step: Step) -> Callable[[], Any]:
        async def run() -> None:
            with job(self.watch, step.__name__) as told:
                await step(told)

        return run

    async def judge(self, told: Told) -> None:
        """Judge what has no verdict, unless this process is at it already.

        It is all computing, and who is at it goes on until nothing is left: a second job would
        only keep a place from jobs of other kinds.
        """
        if not self._judging.locked():
            async with self._judging:
                await super().judge(told)

    async def poll_group(self, group: int) -> None:
        """Poll the feeds that are due of those who run hosts in one group."""
        with job(self.watch, "poll") as told:
            settings = self.watch.settings.fetching
            found = await asyncio.to_thread(self.watch.due_feeds)
            await self.poll_these([s for s in found if group_of(s, settings) == group], told)

    async def prune_now(self, timestamp: int) -> None:
        """Drop what is older than the settings keep it."""
        del timestamp
        with job(self.watch, "prune") as told:
            gone = await asyncio.to_thread(self.watch.prune, stop=self.stopped)
            if gone.items or gone.texts:
                told |= {"items": gone.items, "texts": gone.texts}

    async def tick(self, timestamp: int) -> None:
        """Look what is due and defer it; clear away what dead workers had in hand."""
        del timestamp
        with job(self.watch, "tick") as told:
            await self.look(told)

    async def look(self, told: Told) -> int:
        """Defer what is due; returns how many jobs that are."""
        if lost := await self._clear_away():
            told["lost"] = lost
        found = await asyncio.to_thread(due, self.watch)
        for one in found:
            await self._defer(one)
        busy = {one.task for one in found}
        await asyncio.to_thread(self._rest, busy)
        return len(found)

    def _rest(self, busy: set[str]) -> None:
        """Note that the jobs that have nothing to do are well.

        Pruning comes once a day: what went wrong with it stays told until then.
        """
        overview = self.watch.store.overview
        known = {beat.job: beat.error for beat in overview.heartbeats()}
        idle = {*_ALWAYS, *known} - busy - {"tick", "reread"}
        for name in sorted(idle):
            if name != "prune" or not known[name]:
                overview.beat(name, self.watch.clock())

    async def _clear_away(self) -> int:
        """Take away the jobs of workers that died: what is still due is deferred again."""
        manager, after = self.app.job_manager, self.watch.settings.workers.lost_after
        stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=after))
        for one in stalled:
            if one.id is not None:
                await manager.finish_job_by_id_async(one.id, Status.FAILED, delete_job=True)
        await manager.prune_stalled_workers(after)
        return len(stalled)

    async def _defer(self, one: JobHint) -> None:
        task = self.app.configure_task(
            one.task, queue=one.queue, lock=one.one_runs, queueing_lock=one.one_waits
        )
        with suppress(AlreadyEnqueued):
            await task.defer_async(**dict(one.arguments or {}))

    async def defer_ticks(self) -> None:
        """Defer this period's tick, and this day's pruning, unless another worker has."""
        tick = self.watch.settings.service.tick
        for one, period in ((_TICK, tick), (_PRUNE, _DAY)):
            at = int(time.time()) // period * period
            task = self.app.configure_task(
                one.task,
                queue=one.queue,
                lock=one.one_runs,
                queueing_lock=one.one_waits,
                task_kwargs={"timestamp": at},
            )
            with suppress(AlreadyEnqueued):
                await self.app.job_manager.defer_periodic_job(task.job, "", at)
