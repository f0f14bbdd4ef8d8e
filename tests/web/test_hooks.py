"""Webhooks of saved filters: each development once, signed, and never to a private network."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from sqlalchemy import update
from tests.web.conftest import Browser, opened, serving

from techwatch.digests.delivery.webhook import sign
from techwatch.errors import NotFoundError
from techwatch.model import DeliveryState
from techwatch.storage import tables as t
from techwatch.web.views import digests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techwatch.watch import Watch


class Receiver(ThreadingHTTPServer):
    """Somebody else's program: it keeps what is posted to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 204
        self.posted: list[tuple[dict[str, str], bytes]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def desk(watch: Watch) -> Iterator[Browser]:
    with serving(watch) as at, Browser(base_url=at, follow_redirects=True, timeout=30) as client:
        client.get("/login")
        yield client


def allowing(news: Path, folder: Path) -> Watch:
    """A desk that may post to this machine."""
    watch = opened(news, folder, {"login": "none"})
    path = watch.config_dir / "techwatch.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump(settings | {"webhook": {"allow_private": True}}))
    return watch


def added(browser: Browser, url: str, query: str) -> str:
    """Save a filter with a webhook; returns the address of its webhooks in the API."""
    browser.submit("/filters", name="Hooked", query=query)
    saved = browser.get("/api/v1/filters").json()["filters"][0]
    browser.submit(f"/filters/{saved['id']}/hooks", url=url)
    return f"/api/v1/filters/{saved['id']}/hooks"


def serve_once(watch: Watch) -> None:
    """Do what the service does at a tick."""
    watch.publish_due()
    asyncio.run(watch.deliver())


def as_if_watched_for_days(watch: Watch) -> None:
    """Let what became a development before count too."""
    with watch.store.database.write() as connection:
        early = watch.clock() - timedelta(days=30)
        connection.execute(update(t.editions).values(watched_since=early))


def test_each_development_is_posted_once_and_signed(news: Path, tmp_path: Path) -> None:
    watch = allowing(news, tmp_path / "desk")
    with receiving() as receiver, desk(watch) as browser:
        url = f"http://127.0.0.1:{receiver.server_port}/in"
        path = added(browser, url, "verdict=escalating")
        [hook] = browser.get(path).json()["hooks"]
        serve_once(watch)
        assert receiver.posted == []  # what was a development before is not told
        as_if_watched_for_days(watch)
        receiver.status = 503
        serve_once(watch)
        [failed] = browser.get(path).json()["hooks"][0]["postings"]
        assert (failed["state"], failed["attempts"]) == ("due", 1)
        assert "503" in browser.get(path.removeprefix("/api/v1")).text
        receiver.status = 204
        clock = watch.clock
        watch.clock = watch.courier._clock = lambda: clock() + timedelta(hours=2)
        serve_once(watch)
        serve_once(watch)
        first, second = receiver.posted
        assert first[1] == second[1]
        assert first[0]["Idempotency-Key"] == second[0]["Idempotency-Key"]
        headers, body = second
        stamp = int(headers["Techwatch-Timestamp"])
        assert headers["Techwatch-Signature"] == sign(hook["secret"], stamp, body)
        wanted = browser.get("/api/v1/developments?verdict=escalating").json()["developments"]
        assert sorted(_told(json.loads(body))) == sorted(d["id"] for d in wanted)
        [sent] = browser.get(path).json()["hooks"][0]["postings"]
        assert sent["state"] == "sent"
        own = f"hook-{hook['id']}"  # of the one whose filter it is; an admin may see it
        assert own in browser.get("/api/v1/digests").json()["editions"]
        assert own not in digests.digests(watch).editions
        assert own not in {one.edition for one in digests.digests(watch).digests}
        with pytest.raises(NotFoundError):
            digests.digest(watch, own, "latest")


def _told(digest: dict[str, Any]) -> list[str]:
    parts = [*digest["groups"], {"developments": digest["follow_ups"]}]
    return [one["id"] for part in parts for one in part["developments"]]


def test_one_that_is_paused_waits_and_one_that_is_deleted_is_given_up(
    news: Path, tmp_path: Path
) -> None:
    watch = allowing(news, tmp_path / "desk")
    with receiving() as receiver, desk(watch) as browser:
        path = added(browser, f"http://127.0.0.1:{receiver.server_port}", "")
        page = path.removeprefix("/api/v1")
        [hook] = browser.get(path).json()["hooks"]
        as_if_watched_for_days(watch)
        watch.publish_due()
        browser.submit(f"{page}/{hook['id']}/pause", paused="true")
        serve_once(watch)
        assert receiver.posted == []
        # A test goes out all the same, and says how it went.
        assert "was taken" in browser.submit(f"{page}/{hook['id']}/test").text
        assert json.loads(receiver.posted.pop()[1])["test"] is True
        receiver.status = 400
        assert "answered 400" in browser.submit(f"{page}/{hook['id']}/test").text
        browser.submit(f"{page}/{hook['id']}/delete")
        assert browser.get(path).json()["hooks"] == []
        receiver.posted.clear()
        serve_once(watch)
        assert receiver.posted == []
        own = watch.store.ledger.newest(f"hook-{hook['id']}", 10)
        assert {delivery.state for delivery in own} == {DeliveryState.DROPPED}
        # What becomes due all the same, by somebody who is faster, is given up too and not kept.
        watch.store.ledger.send_again(own[0], watch.clock())
        serve_once(watch)
        assert watch.store.ledger.delivery(own[0].id).state is DeliveryState.DROPPED
        assert receiver.posted == []
        done = [one.action for one in watch.store.audit.page(20, None, None)]
        assert done[:3] == ["hooks.delete", "hooks.pause", "hooks.add"]


def test_private_networks_and_what_is_no_address_are_not_posted_to(browser: Browser) -> None:
    with receiving() as receiver:
        for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"):
            path = added(browser, f"http://{host}:{receiver.server_port}/", "")
            page = path.removeprefix("/api/v1")
            hook = browser.get(path).json()["hooks"][0]
            told = browser.submit(f"{page}/{hook['id']}/test").text
            assert "The test was not taken" in told, host
            assert "private address" in told
            browser.submit(f"{page}/{hook['id']}/delete")
        # Only so many tests a minute: they make the desk ask others' servers.
        path = added(browser, f"http://127.0.0.1:{receiver.server_port}/", "")
        page = path.removeprefix("/api/v1")
        hook = browser.get(path).json()["hooks"][0]
        token = {"X-CSRF-Token": browser.csrf(), "Origin": str(browser.base_url).rstrip("/")}
        tests = (browser.post(f"{path}/{hook['id']}/test", headers=token) for _ in range(15))
        assert 429 in [answer.status_code for answer in tests]
        for url in ("javascript:alert(1)", "file:///etc/passwd", "x", "http://"):
            assert browser.submit(page, url=url).status_code == 422
        assert receiver.posted == []
