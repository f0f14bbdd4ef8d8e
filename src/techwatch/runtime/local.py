"""The service in one process: start, wait, stop in reverse.

APScheduler ticks; what is due is read from the database at every tick, so nothing is missed while
the service was down and nothing is polled early after a restart.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from techwatch.errors import StorageError, TechwatchError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
    from typing import Any

    from techwatch.model import FeedState, Judged, PollOutcome, PollReport
    from techwatch.watch import Watch

_ERROR = 500  # characters of an error that are kept
log = logging.getLogger("techwatch")


async def run(watch: Watch) -> None:
    """Poll, judge, compose and deliver until SIGTERM or SIGINT; then finish what is in hand."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    watch.open_lists()
    async with watch.asking() as ask, ticking(Service(watch, ask, stopping)):
        log.info("watching %d feeds for %d editions", len(watch.feeds()), len(watch.editions))
        await stopping.wait()
        log.info("stopping: finishing what is in hand")
    with suppress(StorageError):  # it has told of that
        watch.store.overview.rest()
    log.info("stopped")


async def run_once(watch: Watch) -> None:
    """Do once what is due, and return."""
    watch.open_lists()
    async with watch.asking() as ask:
        service = Service(watch, ask, asyncio.Event())
        await service.poll()
        await service.publish()
        await service.deliver()


@asynccontextmanager
async def ticking(service: Service) -> AsyncIterator[None]:
    """Let a scheduler call the service's jobs; on leaving, wait for those under way."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    settings = service.watch.settings.service
    for job in (service.reread, service.poll, service.publish, service.deliver):
        scheduler.add_job(
            service.guarded(job),
            "interval",
            seconds=settings.tick,
            next_run_time=service.watch.clock(),
            name=job.__name__,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,  # what is due stays due, however late the tick
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()  # shutting it down cancels the jobs under way
        await service.finish(settings.stop_within)
        scheduler.shutdown(wait=False)


class Service:
    """The jobs of the service, and those of them that are under way."""

    def __init__(
        self,
        watch: Watch,
        ask: Callable[[FeedState], Awaitable[PollOutcome]],
        stopping: asyncio.Event,
    ) -> None:
        self.watch = watch
        self._ask = ask
        self._stopping = stopping
        self._under_way: set[asyncio.Task[None]] = set()
        self._feeds_read_at = self._feeds_changed_at()

    async def reread(self) -> None:
        """Take up feeds that were added or removed; a broken list is told, and the old one kept."""
        changed_at = self._feeds_changed_at()
        if changed_at != self._feeds_read_at:
            await asyncio.to_thread(self.watch.open_lists)
            self._feeds_read_at = changed_at
            log.info("feeds.yaml changed: watching %d feeds", len(self.watch.feeds()))

    async def poll(self) -> None:
        """Poll the feeds that are due, and judge what they brought."""
        due = await asyncio.to_thread(self.watch.due_feeds)
        await self._until_stopped(self.watch.poll(due, self._ask, self._log_report))
        counts = await asyncio.to_thread(
            self.watch.judge_items, self._log_unread, self._stopping.is_set
        )
        if counts:
            log.info("judged %s", ", ".join(f"{n} {verdict}" for verdict, n in counts.items()))

    async def publish(self) -> None:
        """Compose the digests that are due."""
        for digest in await asyncio.to_thread(self.watch.publish_due):
            log.info("composed %s for %s", digest.edition_id, digest.slot.isoformat())

    async def deliver(self) -> None:
        """Send the deliveries that are due."""
        for delivery in await self.watch.deliver(stop=self._stopping.is_set):
            log.info(
                "%s by %s: %s",
                delivery.edition_id,
                delivery.channel,
                delivery.error or delivery.state,
            )

    def guarded(self, job: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """Wrap a job so that its failure is logged and the next tick tries again."""

        async def guarded() -> None:
            task = asyncio.current_task()
            if task is None or self._stopping.is_set():
                return
            self._under_way.add(task)
            try:
                await job()
                self.watch.store.overview.beat(job.__name__, self.watch.clock())
            except TechwatchError as error:
                log.error("%s: %s", job.__name__, error)  # noqa: TRY400 - an expected failure
                self._stumble(job.__name__, error)
            except Exception as error:
                log.exception("%s failed; the next tick tries again", job.__name__)
                self._stumble(job.__name__, error)
            finally:
                self._under_way.discard(task)

        return guarded

    async def finish(self, seconds: float) -> None:
        """Wait for the jobs under way, and cancel those that take longer."""
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _until_stopped(self, polling: Coroutine[Any, Any, None]) -> None:
        """Poll, but drop what has not answered when the service stops: it stays due."""
        task = asyncio.ensure_future(polling)
        stopped = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
            return
        task.result()

    def _log_report(self, report: PollReport) -> None:
        if report.error:
            log.warning("%s: %s", report.feed.url, report.error)
        elif report.new or report.revised:
            log.info("%s: %d new, %d revised", report.feed.url, report.new, report.revised)

    def _log_unread(self, judged: Judged) -> None:
        item = judged.stored.item
        if unread := self.watch.judge.unread(item):
            log.warning(
                "item %s of %s: %d characters were not searched for names (matching.text_limit)",
                item.id,
                item.feed_url,
                unread,
            )

    def _feeds_changed_at(self) -> float | None:
        path = self.watch.feeds_file
        return path.stat().st_mtime if path.exists() else None

    def _stumble(self, job: str, error: Exception) -> None:
        """Let `status` tell it, if the database itself is not what fails."""
        try:
            self.watch.store.overview.stumble(job, self.watch.clock(), f"{error}"[:_ERROR])
        except StorageError:
            log.warning("the failure of %s could not be stored either", job)
