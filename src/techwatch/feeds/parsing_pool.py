"""Parse away from the event loop, in processes that can be stopped.

Each worker is an executor with one process, so that a document that stalls or kills its process
takes nothing else with it: the process is killed and the next document gets a new one. (One
executor with many processes is broken as a whole when one of them dies.)
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from techwatch.errors import ParseError, ParseMemoryError, ParseTimeoutError
from techwatch.feeds.extraction import article
from techwatch.feeds.parsing_process import begin, parse, prepare
from techwatch.feeds.parsing_settings import ParsingSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType

    from techwatch.model import Document, Feed, Item, ParsedFeed

__all__ = ["ParsingPool", "ParsingSettings"]

About = TypeVar("About")
Found = TypeVar("Found")
_MOST_WAITING = 32  # documents, of up to fetching.max_bytes each


class Work(Protocol):
    """What is done with a document, in a process of its own; raises a ParseError."""

    def __call__(self, document: Document, feed: Feed, since: datetime | None = None) -> ParsedFeed:
        """Read all items of a document; those from before `since` are known already."""


class ParsingPool:
    """Parses documents in worker processes; use it as an async context manager.

    A process starts with the first document that needs one, about half a second.
    """

    def __init__(
        self,
        settings: ParsingSettings,
        work: Work = parse,
        start: Callable[[], None] = prepare,
    ) -> None:
        """Hold processes that do `work` on a document; `start` is what each does first."""
        self._timeout = settings.timeout
        self._work = work
        bounded = partial(begin, settings.memory, start)
        self._workers = [_Worker(bounded) for _ in range(settings.workers)]
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        for worker in self._workers:
            self._idle.put_nowait(worker)
        self._waiting = 0
        self._has_room = asyncio.Event()
        self._has_room.set()

    async def room(self) -> None:
        """Wait until few documents wait to be parsed, so that those in memory stay few."""
        await self._has_room.wait()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        for worker in self._workers:
            worker.stop()

    async def parse(
        self, document: Document, feed: Feed, since: datetime | None = None
    ) -> ParsedFeed:
        """Return the items of a document; raises a ParseError.

        Items from before `since` are not read ahead. The time limit counts from when a worker has
        the document, not while it waits for one.
        """
        self._count(1)
        try:
            worker = await self._idle.get()
        finally:
            self._count(-1)
        try:
            return await worker.run(partial(self._work, since=since), document, feed, self._timeout)
        finally:
            self._idle.put_nowait(worker)

    async def article(self, document: Document, item: Item) -> str:
        """Return the text of the item's article in a page; raises a ParseError."""
        worker = await self._idle.get()
        try:
            return await worker.run(article, document, item, self._timeout)
        finally:
            self._idle.put_nowait(worker)

    def _count(self, change: int) -> None:
        self._waiting += change
        if self._waiting < _MOST_WAITING:
            self._has_room.set()
        else:
            self._has_room.clear()


class _Worker:
    """One process, made when it is needed and made again after it died."""

    def __init__(self, start: Callable[[], None]) -> None:
        self._prepare = start
        self._executor: ProcessPoolExecutor | None = None
        self._pid: int | None = None

    async def run(
        self,
        work: Callable[[Document, About], Found],
        document: Document,
        about: About,
        timeout: float,  # noqa: ASYNC109 - it is the worker that keeps the time
    ) -> Found:
        """Do some work on a document; raises a ParseError."""
        try:
            executor = await self._start()
            async with asyncio.timeout(timeout):
                return await asyncio.wrap_future(executor.submit(work, document, about))
        except TimeoutError as error:
            self.stop()
            message = f"parsing took more than {timeout:g} seconds and was stopped"
            raise ParseTimeoutError(document.url, message) from error
        except MemoryError as error:
            self.stop()
            message = "parsing took more memory than parsing.memory allows and was stopped"
            raise ParseMemoryError(document.url, message) from error
        except BrokenProcessPool as error:
            self.stop()
            raise ParseError(document.url, "the process that parsed it died") from error
        except asyncio.CancelledError:
            self.stop()  # else the next document would wait for this one
            raise

    async def _start(self) -> ProcessPoolExecutor:
        """Return the executor once its process is up, so that the start costs no document time."""
        if self._executor is None:
            context = multiprocessing.get_context("spawn")
            executor = ProcessPoolExecutor(1, mp_context=context, initializer=self._prepare)
            self._executor = executor
            # In a thread: it waits until the process has read what it needs.
            started = await asyncio.to_thread(executor.submit, os.getpid)
            self._pid = await asyncio.wrap_future(started)
            return executor
        return self._executor

    def stop(self) -> None:
        """End the process at once, whatever it does."""
        if self._pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor = self._pid = None
