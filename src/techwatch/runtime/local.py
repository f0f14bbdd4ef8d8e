"""The service in one process: start, wait, stop in reverse.

APScheduler ticks; what is due is read from the database at every tick, so nothing is missed while
the service was down and nothing is polled early after a restart.
"""

from __future__ import annotations

import asyncio
import signal
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from techwatch.endpoints.server import port_open
from techwatch.errors import DamagedError, SchemaTooNewError, StorageError, TechwatchError
from techwatch.logs import unquoted
from techwatch.runtime.jobs import job
from techwatch.watch import utc_now

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
    from contextlib import AbstractAsyncContextManager
    from typing import Any

    from techwatch.model import Article, Delivery, FeedState, Judged, PollOutcome, PollReport
    from techwatch.watch import Watch

    Told = dict[str, Any]  # what a job says of itself when it has ended
    Step = Callable[[Told], Awaitable[None]]

log: structlog.stdlib.BoundLogger = structlog.get_logger("techwatch")

_PRUNE_FIRST = timedelta(minutes=5)  # after the start, when polls that were due are done
_PRUNE_EVERY = timedelta(days=1)
_INSPECT_EVERY = timedelta(days=1)
_SUSPECT_AFTER = timedelta(minutes=10)  # since the last look, where a job fails strangely


async def run(
    watch: Watch, beside: Callable[[Watch], AbstractAsyncContextManager[object]] | None = None
) -> None:
    """Poll, judge, compose and deliver until SIGTERM or SIGINT; then finish what is in hand.

    `beside` is held open meanwhile, such as the desk.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    _ = watch.tracing  # what it lacks is told before anything is begun
    await asyncio.to_thread(watch.inspect_store)
    watch.open_lists()
    also = beside(watch) if beside else nullcontext()
    async with port_open(watch), also, watch.asking() as ask, watch.taking() as take:
        service = Service(watch, ask, stopping, take)
        async with ticking(service):
            log.info("started", feeds=len(watch.feeds()), editions=len(watch.editions))
            await stopping.wait()
            log.info("stopping: finishing what is in hand")
    if service.ended_by:
        raise service.ended_by
    with suppress(StorageError):  # it has told of that
        watch.store.overview.rest()
    log.info("stopped")


async def run_once(watch: Watch) -> None:
    """Do once what is due, and return; raises what a job raises."""
    _ = watch.tracing
    watch.inspect_store()
    watch.open_lists()
    async with watch.asking() as ask, watch.taking() as take:
        service = Service(watch, ask, asyncio.Event(), take)
        for step in service.steps():
            if step == service.subscribe:  # a hub asks back, and nobody would answer
                continue
            with job(watch, step.__name__, alive=False) as told:
                await step(told)
            if step == service.read_articles:
                with job(watch, "judge", alive=False) as told:
                    await service.judge(told)


@asynccontextmanager
async def ticking(service: Service) -> AsyncIterator[None]:
    """Let a scheduler call the service's jobs; on leaving, wait for those under way."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    settings = service.watch.settings.service
    for steps in service.lines():
        scheduler.add_job(
            service.do,
            "interval",
            args=steps,
            seconds=settings.tick,
            next_run_time=utc_now(),  # ticks go by the time of this machine
            name=steps[0].__name__,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,  # what is due stays due, however late the tick
        )
    for step in service.steps():
        service.watch.pulse.expect(step.__name__, service.watch.clock())
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
        take: Callable[[Callable[[PollReport], None]], Coroutine[Any, Any, None]],
    ) -> None:
        self.watch = watch
        self._ask = ask
        self._take = take
        self._stopping = stopping
        self._under_way: set[asyncio.Task[None]] = set()
        self._prune_at = watch.clock() + _PRUNE_FIRST
        self._inspected_at = watch.clock()  # before it began
        self._suspicious = False
        self.ended_by: StorageError | None = None  # a database that must not be written to

    def lines(self) -> Sequence[tuple[Step, ...]]:
        """Return the jobs that each tick begins, side by side; those of a line go in order."""
        return (
            (self.reread,),
            (self.subscribe,),
            (self.take_pushes,),
            (self.poll, self.judge),
            (self.read_articles,),
            (self.publish,),
            (self.deliver, self.ping),
            (self.prune,),
            (self.inspect,),
        )

    def steps(self) -> Sequence[Step]:
        """Return all jobs, in the order in which one gives the next its work."""
        return [step for line in self.lines() for step in line]

    async def reread(self, told: Told) -> None:
        """Take up feeds and editions that were edited; a broken list is told, and the old one kept.

        A database that a newer techwatch upgraded meanwhile ends the service.
        """
        await asyncio.to_thread(self.watch.store.database.refuse_newer)
        told |= await asyncio.to_thread(self.watch.reread_lists)

    async def subscribe(self, told: Told) -> None:
        """Ask hubs to push what their feeds bring, or to go on, or to stop."""

        async def ask() -> None:
            for url, error in (await self.watch.subscribe()).items():
                told["failed"] = told.get("failed", 0) + 1
                log.warning("hub can't be asked", feed=unquoted(url), error=error)

        await self._until_stopped(ask())

    async def take_pushes(self, told: Told) -> None:
        """Read what hubs pushed; it is judged with what polls bring."""
        await self._until_stopped(self._take(self._report_to(told)))

    async def poll(self, told: Told) -> None:
        """Poll the feeds that are due."""
        await self.poll_these(await asyncio.to_thread(self.watch.due_feeds), told)

    async def poll_these(self, due: Sequence[FeedState], told: Told) -> None:
        """Poll some feeds."""
        await self._until_stopped(self.watch.poll(due, self._ask, self._report_to(told)))
        if due:
            told["feeds"] = len(due)
            await asyncio.to_thread(self.watch.note_clock)

    def _report_to(self, told: Told) -> Callable[[PollReport], None]:
        """Return what counts and logs what feeds brought."""

        def report(one: PollReport) -> None:
            counts = (one.result, 1), ("new", one.new), ("revised", one.revised)
            for what, number in (*counts, ("unrelated", one.judged)):
                if number:
                    told[what] = told.get(what, 0) + number
            self._log_report(one)

        return report

    async def judge(self, told: Told) -> None:
        """Judge what has no verdict and waits for no article."""
        counts = await asyncio.to_thread(
            self.watch.judge_items, self._log_unread, self._stopping.is_set
        )
        self.watch.metrics.judged(counts)
        told |= {verdict.value: n for verdict, n in counts.items()}

    async def read_articles(self, told: Told) -> None:
        """Read the articles that items wait for; the items are judged at the next look."""

        async def read() -> None:
            if number := await self.watch.read_articles(self._log_article):
                told["read"] = number

        await self._until_stopped(read())

    async def publish(self, told: Told) -> None:
        """Compose the digests that are due."""
        for digest in await asyncio.to_thread(self.watch.publish_due):
            told["digests"] = told.get("digests", 0) + 1
            self.watch.metrics.composed(digest.edition_id)
            log.info("digest composed", edition=digest.edition_id, slot=digest.slot.isoformat())

    async def deliver(self, told: Told) -> None:
        """Send the deliveries that are due."""
        for delivery in await self.watch.deliver(stop=self._stopping.is_set):
            told[delivery.state.value] = told.get(delivery.state.value, 0) + 1
            self.watch.metrics.delivered(delivery)
            self._log_delivery(delivery)

    async def ping(self, told: Told) -> None:
        """Tell dead man's switches of the digests that went out."""
        for ping in await self.watch.ping():
            outcome = "failed" if ping.error else "sent"
            told[outcome] = told.get(outcome, 0) + 1
            self.watch.metrics.pinged(well=ping.error is None)
            if ping.error:
                log.warning("ping failed", edition=ping.edition_id, error=ping.error)

    async def prune(self, told: Told) -> None:
        """Drop once a day what is older than the settings keep it."""
        if self.watch.clock() < self._prune_at:
            return
        gone = await asyncio.to_thread(self.watch.prune, stop=self._stopping.is_set)
        self._prune_at = self.watch.clock() + _PRUNE_EVERY
        if gone.items or gone.texts or gone.changes:
            told |= {"items": gone.items, "texts": gone.texts, "changes": gone.changes}

    def stopped(self) -> bool:
        """Whether the service was told to stop."""
        return self._stopping.is_set()

    async def inspect(self, told: Told) -> None:
        """Look once a day, and after a strange failure, whether the database is sound."""
        since = abs(self.watch.clock() - self._inspected_at)
        if since < (_SUSPECT_AFTER if self._suspicious else _INSPECT_EVERY):
            return
        await asyncio.to_thread(self.watch.inspect_store)
        self._inspected_at, self._suspicious = self.watch.clock(), False
        told["sound"] = True

    async def do(self, *steps: Step) -> None:
        """Do jobs one after the other; one that fails keeps no other from running."""
        task = asyncio.current_task()
        if task is None or self._stopping.is_set():
            return
        self._under_way.add(task)
        try:
            for step in steps:
                try:
                    with job(self.watch, step.__name__) as told:
                        await step(told)
                except (DamagedError, SchemaTooNewError) as error:
                    self.ended_by = error
                    self._stopping.set()
                except Exception as error:  # noqa: BLE001 - told by the job
                    self._suspicious |= not isinstance(error, TechwatchError)
        finally:
            self._under_way.discard(task)

    async def finish(self, seconds: float) -> None:
        """Wait for the jobs under way, and cancel those that take longer."""
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _until_stopped(self, polling: Coroutine[Any, Any, object]) -> None:
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
        self.watch.metrics.polled(report)
        of = log.bind(feed=report.feed.url, result=report.result)
        if report.error:
            of.warning("feed polled", error=unquoted(report.error))
        elif report.new or report.revised:
            of.info("feed polled", new=report.new, revised=report.revised)
        else:
            of.debug("feed polled")

    def _log_article(self, article: Article) -> None:
        if article.error:
            log.info("no article", address=unquoted(article.link), error=article.error)

    def _log_unread(self, judged: Judged) -> None:
        item = judged.stored.item
        if unread := self.watch.judge.unread(item):
            log.warning(
                "text longer than matching.text_limit; its end was not searched for names",
                item=item.id,
                feed=item.feed_url,
                characters=unread,
            )

    def _log_delivery(self, delivery: Delivery) -> None:
        of = log.bind(
            edition=delivery.edition_id,
            slot=delivery.slot.isoformat(),
            channel=delivery.channel,
            delivery=delivery.id,
            state=delivery.state.value,
        )
        if delivery.error:
            of.warning("delivery tried", error=delivery.error)
        else:
            of.info("delivery sent")
