"""The service killed while a hub pushes: what was acknowledged is not lost, nobody asked twice."""

from __future__ import annotations

import random
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from tests.hub import Hub, announcing
from tests.news import rss

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from techwatch.testing import Publisher

KILLS = 4
PATIENCE = 90.0  # seconds until the test gives up; it goes on as soon as what it waits for is there
SERVICE = Path(__file__).parent / "service.py"


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.05)


def reachable_at_some_port(config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    path = config / "techwatch.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings["http"] = {"port": port, "public_url": f"http://127.0.0.1:{port}"}
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")


def rows(config: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(config.parent / "data" / "techwatch.db")) as connection:
        return [row[0] for row in connection.execute(sql)]


def start(config: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(SERVICE), str(config)], stderr=subprocess.DEVNULL)


@contextmanager
def pushing(hub: Hub) -> Iterator[list[str]]:
    """Let the hub push one item after the other, each until it is acknowledged."""
    acknowledged: list[str] = []
    ending = threading.Event()

    def push() -> None:
        while not ending.wait(0.02):
            number = str(len(acknowledged) + 1)
            try:
                status = hub.push(rss(f"News {number}", guids=(number,)))
            except (urllib.error.URLError, OSError):
                continue
            if status == 202:
                acknowledged.append(number)

    thread = threading.Thread(target=push)
    thread.start()
    try:
        yield acknowledged
    finally:
        ending.set()
        thread.join()


def torment(config: Path, hub: Hub) -> list[str]:
    """Kill the service while the hub pushes; returns what was acknowledged."""
    dice = random.Random(1)
    process = start(config)
    try:
        until(lambda: 200 in hub.verified)
        with pushing(hub) as acknowledged:
            for more in [5] * KILLS + [1]:
                wanted = len(acknowledged) + more
                until(lambda wanted=wanted: len(acknowledged) >= wanted)  # type: ignore[misc]
                if more > 1:
                    time.sleep(dice.uniform(0.0, 1.5))
                    process.kill()
                    process.wait()
                    process = start(config)
        until(lambda: rows(config, "SELECT count(*) FROM pushes") == [0])
        unjudged = "SELECT count(*) FROM items WHERE judged_revision < revision"
        until(lambda: rows(config, unjudged) == [0])
    finally:
        process.kill()
        process.wait()
    return acknowledged


def test_what_a_hub_was_told_arrived_is_stored_and_judged_once(
    config: Path, publisher: Publisher, hub: Hub
) -> None:
    reachable_at_some_port(config)
    topic = publisher.url("news.rss")
    publisher.publish("news.rss", announcing(rss("Old news"), hub.url, topic))
    acknowledged = torment(config, hub)
    guids = [guid.rpartition("/")[2] for guid in rows(config, "SELECT guid FROM items")]
    stored = [guid for guid in guids if guid != "0"]
    assert set(acknowledged) <= set(stored)
    assert len(stored) == len(set(stored))
    assert len(stored) <= len(acknowledged) + 1  # a kill may have cut off the answer to the last
    assert rows(config, "SELECT count(*) FROM assessments") == [len(stored) + 1]
    assert rows(config, "PRAGMA integrity_check") == ["ok"]
    assert len(hub.asked) == 1
    assert [request.path for request in publisher.requests].count("/news.rss") == 1
