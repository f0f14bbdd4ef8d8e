"""The clients that are put through the fortnight: techwatch, and two from PyPI.

Each is asked every half hour of the moved clock, as a service or a cron line would, with the
settings it comes with, and is stopped and started anew each midnight. rss2email, which has no
intervals of its own, is run every hour. What a client remembers is in its own files.
"""

from __future__ import annotations

import asyncio
import logging
import mailbox
import os
import sqlite3
import warnings
from collections import defaultdict
from datetime import timedelta
from email.header import decode_header, make_header
from typing import TYPE_CHECKING, Any, Protocol

import yaml
from awkward_seen import Entry

if TYPE_CHECKING:
    from pathlib import Path

    from awkward_publisher import Publisher

    from techwatch.testing import FakeClock

STEP = timedelta(minutes=30)
TICKS = 48  # of a day
GAP = 0.1  # seconds of the true clock between two requests to one operator, here
Told = dict[str, set[str]]  # words about each feed, by address


class Client(Protocol):
    """Polls for a day at a time."""

    def day(self) -> None:
        """Start, ask what is due every half hour, and stop."""

    def told(self) -> Told:
        """Return what the client says of its feeds."""

    def entries(self) -> list[Entry]:
        """Return everything it kept."""


class Techwatch:
    """techwatch, as its service polls and judges."""

    def __init__(self, folder: Path, publisher: Publisher, clock: FakeClock) -> None:
        self._folder = folder
        self._clock = clock
        feeds = [
            {"url": url, "publisher": f"{habit.name} {url}", "language": habit.language}
            for habit in publisher.habits
            for url in publisher.urls(habit)
        ]
        fetching = {"allow_private": True, "gap": GAP, "contact": "https://desk.example/"}
        fetching |= {"operators": {k: list(v) for k, v in publisher.hosts().items()}}
        settings = {"data_dir": str(folder), "fetching": fetching}
        contents = (
            ("feeds", {"feeds": feeds}),
            ("techwatch", settings),
            ("digests", {"editions": []}),
        )
        for name, content in contents:
            (folder / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
        from techwatch.baseline.loading import load  # noqa: PLC0415 - for this client only
        from techwatch.installation import shipped  # noqa: PLC0415

        self._baseline = load(shipped("baseline"))

    def day(self) -> None:
        """Do what the service does, with its own fetcher, parsing processes and store."""
        asyncio.run(self._day())

    async def _day(self) -> None:
        watch = self._watch()
        watch.open_lists()
        async with watch.asking() as ask:
            for _ in range(TICKS):
                await watch.poll(watch.due_feeds(), ask, lambda _: None)
                watch.judge_items()
                self._clock.move(STEP)
        watch.close()

    def told(self) -> Told:
        """Return each feed's condition, and whether it moved, has a gap or is damaged."""
        from techwatch.feeds.polling import health  # noqa: PLC0415 - for this client only

        watch, found = self._watch(), {}
        for state in watch.store.feeds.states():
            told = health(state, self._clock(), watch.settings.polling)
            more = {"moved": told.moved_to, "gap": told.gap_at, "damage": state.damage}
            found[state.feed.url] = {
                told.condition,
                *(word for word, is_so in more.items() if is_so),
            }
        watch.close()
        return found

    def entries(self) -> list[Entry]:
        """Return all items, with their stories; an edit that is flagged again is told anew."""
        wanted = (
            "SELECT i.feed_url, i.id, i.title, a.story_id, i.revision > 1 AND"
            " a.verdict IN ('novel', 'escalating', 'easing') FROM items i LEFT JOIN assessments a"
            " ON a.item_id = i.id AND a.revision = i.revision"
        )
        with sqlite3.connect(self._folder / "techwatch.db") as connection:
            return [Entry(*row[:4], bool(row[4])) for row in connection.execute(wanted)]

    def _watch(self) -> Any:  # noqa: ANN401 - imported here only
        from techwatch.settings import load  # noqa: PLC0415 - for this client only
        from techwatch.watch import Watch  # noqa: PLC0415

        folder = self._folder
        watch = Watch(lambda: load(folder / "techwatch.yaml", {}), folder, folder, self._clock)
        watch.__dict__["baseline"] = self._baseline  # read once: it takes seconds
        return watch


class Reader:
    """The library `reader`: polls feeds of which its own interval, an hour, has passed."""

    def __init__(self, folder: Path, publisher: Publisher, clock: FakeClock) -> None:
        self._path = str(folder / "reader.sqlite")
        self._clock = clock
        library = self._open()
        for habit in publisher.habits:
            for url in publisher.urls(habit):
                library.add_feed(url)
        library.close()

    def day(self) -> None:
        """Update what is scheduled."""
        library = self._open()
        for _ in range(TICKS):
            library.update_feeds(scheduled=True)
            self._clock.move(STEP)
        library.close()

    def told(self) -> Told:
        """Return which feeds failed the last time, or are not updated any more."""
        library = self._open()
        found: Told = {}
        for feed in library.get_feeds():
            words = {"failing": feed.last_exception, "gone": not feed.updates_enabled}
            found[feed.url] = {word for word, is_so in words.items() if is_so}
        library.close()
        return found

    def entries(self) -> list[Entry]:
        """Return all entries."""
        library = self._open()
        found = [Entry(e.feed_url, e.id, e.title or "") for e in library.get_entries()]
        library.close()
        return found

    def _open(self) -> Any:  # noqa: ANN401 - the library's
        from reader import make_reader  # noqa: PLC0415 - for this client only

        library = make_reader(self._path)
        library._now = self._clock  # noqa: SLF001 - it has no other way to move its clock
        return library


class Rss2Email:
    """The program rss2email, its mail kept in a maildir; `r2e run` each hour."""

    def __init__(self, folder: Path, publisher: Publisher, clock: FakeClock) -> None:
        self._folder = folder
        self._clock = clock
        self._names = {
            f"f{place}": url
            for place, url in enumerate(
                u for habit in publisher.habits for u in publisher.urls(habit)
            )
        }
        self._log = _Log(set(self._names))
        lines = ["[DEFAULT]", "from = r2e@a.example", "to = desk@a.example"]
        lines += ["email-protocol = maildir", f"maildir-path = {folder}", "maildir-mailbox = mail"]
        for name, url in self._names.items():
            lines += [f"[feed.{name}]", f"url = {url}"]
        (folder / "r2e.cfg").write_text("\n".join(lines), encoding="utf-8")
        (folder / "r2e.json").write_text(f'{{"version": 2, "feeds": []}}', encoding="utf-8")  # noqa: F541
        os.environ["XDG_RUNTIME_DIR"] = str(folder)  # where it keeps its lock

    def day(self) -> None:
        """Run the program every hour."""
        from rss2email.main import run  # noqa: PLC0415 - for this client only

        warnings.simplefilter("ignore")
        log = logging.getLogger("rss2email")
        log.handlers, log.propagate = [self._log], False
        self._log.told.clear()
        for _ in range(TICKS // 2):
            run(["-c", str(self._folder / "r2e.cfg"), "-d", str(self._folder / "r2e.json"), "run"])
            self._clock.move(2 * STEP)

    def told(self) -> Told:
        """Return of which feeds the program complained that day."""
        return {url: set(self._log.told[name]) for name, url in self._names.items()}

    def entries(self) -> list[Entry]:
        """Return all mails."""
        box = mailbox.Maildir(self._folder / "mail")
        return [
            Entry(mail["X-RSS-Feed"], key, str(make_header(decode_header(mail["Subject"]))))
            for key, mail in box.items()
        ]


class _Log(logging.Handler):
    """Notes which feeds are named in warnings."""

    def __init__(self, names: set[str]) -> None:
        super().__init__(logging.WARNING)
        self._names = names
        self.told: defaultdict[str, set[str]] = defaultdict(set)

    def emit(self, record: logging.LogRecord) -> None:
        for word in record.getMessage().split():
            if word in self._names:
                self.told[word].add("failing")


CLIENTS = {"techwatch": Techwatch, "reader": Reader, "rss2email": Rss2Email}
