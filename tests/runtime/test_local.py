"""The service as a process of its own: started, watched, stopped by SIGTERM, killed, restarted."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.databases import on_both
from tests.digests.delivery.mailbox import Mailbox, serving
from tests.news import rss
from tests.runtime.service import upgrade

from techwatch.errors import StorageError
from techwatch.storage import Store, exists, sqlite_url
from techwatch.testing import Behaviour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from techwatch.testing import Publisher

FINE = "EU fines TikTok 530 million euros over data transfers to China"
PATIENCE = 30.0  # seconds until a test gives up; it goes on as soon as what it waits for is there


def command(config: Path, *arguments: str) -> list[str]:
    tick = ["--set", "service.tick=1"]
    return [sys.executable, "-m", "techwatch", "--config", str(config), *tick, *arguments]


def until(process: subprocess.Popen[str], condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.05)


@pytest.fixture
def start(config: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start_service() -> subprocess.Popen[str]:
        process = subprocess.Popen(command(config, "run"), stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start_service
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def status(config: Path) -> dict[str, Any]:
    found = subprocess.run(
        command(config, "status", "--json"), capture_output=True, text=True, check=False
    )
    record: dict[str, Any] = json.loads(found.stdout) if found.stdout else {}
    return record


def refused(config: Path) -> set[str]:
    """Return the lists that a service says it can't take up."""
    with closing(Store.open(url(config))) as store:
        [told] = [one.error or "" for one in store.overview.heartbeats() if one.job == "reread"]
    return {name for name in ("feeds.yaml", "digests.yaml") if name in told}


def composed(config: Path) -> tuple[str, ...]:
    with closing(Store.open(url(config))) as store:
        return store.digests.composed()


@pytest.fixture(autouse=True)
def _same_database(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell the processes that a test starts where the database is."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def url(config: Path) -> str:
    """Where the database of the processes is."""
    return os.environ.get("TECHWATCH_DATABASE_URL") or sqlite_url(
        config.parent / "data" / "techwatch.db"
    )


def verdicts(config: Path) -> dict[str, int]:
    """Count the stored verdicts without starting a process; none before there is a database."""
    if not exists(url(config)):
        return {}
    try:
        store = Store.open(url(config))
    except StorageError:  # the service is just making it
        return {}
    try:
        counts = store.overview.counts(None, datetime.now(UTC))
        return {verdict.value: count for verdict, count in counts.by_verdict.items()}
    finally:
        store.close()


def beat(config: Path, job: str, *, failing: bool = False) -> datetime | None:
    """When a job last ended well, or since when it has been failing."""
    if not exists(url(config)):
        return None
    store = Store.open(url(config))
    try:
        found = next((h for h in store.overview.heartbeats() if h.job == job), None)
        if found is None:
            return None
        return found.failing_since if failing else found.at
    finally:
        store.close()


def stop(process: subprocess.Popen[str]) -> tuple[float, str]:
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, log
    return time.monotonic() - began, log


@on_both
def test_the_service_polls_judges_and_stops(
    start: Callable[[], subprocess.Popen[str]], publisher: Publisher, config: Path
) -> None:
    publisher.publish("news.rss", rss(FINE))
    process = start()
    until(process, lambda: verdicts(config))
    until(process, lambda: beat(config, "poll"))
    assert status(config)["service"]["alive"]
    seconds, log = stop(process)
    assert seconds < 10
    assert "stopped" in log
    assert FINE not in log  # text from the web stays out of the log
    assert verdicts(config) == {"escalating": 1}
    assert not status(config)["service"]["started"]
    assert len(publisher.requests) == 1  # a feed is not asked at every tick


@on_both
def test_a_restart_asks_no_feed_early(
    start: Callable[[], subprocess.Popen[str]], publisher: Publisher, config: Path
) -> None:
    publisher.publish("news.rss", rss(FINE))
    process = start()
    until(process, lambda: verdicts(config))
    process.kill()
    process.wait()
    again = start()
    before = beat(config, "poll")
    until(again, lambda: beat(config, "poll") != before)
    stop(again)
    assert len(publisher.requests) == 1


def test_a_feed_that_never_ends_does_not_keep_the_service_from_stopping(
    start: Callable[[], subprocess.Popen[str]], publisher: Publisher
) -> None:
    publisher.publish("news.rss", rss(FINE))
    publisher.misbehave("news.rss", Behaviour(drip=b" ", pause=1.0))
    process = start()
    until(process, lambda: publisher.requests)
    assert stop(process)[0] < 10


def test_a_feed_and_an_edition_added_while_the_service_runs_are_taken_up(
    start: Callable[[], subprocess.Popen[str]], publisher: Publisher, config: Path
) -> None:
    publisher.publish("news.rss", rss(FINE))
    publisher.publish("more.rss", rss("Commerce Department adds YMTC to entity list"))
    process = start()
    until(process, lambda: publisher.requests)
    digests = config / "digests.yaml"
    alerts = {"id": "alerts", "title": "Alerts", "alert": {"most_an_hour": 4}}
    listed = yaml.safe_load(digests.read_text(encoding="utf-8"))["editions"]
    digests.write_text(yaml.safe_dump({"editions": [*listed, alerts]}), encoding="utf-8")
    until(process, lambda: "alerts" in composed(config))
    path = config / "feeds.yaml"
    more = {"url": publisher.url("more.rss"), "publisher": "More", "language": "en"}
    feeds = yaml.safe_load(path.read_text(encoding="utf-8"))["feeds"]
    changed = path.with_suffix(".new")
    changed.write_text(yaml.safe_dump({"feeds": [*feeds, more]}), encoding="utf-8")
    os.replace(changed, path)  # noqa: PTH105 - whole or not at all, as editors do it
    until(process, lambda: any(request.path == "/more.rss" for request in publisher.requests))
    folder = config.parent / "data" / "digests" / "alerts"
    until(process, lambda: [*folder.glob("**/*.html")])
    stop(process)


def test_a_broken_list_is_told_and_the_old_one_kept(
    start: Callable[[], subprocess.Popen[str]], publisher: Publisher, config: Path
) -> None:
    publisher.publish("news.rss", rss(FINE))
    process = start()
    until(process, lambda: beat(config, "poll"))
    path = config / "feeds.yaml"
    whole = path.read_text(encoding="utf-8")
    digests = config / "digests.yaml"
    editions = digests.read_text(encoding="utf-8")
    path.write_text("feeds: [", encoding="utf-8")
    digests.write_text("editions: [{id: daily}]", encoding="utf-8")
    until(process, lambda: {"feeds.yaml", "digests.yaml"} <= refused(config))
    digests.write_text(editions, encoding="utf-8")  # read by `status` too
    told = status(config)
    assert any("reread has been failing" in sentence for sentence in told["attention"]), told[
        "attention"
    ]
    assert told["feeds"] == {"well": 1}
    path.write_text(whole, encoding="utf-8")
    until(process, lambda: not beat(config, "reread", failing=True))
    stop(process)


@on_both
def test_a_database_that_a_newer_program_upgraded_ends_the_service(
    start: Callable[[], subprocess.Popen[str]], publisher: Publisher, config: Path
) -> None:
    publisher.publish("news.rss", rss(FINE))
    process = start()
    until(process, lambda: beat(config, "poll"))
    upgrade(url(config))
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "use the newer techwatch that wrote it" in said
    assert "Traceback" not in said


@on_both
def test_run_once_does_what_is_due_and_ends(publisher: Publisher, config: Path) -> None:
    publisher.publish("news.rss", rss(FINE))
    subprocess.run(command(config, "run", "--once"), check=True, capture_output=True)
    assert verdicts(config) == {"escalating": 1}


def test_broken_files_keep_the_service_from_starting(publisher: Publisher, config: Path) -> None:
    (config / "feeds.yaml").write_text("feeds:\n  - url: ftp://x\n    publisher: X\n")
    (config / "digests.yaml").write_text("editions:\n  - id: daily\n    schedul: x\n")
    ended = subprocess.run(command(config, "run"), check=False, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "feeds.yaml:2:" in ended.stderr
    assert "digests.yaml:3:" in ended.stderr
    assert not (config.parent / "data").exists()
    assert publisher.requests == []


@on_both
@pytest.mark.parametrize(
    ("fault", "state", "error"),
    [
        ({"pause": 2.0}, "sent", None),
        ({"silent": True}, "uncertain", "the service was stopped while sending it"),
        ({"silent_at": "RCPT"}, "due", "the service was stopped while sending it"),
    ],
    ids=["finishes", "in doubt", "not handed over"],
)
def test_stopping_finishes_the_delivery_in_hand_or_says_how_it_stands(
    fault: dict[str, Any],
    state: str,
    error: str | None,
    publisher: Publisher,
    config: Path,
) -> None:
    publisher.publish("news.rss", rss(FINE))
    mail = {"channels": ["email"], "recipients": ["a@example.org"]}
    edition = {"id": "often", "title": "Often", "schedule": "* * * * *"} | mail
    (config / "digests.yaml").write_text(yaml.safe_dump({"editions": [edition]}))
    with closing(Store.open(url(config))) as store:
        store.digests.watch(["often"], datetime.now(UTC) - timedelta(seconds=61))
    mailbox = Mailbox(**fault)

    async def serve_and_stop() -> None:
        async with serving(mailbox) as port:
            options = ["email.host=127.0.0.1", f"email.port={port}", "email.security=none"]
            options += ["service.stop_within=4"]
            sets = [part for option in options for part in ("--set", option)]
            arguments = command(config, *sets, "run")
            process = await asyncio.create_subprocess_exec(*arguments, stderr=subprocess.PIPE)
            async with asyncio.timeout(PATIENCE):
                await mailbox.reached.wait()
                process.terminate()
                _, log = await process.communicate()
            assert process.returncode == 0, log

    asyncio.run(serve_and_stop())
    with closing(Store.open(url(config))) as store:
        [delivery] = store.ledger.of("often", first_slot(store))
    assert (delivery.state, delivery.error) == (state, error)


def first_slot(store: Store) -> datetime:
    return min(issue.slot for issue in store.digests.issues("often"))
