"""techwatch where hubs can reach it: its addresses under a real server, on this machine."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import uvicorn
import yaml
from starlette.applications import Starlette
from tests.hub import Hub, announcing
from tests.news import rss

from techwatch.endpoints import websub
from techwatch.feeds.parsing import parse
from techwatch.installation import shipped
from techwatch.settings import load
from techwatch.subscribing import take_pushes
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techwatch.model import Document, Feed, FeedState, ParsedFeed, PollReport, Subscription
    from techwatch.testing import FakeClock, Publisher


@contextmanager
def serving(watch: Watch, listening: socket.socket) -> Iterator[None]:
    app = Starlette(routes=websub.routes(watch))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as running:
        yield running


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        yield bound


@pytest.fixture
def reachable(config: Path, listening: socket.socket) -> Path:
    """A configuration with the address at which hubs reach techwatch."""
    path = config / "techwatch.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    port = listening.getsockname()[1]
    settings["http"] = {"port": port, "public_url": f"http://127.0.0.1:{port}"}
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return config


class Subscriber:
    """techwatch, step by step."""

    def __init__(self, config: Path, clock: FakeClock, publisher: Publisher, hub: Hub) -> None:
        self._config = config
        self.publisher = publisher
        self.hub = hub
        self.clock = clock
        self.watch = self.made()

    def made(self) -> Watch:
        """techwatch as a new process would be."""
        path = self._config / "techwatch.yaml"
        watch = Watch(lambda: load(path, {}), self._config, shipped("baseline"), self.clock)
        watch.open_lists()
        return watch

    def publish(self, *headlines: str, hub: bool = True) -> bytes:
        """Let the publisher serve these; returns the document."""
        document = rss(*headlines)
        if hub:
            document = announcing(document, self.hub.url, self.publisher.url("topic"))
        self.publisher.publish("news.rss", document)
        return document

    def poll(self) -> PollReport:
        """Poll the feed, due or not."""
        return self._polled(self.watch.store.feeds.states())[0]

    def poll_due(self) -> list[PollReport]:
        return self._polled(self.watch.due_feeds())

    def _polled(self, states: tuple[FeedState, ...]) -> list[PollReport]:
        reports: list[PollReport] = []

        async def round_of_polls() -> None:
            async with self.watch.asking() as ask:
                await self.watch.poll(states, ask, reports.append)

        asyncio.run(round_of_polls())
        return reports

    def subscribe(self) -> dict[str, str]:
        return asyncio.run(self.watch.subscribe())

    def take(self) -> list[PollReport]:
        """Read what was pushed; in this process, for speed."""
        reports: list[PollReport] = []

        async def parsed(document: Document, feed: Feed) -> ParsedFeed:
            return parse(document, feed)

        store, polling = self.watch.store, self.watch.settings.polling
        asyncio.run(take_pushes(store, parsed, self.clock, polling, reports.append))
        return reports

    @property
    def subscription(self) -> Subscription:
        [found] = self.watch.store.subscriptions.all()
        return found

    @property
    def state(self) -> FeedState:
        [found] = self.watch.store.feeds.states()
        return found


@pytest.fixture
def subscriber(
    reachable: Path, clock: FakeClock, publisher: Publisher, hub: Hub, listening: socket.socket
) -> Iterator[Subscriber]:
    """techwatch with one feed that names the hub, polled once."""
    built = Subscriber(reachable, clock, publisher, hub)
    built.publish("Old news")
    with serving(built.watch, listening):
        assert built.poll().new == 1
        yield built
    built.watch.close()
