"""Workers as processes of their own: they share, stop, die, and wait for their database."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.databases import on_postgresql
from tests.news import rss
from tests.runtime.service import upgrade

from techwatch.runtime.workers.app import Jobs, connected
from techwatch.runtime.workers.plan import due
from techwatch.storage import Store
from techwatch.taking_turns import ours
from techwatch.testing import Behaviour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from techwatch.model import FeedState, PollOutcome, PollReport
    from techwatch.testing import Publisher
    from techwatch.watch import Watch

FINE = "EU fines TikTok 530 million euros over data transfers to China"
PATIENCE = 60.0
QUICK = ("service.tick=1", "workers.beat=1", "workers.lost_after=3")


def command(config: Path, *arguments: str) -> list[str]:
    sets = [part for option in QUICK for part in ("--set", option)]
    return [sys.executable, "-m", "techwatch", "--config", str(config), *sets, *arguments]


@contextmanager
def worker(
    config: Path, environment: dict[str, str], *options: str
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command(config, "worker", *options),
        env=os.environ | environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.1)


def polling(store: Store) -> bool:
    return any(queue.under_way for queue in store.jobs.queues() if queue.name == "polling")


def counts(store: Store) -> tuple[int, int]:
    found = store.overview.counts(None, datetime.now(UTC))
    return found.items_seen, found.items_judged


def test_on_sqlite_it_says_what_to_do(config: Path) -> None:
    ended = subprocess.run(command(config, "worker"), capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "techwatch run" in ended.stderr
    assert "database_url" in ended.stderr


def test_an_unknown_queue_is_told(config: Path) -> None:
    asked = command(config, "worker", "--queues", "polling,sending")
    ended = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "sending: give some of polling, judging, digests, delivery" in ended.stderr


@on_postgresql
def test_once_it_polls_judges_and_stops(
    config: Path, environment: dict[str, str], publisher: Publisher, database_url: str
) -> None:
    publisher.publish("news.rss", rss(FINE, "Rain in the north"))
    asked = command(config, "worker", "--once")
    subprocess.run(asked, env=os.environ | environment, check=True)
    with closing(Store.open(database_url)) as store:
        assert counts(store) == (2, 2)
        assert store.jobs.workers() == ()
        assert store.jobs.queues() == ()


@on_postgresql
def test_a_killed_worker_s_job_is_cleared_away_and_sigterm_leaves_nothing(
    config: Path, environment: dict[str, str], publisher: Publisher, database_url: str
) -> None:
    publisher.publish("news.rss", rss(FINE))
    publisher.misbehave("news.rss", Behaviour(delay=600, times=1))
    with closing(Store.open(database_url)) as store:
        with worker(config, environment) as first:
            until(lambda: any(seen.jobs for seen in store.jobs.workers()) and publisher.requests)
            assert polling(store)
            first.send_signal(signal.SIGKILL)
            first.wait()
        with worker(config, environment) as second:
            until(lambda: len(store.jobs.workers()) == 1 and not polling(store))
            second.send_signal(signal.SIGTERM)
            assert second.wait(PATIENCE) == 0
        until(lambda: not [seen for seen in store.jobs.workers() if seen.silent_for < 3])
        assert not any(queue.under_way for queue in store.jobs.queues())


@on_postgresql
def test_a_database_that_a_newer_program_upgraded_ends_a_worker(
    config: Path, environment: dict[str, str], publisher: Publisher, database_url: str
) -> None:
    publisher.publish("news.rss", rss(FINE))
    with closing(Store.open(database_url)) as store, worker(config, environment) as process:
        until(lambda: counts(store)[1])
        upgrade(database_url)
        _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == 1
        assert "use the newer techwatch that wrote it" in said


@on_postgresql
def test_a_tick_comes_once_however_many_keep_time(watch: Watch) -> None:
    async def both() -> int:
        made = [Jobs(watch, _ask, asyncio.Event(), _take) for _ in range(2)]
        for one in made:
            app = connected(watch.store.database.conninfo)
            one.join(app)
            async with app.open_async():
                await one.defer_ticks()
        [ticks] = [queue for queue in watch.store.jobs.queues() if queue.name == "ticks"]
        return ticks.waiting

    assert asyncio.run(both()) == 1


@on_postgresql
def test_a_tick_finds_what_is_due(watch: Watch, publisher: Publisher) -> None:
    publisher.publish("news.rss", rss(FINE))
    watch.open_lists()
    assert [one.task for one in due(watch)] == ["poll"]

    async def poll() -> None:
        async with watch.asking() as ask:
            await watch.poll(watch.due_feeds(), ask, lambda _: None)

    asyncio.run(poll())
    assert [one.task for one in due(watch)] == ["judge"]
    watch.judge_items()
    assert due(watch) == []


@on_postgresql
def test_no_two_processes_ask_one_host(watch: Watch) -> None:
    watch.open_lists()

    async def both() -> tuple[list[FeedState], list[FeedState]]:
        states, settings = watch.due_feeds(), watch.settings.fetching
        async with (
            ours(watch.store, states, settings, None, watch.clock) as first,
            ours(watch.store, states, settings, None, watch.clock) as second,
        ):
            return list(first), list(second)

    first, second = asyncio.run(both())
    assert len(first) == 1
    assert second == []


async def _ask(state: FeedState) -> PollOutcome:
    raise AssertionError(state)


async def _take(told: Callable[[PollReport], None]) -> None:
    raise AssertionError(told)
