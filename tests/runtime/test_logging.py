"""What a whole run writes to its log, and what never stands there."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import yaml
from tests.digests.delivery.receiver import Receiver, receiving
from tests.news import rss
from tests.runtime.service import running

from techwatch.storage import Store, sqlite_url
from techwatch.testing import Behaviour

if TYPE_CHECKING:
    from pathlib import Path

    from techwatch.testing import Publisher

MARKER = "zyxmarker"
FINE = f"EU fines TikTok 530 million euros over data transfers to China {MARKER}"
LOGIN = "s3cretlogin"


def feeds_of(publisher: Publisher) -> list[str]:
    """Publish feeds that are well, broken and hostile, each with the marker in what it says."""
    item = rss(FINE, guids=(f"guid-{MARKER}",))
    publisher.publish("news.rss", item)
    publisher.publish("page.rss", f"<html><body>{MARKER}</body></html>".encode())
    publisher.publish("cut.rss", item[:-60] + f"&{MARKER};<{MARKER}".encode())
    publisher.publish("dates.rss", item.replace(b"Sun, 01 Mar", MARKER.encode()))
    hostile = f'<!DOCTYPE x [<!ENTITY {MARKER} "{MARKER}">]><rss>&{MARKER};</rss>'
    publisher.publish("hostile.rss", hostile.encode())
    publisher.publish("empty.rss", b"")
    publisher.misbehave("moved.rss", Behaviour.redirect(f"ftp://{MARKER}.example/"))
    publisher.misbehave("gone.rss", Behaviour(status=500, body=MARKER.encode()))
    publisher.misbehave("zip.rss", Behaviour(headers={"content-encoding": MARKER}, body=item))
    names = ("news", "page", "cut", "dates", "hostile", "empty", "moved", "gone", "zip")
    return [publisher.url(f"{name}.rss") for name in names]


def configure(config: Path, publisher: Publisher) -> None:
    feeds = [
        {"url": f"{url}?api_key={LOGIN}", "publisher": f"P{n}", "language": "en"}
        for n, url in enumerate(feeds_of(publisher))
    ]
    (config / "feeds.yaml").write_text(yaml.safe_dump({"feeds": feeds}), encoding="utf-8")
    often: dict[str, object] = {"id": "often", "title": "Often", "schedule": "* * * * *"}
    often |= {"channels": ["folder", "webhook"]}
    (config / "digests.yaml").write_text(yaml.safe_dump({"editions": [often]}), encoding="utf-8")
    with closing(Store.open(sqlite_url(config.parent / "data" / "techwatch.db"))) as store:
        store.digests.watch(["often"], datetime.now(UTC) - timedelta(seconds=61))


def test_a_whole_run_logs_events_with_keys_and_no_text_of_the_web(
    publisher: Publisher, config: Path
) -> None:
    configure(config, publisher)
    with receiving(Receiver([(500, {})])) as receiver:
        environment = {
            "TECHWATCH_WEBHOOK__URLS": f"desk={receiver.url}/{LOGIN}",
            "TECHWATCH_WEBHOOK__SECRET": f"{LOGIN} of sixteen",
            "TECHWATCH_LOGGING__LEVEL": "debug",
        }
        options = ("webhook.allow_private=true", "matching.text_limit=1000")
        with running(config, *options, environment=environment) as service:
            service.until(lambda: service.events("job done", job="judge", logger="techwatch"))
            service.until(lambda: service.events("delivery sent", channel="folder"))
            service.until(lambda: service.events("delivery tried", channel="webhook"))
            service.stop()
            written = service.log_file.read_text(encoding="utf-8")
            log = service.log()
    assert MARKER not in written
    assert LOGIN not in written
    assert "***" in written
    for event in log:
        assert {"event", "level", "logger", "time"} <= event.keys()
        assert datetime.fromisoformat(event["time"]).utcoffset() == timedelta(0)
    [poll] = service.events("job done", job="poll", feeds=9)
    assert poll["failed"] >= 5
    assert poll["new"] >= 1
    assert poll["seconds"] > 0
    failed = service.events("feed polled", result="failed", job="poll")
    assert len(failed) == poll["failed"]
    assert all(event["error"] and event["level"] == "warning" for event in failed)
    assert service.events("digest composed", edition="often", job="publish")
    [delivery] = service.events("delivery sent", channel="folder", edition="often")
    assert delivery["state"] == "sent"


def test_a_job_that_breaks_is_an_event_with_fields(publisher: Publisher, config: Path) -> None:
    publisher.publish("news.rss", rss(FINE))
    program = """
        import sys
        from techwatch.storage.judging import JudgingStore
        def broken(self, *_):
            raise KeyError({marker!r})
        JudgingStore.unjudged = broken
        from techwatch.cli import main
        sys.argv = ["techwatch", "--config", {config!r}, "run", "--once"]
        main()
    """
    text = program.format(marker=MARKER, config=str(config))
    text = "\n".join(line[8:] for line in text.splitlines())
    done = subprocess.run(
        [sys.executable, "-c", text],
        capture_output=True,
        text=True,
        check=False,
        env={"TECHWATCH_LOGGING__FORMAT": "json", "PATH": "/usr/bin"},
    )
    assert done.returncode == 1
    [line] = [line for line in done.stderr.splitlines() if "job failed" in line]
    assert MARKER not in line
    assert '"type": "KeyError"' in line
    assert "judge_items" in line
    assert '"job": "judge"' in line
