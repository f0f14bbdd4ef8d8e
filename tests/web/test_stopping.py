"""The desk as a process: it ends at once when it is told to, whatever people wait for."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
import yaml
from tests.web.conftest import Browser
from tests.web.test_proxy import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def started(folder: Path, *command: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a desk as its user does, without news; gives the process and its address."""
    [port] = free_ports(1)
    settings = {
        "data_dir": str(folder),
        "fetching": {"allow_private": True},
        "web": {"login": "none", "port": port},
    }
    written = {"techwatch": settings, "feeds": {"feeds": []}, "digests": {"editions": []}}
    for name, content in written.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "techwatch", "--config", str(folder), *command],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr
        assert any("the desk is open" in line for line in process.stderr)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("command", [("web",), ("run", "--web")])
def test_sigterm_ends_it_while_a_page_is_waited_for(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        started(tmp_path, *command) as (process, at),
        Browser(base_url=at, timeout=60, follow_redirects=True) as browser,
    ):
        browser.get("/login")
        slow = threading.Thread(target=_checked, args=(browser, silent.getsockname()[1]))
        slow.start()
        silent.settimeout(60)
        asked, _ = silent.accept()  # and never answered
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(30) == 0
            assert time.monotonic() - begun < 10  # the page alone would take twice that
        finally:
            asked.close()
            slow.join(20)


def _checked(browser: Browser, port: int) -> None:
    """Have a page checked whose server says nothing."""
    try:
        csrf = browser.csrf("/check")
        fields = {"csrf": csrf, "text": f"http://127.0.0.1:{port}/page"}
        headers = {"Origin": str(browser.base_url).rstrip("/")}
        browser.post("/check", data=fields, headers=headers)
    except httpx.HTTPError:
        return  # the desk has gone
