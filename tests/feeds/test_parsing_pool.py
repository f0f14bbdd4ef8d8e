from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from techwatch.errors import NotAFeedError, ParseError, ParseMemoryError, ParseTimeoutError
from techwatch.feeds.parsing import parse
from techwatch.feeds.parsing_pool import ParsingPool, ParsingSettings
from techwatch.model import Document, Feed, ParsedFeed, Validators

if TYPE_CHECKING:
    from collections.abc import Sequence

FEED = Feed("https://feeds.example/a.xml", "Example", "en")
ONE = ParsingSettings(workers=1, timeout=0.7)
GOOD = b'<rss version="2.0"><channel><item><title>Good</title></item></channel></rss>'
# Passes the scan for hostile tags, isn't well-formed, so that the fast path gives it up, and keeps
# feedparser busy for many seconds.
TAG = b"<a " + b" ".join(b'a%d="1"' % n for n in range(250)) + b"/>"
SLOW = (
    b'<rss version="2.0"><channel><item><title>A & B</title>'
    + TAG * 8000
    + b"</item></channel></rss>"
)


def document(content: bytes) -> Document:
    return Document(FEED.url, content, None, Validators(), datetime(2025, 1, 1, tzinfo=UTC))


def parsed_in_pool(
    contents: Sequence[bytes], settings: ParsingSettings
) -> list[ParsedFeed | BaseException]:
    async def all_at_once() -> list[ParsedFeed | BaseException]:
        async with ParsingPool(settings) as pool:
            tasks = [pool.parse(document(content), FEED) for content in contents]
            return list(await asyncio.gather(*tasks, return_exceptions=True))

    return asyncio.run(all_at_once())


def workers_of(pid: int) -> list[int]:
    """Return the processes that parse for a process."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            command = (path / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue  # it ended meanwhile
        if parent == pid and b"spawn_main" in command:
            found.append(int(path.name))
    return found


def test_the_pool_parses_as_parse_does() -> None:
    (got,) = parsed_in_pool([GOOD], ParsingSettings())
    assert got == parse(document(GOOD), FEED)


def test_an_error_crosses_the_border_whole() -> None:
    (got,) = parsed_in_pool([b"<html></html>"], ParsingSettings())
    assert type(got) is NotAFeedError
    assert (got.url, str(got)) == (FEED.url, "is a web page, no feed")


def test_a_document_that_stalls_is_stopped_and_the_others_go_on() -> None:
    got = parsed_in_pool([GOOD, SLOW, GOOD, GOOD], ONE)
    assert [type(one) for one in got] == [ParsedFeed, ParseTimeoutError, ParsedFeed, ParsedFeed]
    assert str(got[1]) == "parsing took more than 0.7 seconds and was stopped"


def test_a_document_that_takes_too_much_memory_is_stopped_and_the_next_is_read() -> None:
    large = (
        b'<rss version="2.0"><channel><title>A</title>'
        + b"<item><title>x</title></item>" * 400_000
        + b"</channel></rss>"
    )
    settings = ParsingSettings(workers=1, timeout=60, memory=200)
    got = parsed_in_pool([large, GOOD], settings)
    assert [type(one) for one in got] == [ParseMemoryError, ParsedFeed]
    assert "parsing.memory" in str(got[0])


def test_a_process_that_dies_takes_only_its_document_along() -> None:
    async def with_a_kill() -> tuple[BaseException, ParsedFeed]:
        async with ParsingPool(ParsingSettings(workers=1)) as pool:
            await pool.parse(document(GOOD), FEED)
            slow = asyncio.ensure_future(pool.parse(document(SLOW), FEED))
            await asyncio.sleep(0.3)
            (worker,) = workers_of(os.getpid())
            os.kill(worker, signal.SIGKILL)
            (died,) = await asyncio.gather(slow, return_exceptions=True)
            assert isinstance(died, BaseException)
            return died, await pool.parse(document(GOOD), FEED)

    died, after = asyncio.run(with_a_kill())
    assert type(died) is ParseError
    assert str(died) == "the process that parsed it died"
    assert [item.title for item in after.items] == ["Good"]


def test_processes_start_when_needed_and_end_with_the_pool() -> None:
    async def counts() -> list[int]:
        seen = []
        async with ParsingPool(ParsingSettings(workers=2)) as pool:
            seen.append(len(workers_of(os.getpid())))
            await pool.parse(document(GOOD), FEED)
            seen.append(len(workers_of(os.getpid())))
            await asyncio.gather(*(pool.parse(document(GOOD), FEED) for _ in range(4)))
            seen.append(len(workers_of(os.getpid())))
        return seen

    assert asyncio.run(counts()) == [0, 1, 2]
    deadline = time.monotonic() + 1
    while workers_of(os.getpid()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert workers_of(os.getpid()) == []


def test_leaving_the_pool_does_not_wait_for_a_document() -> None:
    async def leave() -> float:
        async with ParsingPool(ParsingSettings(workers=1, timeout=60)) as pool:
            await pool.parse(document(GOOD), FEED)
            slow = asyncio.ensure_future(pool.parse(document(SLOW), FEED))
            await asyncio.sleep(0.2)
            slow.cancel()
            begun = time.perf_counter()
        with pytest.raises(asyncio.CancelledError):
            await slow
        return time.perf_counter() - begun

    assert asyncio.run(leave()) < 1


SCRIPT = """
import asyncio, sys
sys.path.insert(0, {tests!r})
from test_parsing_pool import GOOD, FEED, ParsingPool, ParsingSettings, document

async def main():
    async with ParsingPool(ParsingSettings(workers=1)) as pool:
        parsed = await pool.parse(document(GOOD), FEED)
        print(parsed.items[0].title, flush=True)
        if "stay" in sys.argv:
            await asyncio.sleep(60)

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "console-script"
    path.write_text(SCRIPT.format(tests=str(Path(__file__).parent)))
    return path


def test_a_script_that_uses_the_pool_ends_cleanly(script: Path) -> None:
    command = [sys.executable, "-W", "error", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Good\n", "")


def test_workers_do_not_outlive_a_parent_that_was_killed(script: Path) -> None:
    with subprocess.Popen(
        [sys.executable, str(script), "stay"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"Good\n"
        workers = workers_of(parent.pid)
        parent.kill()
    assert len(workers) == 1
    deadline = time.monotonic() + 3
    while alive(workers[0]) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(workers[0])


def alive(pid: int) -> bool:
    """Whether a process runs; one that waits to be collected doesn't."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
