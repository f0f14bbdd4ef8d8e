"""A PostgreSQL server that goes while the service runs, and comes back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import yaml
from tests.databases import on_postgresql
from tests.news import rss

from techwatch.storage import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.databases import Servers

    from techwatch.testing import Publisher

pytestmark = on_postgresql

FINE = "EU fines TikTok 530 million euros over data transfers to China"
MORE = "Canada bars TikTok from the phones of its civil servants"
PATIENCE = 60.0
AWAY = 4.0  # seconds: several ticks


def until(process: subprocess.Popen[bytes], condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None, "the service ended"
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.1)


def judged(url: str) -> int:
    with closing(Store.open(url)) as store:
        return store.overview.counts(None, datetime.now(UTC)).items_judged


def test_the_service_goes_on_when_the_server_is_back(
    servers: Servers,
    database_url: str,
    environment: dict[str, str],
    publisher: Publisher,
    config: Path,
    tmp_path: Path,
) -> None:
    publisher.publish("news.rss", rss(FINE))
    log = tmp_path / "log"
    options = ["service.tick=1"]
    command = [sys.executable, "-m", "techwatch", "--config", str(config)]
    command += [part for option in options for part in ("--set", option)]
    with (
        log.open("wb") as told,
        subprocess.Popen(
            [*command, "run"], stdout=told, stderr=told, env=os.environ | environment
        ) as process,
    ):
        try:
            until(process, lambda: judged(database_url) == 1)
            server = servers.running()
            server.kill()
            until(process, lambda: b"can't be" in log.read_bytes())
            publisher.publish("more.rss", rss(MORE))
            feeds = yaml.safe_load((config / "feeds.yaml").read_text("utf-8"))["feeds"]
            more = {"url": publisher.url("more.rss"), "publisher": "More", "language": "en"}
            (config / "feeds.yaml").write_text(yaml.safe_dump({"feeds": [*feeds, more]}))
            time.sleep(AWAY)
            assert process.poll() is None
            server.start()
            until(process, lambda: judged(database_url) == 2)
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
    assert "Traceback" not in log.read_text("utf-8"), log.read_text("utf-8")
