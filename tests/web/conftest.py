"""A real desk for tests: a store with judged news, served over HTTP, and somebody logged in."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
import yaml

from techwatch.installation import shipped
from techwatch.settings import load
from techwatch.watch import Watch
from techwatch.web.serving import desk_open

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techwatch.web.rendering import Renderer


@pytest.fixture(scope="session")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demonstration's configuration and its judged news; not to be changed."""
    folder: Path = tmp_path_factory.mktemp("news") / "demo"
    command = [sys.executable, "-m", "techwatch", "demo", "--keep", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture
def at_desk(news: Path, tmp_path: Path) -> Watch:
    """techwatch on a copy of that news, with a desk that needs no login."""
    return opened(news, tmp_path / "desk", {"login": "none"})


def opened(news: Path, folder: Path, web: dict[str, object]) -> Watch:
    """Copy the news to a folder of its own, with settings of the desk."""
    shutil.copytree(news, folder)
    path = folder / "config" / "techwatch.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings |= {"data_dir": str(folder), "web": {"port": 0} | web}
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return Watch(lambda: load(path, {}), path.parent, shipped("baseline"))


@contextmanager
def serving(watch: Watch, renderer: Renderer | None = None) -> Iterator[str]:
    """Serve a desk in a thread; gives its address."""
    loop = asyncio.new_event_loop()
    stopping = asyncio.Event()
    ready: threading.Event = threading.Event()
    found: list[str] = []

    async def serve() -> None:
        async with desk_open(watch, renderer) as at:
            found.append(at)
            ready.set()
            await stopping.wait()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        finally:
            ready.set()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert ready.wait(30)
        assert found, "the desk did not open"
        yield found[0]
    finally:
        if loop.is_running():
            loop.call_soon_threadsafe(stopping.set)
        thread.join(30)
        loop.close()
        watch.close()


@pytest.fixture
def desk(at_desk: Watch) -> Iterator[str]:
    """The address of a desk without login."""
    with serving(at_desk) as at:
        yield at


class Browser(httpx.Client):
    """Somebody at the desk: keeps cookies, and sends forms as a browser does."""

    def csrf(self, path: str = "/") -> str:
        """Read from a page what forms must bring."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.get(path).text)
        assert found, f"{path} has no form"
        return found[1]

    def submit(self, path: str, **fields: str) -> httpx.Response:
        """Send a form."""
        headers = {"Origin": str(self.base_url).rstrip("/")}
        return self.post(path, data={"csrf": self.csrf(), **fields}, headers=headers)


@pytest.fixture
def browser(desk: str) -> Iterator[Browser]:
    """Somebody who entered a desk without login."""
    with Browser(base_url=desk, follow_redirects=True, timeout=30) as client:
        client.get("/login")
        yield client


def with_own_baseline(news: Path, folder: Path) -> Watch:
    """techwatch on a copy of that news, with a baseline that may be changed."""
    shutil.copytree(shipped("baseline"), folder / "baseline")
    watch = opened(news, folder / "desk", {"login": "none"})
    watch.baseline_dir = folder / "baseline"
    return watch


@contextmanager
def browsing(watch: Watch) -> Iterator[Browser]:
    """Give somebody who entered that desk."""
    with serving(watch) as at, Browser(base_url=at, timeout=60, follow_redirects=True) as client:
        client.get("/login")
        yield client
