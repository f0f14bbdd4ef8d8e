"""Let techwatch poll publishers that mean it harm, and print what each came to.

    python tools/hostile.py [--only WORDS] [--timeout 5]

Servers on this machine play the publishers. Each row is one feed, polled as the service polls it,
with the settings that techwatch comes with, but for a shorter time limit on fetching. Seconds are
by the wall clock; memory is how far this process and its parsing processes rose, together, while
they were at it, above what they held before; the last column is what `techwatch status` says of
the feed. Exit status 1 where a row takes longer than it may, or more memory, or goes untold.
"""

# ruff: noqa: E501, S104 - a table is read best with a line for each row; addresses are asked, not bound
from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hostile_documents as documents
import yaml
from children import children
from hostile_server import PAUSE, Hostile, endless, whole
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from techwatch.feeds.polling import health
from techwatch.installation import shipped
from techwatch.settings import load
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hostile_server import Sends

MEGABYTES = 400 + 2 * 20  # that a row may take: parsing.memory, and twice a document
SLACK = 3.0  # seconds above the limits of fetching and parsing
PARSING = 15.0
OK = b"HTTP/1.1 200 OK\r\n"
console = Console(highlight=False, width=170)


@dataclass(frozen=True)
class Row:
    """One way of doing harm."""

    name: str
    sends: Callable[[], Sends] | None = None  # made when it is asked for: some are large
    url: str = ""  # where no server of ours answers, or one with TLS: {well} is its port
    private: bool = False  # whether private addresses are refused, as by default
    reads: bool = False  # whether the document is to be read all the same
    says: str = ""  # a pattern of what is told


def packed(encoding: str, megabytes: int) -> Callable[[], Sends]:
    """Send a bomb."""
    return lambda: whole(documents.bomb(encoding, megabytes), f"Content-Encoding: {encoding}")


def sent(make: Callable[[], bytes], *headers: str) -> Callable[[], Sends]:
    """Send a document."""
    return lambda: whole(make(), *headers)


def leading(goal: str) -> Callable[[], Sends]:
    """Redirect."""
    return lambda: whole(b"", f"Location: {goal}", status="302 Found")


def titles_as_fit() -> bytes:
    """Write a document of 19 MB."""
    return documents.long_title(19)


INNER = (
    "127.0.0.1", "localhost", "127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0.0.0.0",
    "169.254.169.254", "10.0.0.1", "192.168.0.1", "100.64.0.1", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]", "[::127.0.0.1]", "[fe80::1]", "[fc00::1]", "[fd00::1]", "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]",
)  # fmt: skip
REFUSED = r"private address|can't be resolved|no address"

ROWS = (
    *(Row(f"{encoding} bomb of 1,000 MB", packed(encoding, 1000), says="larger than 20,000,000") for encoding in ("gzip", "br", "zstd")),
    Row("gzip in gzip", sent(documents.matryoshka, "Content-Encoding: gzip, gzip"), says="not asked for"),
    Row("100 MB, and says so", lambda: endless(OK + b"Content-Length: 100000000\r\n\r\n", b"x" * 65_536), says="larger than"),
    Row("100 MB, without saying", lambda: endless(OK + b"\r\n", b"x" * 65_536), says="larger than"),
    Row("body, one byte a second", lambda: endless(OK + b"\r\n<", b" ", PAUSE), says="not finished within"),
    Row("headers, one byte a second", lambda: endless(OK + b"X: ", b"x", PAUSE), says="not finished within"),
    Row("one header without end", lambda: endless(OK + b"X: ", b"x" * 65_536), says=""),
    Row("headers without end", lambda: endless(OK, b"X-A: b\r\n" * 500), says=""),
    Row("interim answers without end", lambda: endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500), says=""),
    Row("no HTTP at all", lambda: endless(b"\0" * 100, b"\0" * 4096), says=""),
    Row("redirect to file:", leading("file:///etc/passwd"), says="not on the web"),
    Row("redirect to gopher:", leading("gopher://127.0.0.1:25/"), says="not on the web"),
    *(Row(f"at {inner}", url=f"http://{inner}:{{http}}/x", private=True, says=REFUSED) for inner in INNER),
    Row("TLS: well, to compare", sent(lambda: documents.titles(3)), url="https://localhost:{well}/", reads=True),
    Row("TLS: expired", url="https://localhost:{expired}/", says="expired"),
    Row("TLS: another's name", url="https://localhost:{another's}/", says="[Hh]ostname|certificate"),
    Row("TLS: signed by nobody known", url="https://localhost:{self-signed}/", says="unable to get|self.signed"),
    Row("TLS: none where it should be", url="https://localhost:{http}/", says="(?i)ssl|tls|wrong version|record"),
    Row("no such name", url="http://no-such-name.invalid/", says="resolve|known|name"),
    Row("nobody there", url="http://127.0.0.1:9/", says="refused|failed"),
    Row("entities in entities", sent(documents.laughs), says="entities of its own"),
    Row("one long entity, often", sent(documents.blowup), says="entities of its own"),
    Row("an entity that is a file", sent(documents.external), says="entities of its own"),
    Row("100,000 elements deep", sent(documents.nested), reads=True),
    Row("100,000 lists deep, JSON", sent(documents.nested_json), says=""),
    Row("100,000 tags deep in a text", sent(documents.nested_markup), reads=True),
    Row("10,000 attributes", sent(documents.attributes), says="attributes"),
    Row("10,000 name spaces", sent(documents.spaces), reads=True),
    Row("500,000 tiny entries, 18 MB", sent(lambda: documents.titles(500_000)), says="stopped|well"),
    Row("1,000,000 tiny entries", sent(lambda: documents.tiny(1_000_000)), says="larger than"),
    Row("a title of 19 MB", sent(titles_as_fit), reads=True),
    Row("a title of 50 MB", sent(lambda: documents.long_title(50)), says="larger than"),
    Row("5,000,000 ampersands", sent(documents.ampersands), says=""),
    Row("500,000 tags left open", sent(documents.unclosed), says=""),
)  # fmt: skip


@dataclass(frozen=True)
class Result:
    """What a row came to."""

    seconds: float
    megabytes: float
    told: str
    items: int


def configured(folder: Path, urls: list[str], timeout: float, *, private: bool) -> Watch:
    """Put techwatch together on these feeds."""
    folder.mkdir()
    feeds = [{"url": url, "publisher": url, "language": "en"} for url in urls]
    fetching: dict[str, Any] = {"gap": 0, "timeout": timeout, "allow_private": not private}
    settings = {"data_dir": str(folder), "fetching": fetching}
    contents = (("feeds", {"feeds": feeds}), ("techwatch", settings), ("digests", {"editions": []}))
    for name, content in contents:
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    watch = Watch(lambda: load(folder / "techwatch.yaml", {}), folder, shipped("baseline"))
    watch.open_lists()
    return watch


def memory(key: str) -> float:
    """Add up a figure of /proc/PID/status for this process and its children, in MB."""
    total = 0
    for pid in (os.getpid(), *children()):
        try:
            lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        except (FileNotFoundError, ProcessLookupError):  # it just ended
            continue
        total += next((int(line.split()[1]) for line in lines if line.startswith(key)), 0)
    return total / 1000


class Peak:
    """Looks every few milliseconds how much memory all processes hold: they come and go."""

    def __init__(self) -> None:
        self.before = self.highest = memory("VmRSS")

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            self.highest = max(self.highest, memory("VmRSS"))
            await asyncio.sleep(0.005)


async def poll(watch: Watch, url: str, ask: Any) -> Result:  # noqa: ANN401 - a function
    """Poll one feed, measured."""
    found: list[int] = []
    peak = Peak()
    looking = asyncio.create_task(peak.watch())
    begun = time.monotonic()
    await watch.poll([watch.store.feeds.state(url)], ask, lambda report: found.append(report.seen))
    seconds = time.monotonic() - begun
    looking.cancel()
    state = watch.store.feeds.state(url)
    told = health(state, watch.clock(), watch.settings.polling)
    words = f"{told.condition}: {told.why}" if told.why else told.condition
    return Result(seconds, peak.highest - peak.before, words, found[0])


@contextmanager
def trusting(path: Path) -> Iterator[None]:
    """Let clients trust the test's own authority."""
    os.environ["SSL_CERT_FILE"] = str(path)
    yield
    del os.environ["SSL_CERT_FILE"]


def run(rows: list[Row], timeout: float) -> list[Result]:
    """Poll all."""
    answers = {str(n): row.sends for n, row in enumerate(rows) if row.sends and not row.url}
    answers[""] = answers["x"] = sent(lambda: documents.titles(3))
    with (
        tempfile.TemporaryDirectory() as name,
        Hostile(answers, Path(name)) as server,
        trusting(server.trusted),
    ):
        ports = {"http": server.port, **server.secure}
        urls = [
            row.url.format(**ports) or f"http://127.0.9.{n + 1}:{server.port}/{n}"
            for n, row in enumerate(rows)
        ]
        results: dict[int, Result] = {}
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Polling", total=len(rows))
            for private in (False, True):
                chosen = [n for n, row in enumerate(rows) if row.private is private]
                folder = Path(name) / str(private)
                watch = configured(folder, [urls[n] for n in chosen], timeout, private=private)

                async def all_of_them(watch: Watch = watch, chosen: list[int] = chosen) -> None:
                    async with watch.asking() as ask:
                        for n in chosen:
                            server.prepare(str(n))
                            results[n] = await poll(watch, urls[n], ask)
                            bar.advance(task)

                if chosen:
                    asyncio.run(all_of_them())
                watch.close()
    return [results[n] for n in range(len(rows))]


def judged(row: Row, result: Result, timeout: float) -> str:
    """Say what is wrong with a row; nothing where all is well."""
    wrong = []
    if result.seconds > timeout + PARSING + SLACK:
        wrong.append("too slow")
    if result.megabytes > MEGABYTES:
        wrong.append("too much memory")
    if row.reads and not result.items:
        wrong.append("not read")
    if not row.reads and not re.search(row.says or "failing|read leniently|no XML", result.told):
        wrong.append("not told" if row.says or not result.items else "")
    return ", ".join(filter(None, wrong))


def main() -> None:
    """Run, and print a table."""
    parser = argparse.ArgumentParser(description="Poll publishers that mean harm.")
    parser.add_argument("--only", default="", help="A part of a row's name.")
    parser.add_argument("--timeout", type=float, default=5.0, help="fetching.timeout, in seconds.")
    given = parser.parse_args()
    rows = [row for row in ROWS if given.only in row.name]
    results = run(rows, given.timeout)
    table = Table("harm", "seconds", "MB more", "items", "told", "wrong")
    bad = 0
    for row, result in zip(rows, results, strict=True):
        wrong = judged(row, result, given.timeout)
        bad += bool(wrong)
        told = re.sub(r"(?<=://)\S+?:\d+", "…", result.told)[:80]
        figures = f"{result.seconds:.1f}", f"{result.megabytes:.0f}", f"{result.items:,}"
        table.add_row(*map(Text, (row.name, *figures, told, wrong)))
    console.print(table)
    console.print(f"{len(rows) - bad} of {len(rows)} bounded and told")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
