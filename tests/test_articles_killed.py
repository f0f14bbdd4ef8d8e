"""A process that is killed while it has a page in hand loses nothing, and asks only once more."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.test_articles import THIN, asked, feed, page, read, settle, verdict

from techwatch.installation import shipped
from techwatch.model import ArticleState, Verdict
from techwatch.settings import load
from techwatch.testing import Behaviour, FakeClock
from techwatch.watch import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from techwatch.testing import Publisher


def command(config: Path) -> list[str]:
    return [sys.executable, "-m", "techwatch", "--config", str(config), "poll", "--all"]


def wait_for(publisher: Publisher, path: str) -> None:
    deadline = time.monotonic() + 60
    while path not in asked(publisher):
        assert time.monotonic() < deadline, "the page was never asked for"
        time.sleep(0.05)


def test_a_kill_between_the_request_and_its_outcome_costs_one_attempt(
    config: Path, publisher: Publisher
) -> None:
    settle(config, "feeds", lambda feeds: feeds["feeds"][0].update(full_text=True))
    settle(config, "techwatch", lambda s: s.update(articles={"days": 10_000}))
    feed(publisher, THIN)
    page(publisher)
    publisher.misbehave("0.html", Behaviour(delay=10.0, times=1))
    with subprocess.Popen(command(config), stdout=subprocess.DEVNULL) as killed:
        wait_for(publisher, "/0.html")
        killed.kill()
    clock = FakeClock(datetime.now(UTC))
    watch = Watch(lambda: load(config / "techwatch.yaml", {}), config, shipped("baseline"), clock)
    try:
        stored = watch.store.judging.item(publisher.url("0.html"))
        assert stored.article is not None
        assert (stored.article.state, stored.article.attempts) == (ArticleState.WAITING, 1)
        assert read(watch) == 0  # not before its pause is over
        clock.move(timedelta(seconds=61))
        assert read(watch) == 1
        assert verdict(watch, publisher) is Verdict.ESCALATING
    finally:
        watch.close()
    done = subprocess.run(command(config), capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert asked(publisher) == ["/robots.txt", "/0.html", "/0.html"]
