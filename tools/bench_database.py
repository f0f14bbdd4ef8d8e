"""Fill SQLite and PostgreSQL with up to a million items, and print sizes and times of questions.

    python tools/bench_database.py [--items 10000,100000,1000000] [--on sqlite,postgresql]
                                   [--keep FOLDER] [--same 500]

2,500 items a day of 1,000 feeds, in English, Chinese and Norwegian, of which one in fifty opens a
development that four items tell on average: see `tools/filling.py`. Rows are written in bulk;
`--same` stores so many items by the store's own verbs as well, and compares all rows. Each size is
the former one with newer items added, so that what grows with history is seen. Nothing is pruned.
Times are of the processor, the mean of 25, this process and the server's together; beside it wall
clock, on which other work tells: the median and the 95th of a hundred.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict, deque
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from filling import DAILY, FEEDS, News, news
from filling_rows import EDITION, Bulk, by_verbs, waiting
from sqlalchemy import event, select, text

from techwatch.baseline.loading import load
from techwatch.composing import Editor, coverage, draft
from techwatch.digests.settings import DigestSettings
from techwatch.feeds.polling import PollingSettings
from techwatch.installation import shipped
from techwatch.judging import Judge
from techwatch.model import Edition, FeedState, PollOutcome, Waiting
from techwatch.pipeline import JUDGING_BATCH
from techwatch.pruning import BATCH
from techwatch.settings import Settings
from techwatch.storage import Database, Store, sqlite_url
from techwatch.storage import tables as t
from techwatch.testing.postgres import server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from filling import Entry, Telling
    from sqlalchemy.engine import Engine

    from techwatch.storage import Judging

TIMES = 25
SHOWN = 36  # items that a document repeats, beside four new ones
BACKLOG = 40_000  # items that wait for a verdict
STEPS = 20_000  # items that are written before progress is told


@dataclass
class Filled:
    """A store that is filled, and what is asked of it."""

    store: Store
    news: News
    editor: Editor
    judge: Judge
    bulk: Bulk
    shown: dict[str, deque[Entry]] = field(default_factory=lambda: defaultdict(_document))
    busiest: Entry | None = None  # the latest item of those told most

    def fill(self, items: int) -> None:
        """Add the items that are missing."""
        with hasty(self.store.database.engine):
            self._fill(items)
        analyse(self.store.database)

    def _fill(self, items: int) -> None:
        while self.news.made < items:
            entries = list(self.news.entries(min(STEPS, items - self.news.made)))
            self.bulk.add(entries)
            for one in entries:
                self.shown[one.item.feed_url].append(one)
                if one.telling is self.news.stories[0]:
                    self.busiest = one
        self.bulk.publish(self.news.now())


def _document() -> deque[Entry]:
    return deque(maxlen=SHOWN)


@contextmanager
def hasty(engine: Engine) -> Iterator[None]:
    """Have SQLite write with much memory and no regard for the power, for the time of filling."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _haste)
        engine.dispose()
    yield
    if engine.dialect.name == "sqlite":
        event.remove(engine, "connect", _haste)
        engine.dispose()


def _haste(connection: Any, record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    del record
    for pragma in ("synchronous=OFF", "cache_size=-600000"):
        connection.execute(f"PRAGMA {pragma}")


def analyse(database: Database) -> None:
    """Have PostgreSQL count what it plans by, as its own service would after a while."""
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as own:
            own.execute(text("VACUUM (ANALYZE)"))


# ------------------------------------------------------------------ questions


def questions(of: Filled) -> Iterator[tuple[str, Callable[[], object]]]:
    """Give what is asked, by name; nothing waits for a verdict."""
    store, now = of.store, of.news.now()
    day = now - timedelta(days=1)
    version = Waiting("filled", now)
    edition = Edition(EDITION, "Daily", "0 7 * * *", "UTC", ())
    busy = of.busiest
    if busy is None or busy.telling is None or busy.story is None:
        raise SystemExit("too few items: nothing was told of the busiest entity")
    entity, story = busy.telling.anchors[0], busy.story.id

    yield "feeds that are due", lambda: store.feeds.due(now)
    yield "store a poll of 40 items", _poll(of)
    yield "items to judge: none", lambda: store.judging.unjudged(JUDGING_BATCH, version)
    yield from _judging(of, busy.telling, busy.at + timedelta(hours=1))
    yield "a digest", lambda: draft(store, of.editor, edition, now, now)
    yield "coverage of a day", lambda: coverage(store, of.editor, day, now)
    yield "check: newest of an entity", lambda: store.judging.mentioning(entity, 5)
    yield "status: all counts", lambda: coverage(store, of.editor, None, now)
    yield "status: queue", lambda: store.overview.queue(now)
    yield "status: size", store.retention.size
    yield "status: articles", store.articles.totals
    yield "item by id", lambda: store.judging.item(busy.item.id)
    yield "item by beginning of id", lambda: store.judging.item(busy.item.id[:10])
    yield "item by link", lambda: store.judging.item(busy.item.link or "")
    yield "story page", lambda: _page(store, busy.item.id, story)
    yield "prune: first 500", lambda: store.retention.unmatched(now, None, BATCH)
    yield "prune: texts", lambda: store.retention.with_text(now, None, BATCH)


def _page(store: Store, item_id: str, story_id: str) -> None:
    store.judging.assessment(item_id)
    store.judging.story(story_id)
    store.judging.saga(story_id)
    store.judging.publishers(story_id)
    store.judging.headlines(item_id)
    store.judgements.on(item_id, story_id)


def _poll(of: Filled) -> Callable[[], object]:
    feeds = iter(sorted(of.shown) * 9)

    def ask() -> None:
        url = next(feeds)
        known = [one.item for one in of.shown[url]]
        new = [
            replace(known[0], id=f"{hash((url, n, of.news.made)) % 2**60:016x}", identity=f"n{n}",
                    title=f"New {n}", content_hash=f"{n:016x}", link=None)
            for n in range(4)
        ]  # fmt: skip
        state = replace(of.store.feeds.state(url), polled_at=of.news.now())
        of.store.feeds.record_all([PollOutcome(state, "document", (*new, *known))], of.news.now())

    return ask


def _judging(
    of: Filled, telling: Telling, at: datetime
) -> Iterator[tuple[str, Callable[[], object]]]:
    judge = of.judge
    entities = [a for a in telling.anchors if ":" not in a]

    def asking(ask: Callable[[Any], object]) -> Callable[[], object]:
        def once() -> None:
            with of.store.judging.judging() as judging:
                ask(judging)

        return once

    window, judged = judge.story_window, judge.judged_window
    yield "open stories, busy", asking(lambda j: j.open_stories(telling.anchors, at, window, "x"))
    yield "judged stories, busy", asking(lambda j: j.judged_stories(telling.anchors, at, judged))
    yield (
        "standings, busy",
        asking(lambda j: _standings(j, entities, at, judge)),
    )


def _standings(judging: Judging, entities: list[str], at: datetime, by: Judge) -> object:
    recent = at - by.standing_window
    return judging.standings(entities, without_story="x", before=(at, "x"), recent=recent)


# ------------------------------------------------------------------ measuring


def measure(of: Filled) -> dict[str, Took]:
    """Ask everything."""
    found = {}
    for name, ask in questions(of):
        found[name] = timed(ask, of.store.database)
        print(f"  {name}: {found[name]} ms", file=sys.stderr, flush=True)
    return found


def measure_waiting(of: Filled) -> dict[str, Took]:
    """Ask what is to be judged while few and many items wait; they are left behind."""
    found = {}
    version = Waiting("filled", of.news.now())
    for added in (BACKLOG // 10, BACKLOG - BACKLOG // 10):
        waiting(of.store, list(of.news.entries(added)), of.news.now())
        analyse(of.store.database)
        number = of.store.overview.queue(of.news.now()).items_waiting
        judge = partial(of.store.judging.unjudged, JUDGING_BATCH, version)
        found[f"100 to judge of {number:,}"] = timed(judge, of.store.database)
        queue = partial(of.store.overview.queue, of.news.now())
        found[f"status: queue, {number:,} waiting"] = timed(queue, of.store.database)
    return found


class Took(NamedTuple):
    """What a question takes, in milliseconds."""

    processor: float  # of this process and the server, the mean
    middle: float  # wall clock, the median
    most: float  # the 95th of a hundred

    def __str__(self) -> str:
        return f"{self.processor:.1f} ({self.middle:.1f}, {self.most:.1f})"


def timed(ask: Callable[[], object], database: Database) -> Took:
    """Ask again and again, once without counting."""
    ask()
    took = []
    spent = processor(database)
    for _ in range(TIMES):
        began = time.perf_counter()
        ask()
        took.append(1000 * (time.perf_counter() - began))
    spent = processor(database) - spent
    took.sort()
    most = took[int(0.95 * len(took))]
    return Took(1000 * spent / TIMES, statistics.median(took), most)


def processor(database: Database) -> float:
    """Return the seconds of processor that this process and its server have used."""
    own = time.process_time()
    if database.engine.dialect.name != "postgresql":
        return own
    asked = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
    with database.read() as connection:
        pids = connection.scalars(text(asked)).all()
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return own + ticks / os.sysconf("SC_CLK_TCK")


def sizes(database: Database) -> dict[str, int]:
    """Return the bytes of each table and index."""
    if database.engine.dialect.name == "sqlite":
        asked = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name"
    else:
        asked = (
            "SELECT relname, pg_table_size(oid) FROM pg_class WHERE relnamespace = "
            "'public'::regnamespace AND relkind IN ('r', 'i')"
        )
    with database.read() as connection:
        return {name: int(taken) for name, taken in connection.execute(text(asked))}


def report(name: str, counts: list[int], asked: list[Any], taken: list[dict[str, int]]) -> None:
    """Print two tables."""
    heads = " | ".join(f"{n:,}" for n in counts)
    title = f"{name}: ms of processor (wall clock: median, 95th)"
    print(f"\n| {title} | {heads} |\n| --- {'| ---: ' * len(counts)}|")
    for question in asked[0]:
        cells = (str(one[question]) for one in asked)
        print(f"| {question} | {' | '.join(cells)} |")
    print(f"\n| {name}: MB | {heads} | bytes an item |\n| --- {'| ---: ' * (len(counts) + 1)}|")
    last = taken[-1]
    for part in sorted(last, key=lambda p: -last[p]):
        if last[part] > 0.002 * sum(last.values()):
            cells = (f"{sizes_.get(part, 0) / 1e6:.1f}" for sizes_ in taken)
            print(f"| {part} | {' | '.join(cells)} | {last[part] / counts[-1]:.0f} |")
    sums = [sum(one.values()) for one in taken]
    each = sums[-1] / counts[-1]
    print(f"| all | {' | '.join(f'{one / 1e6:.1f}' for one in sums)} | {each:.0f} |", flush=True)


# ------------------------------------------------------------------ the same rows


def same(items: int, urls: tuple[str, str]) -> None:
    """Store items both ways and compare every row; raises SystemExit where one differs."""
    stores = [Store.open(url) for url in urls]
    for store in stores:
        store.feeds.watch(news().feeds, news().now())
    by_verbs(stores[0], news().entries(items))
    Bulk(stores[1]).add(news().entries(items))
    for table in t.metadata.sorted_tables:
        one, other = (_rows(store, table) for store in stores)
        if one != other:
            differ = sorted(one.symmetric_difference(other))[:4]
            raise SystemExit(f"{table.name} differs: {differ}")
        if one:
            print(f"{table.name}: the same {len(one):,} rows")
    for store in stores:
        store.close()


def _rows(store: Store, table: Any) -> set[str]:  # noqa: ANN401 - a table
    left_out = {"id"} if table.name in {"standings", "judgements"} else set()
    if table.name == "feeds":
        left_out = {"next_poll_at", "polled_at", "news_at", "gap_at"}  # of polls, not of items
    columns = [column for column in table.c if column.name not in left_out]
    with store.database.read() as connection:
        return {repr(tuple(row)) for row in connection.execute(select(*columns))}


# ------------------------------------------------------------------ the whole


def filled(url: str, stream: News | None = None) -> Filled:
    """Make an empty store ready, for the usual news or others."""
    store, baseline, settings = Store.open(url), load(shipped("baseline")), Settings()
    stream = stream or news()
    store.feeds.watch(stream.feeds, stream.now())
    store.digests.watch([EDITION], stream.now())
    judge = Judge.of(baseline, settings.matching, settings.assessment)
    editor = Editor(baseline, {}, PollingSettings(), DigestSettings(), "example.org")
    editor = replace(editor, names=judge.names)
    for start in range(0, FEEDS, 50):  # none of them is due
        later = stream.now() + timedelta(days=100_000)
        states = [FeedState(f, next_poll_at=later) for f in stream.feeds[start : start + 50]]
        store.feeds.record_all([PollOutcome(s, "document") for s in states], stream.now())
    return Filled(store, stream, editor, judge, Bulk(store, digested=stream.begin))


def bench(name: str, url: str, counts: list[int]) -> None:
    """Fill a database step by step and print what it comes to."""
    of, asked, taken = filled(url), [], []
    for items in counts:
        began = time.perf_counter()
        of.fill(items)
        print(f"{name}: {items:,} items after {time.perf_counter() - began:.0f} s", flush=True)
        taken.append(sizes(of.store.database))
        asked.append(measure(of))
    waits = measure_waiting(of)
    report(name, counts, asked, taken)
    for question, took in waits.items():
        print(f"{name}: {question}: {took} ms", flush=True)
    of.store.close()


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--items", default="10000,100000,1000000")
    parser.add_argument("--on", default="sqlite,postgresql")
    parser.add_argument("--same", type=int, help="compare so many items, stored both ways")
    parser.add_argument("--keep", type=Path, help="a folder that keeps the SQLite file")
    arguments = parser.parse_args()
    counts = [int(n) for n in arguments.items.split(",")]
    print(f"{DAILY:,} items a day of {FEEDS:,} feeds")
    with ExitStack() as stack:
        passing = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder = arguments.keep or passing
        for name in arguments.on.split(","):
            serves = name == "postgresql"
            running = stack.enter_context(server()) if serves else None

            def fresh(file: str, running: Any = running) -> str:  # noqa: ANN401 - a server
                return running.new_database() if running else sqlite_url(folder / file)

            if arguments.same:
                print(name)
                same(arguments.same, (fresh("verbs.db"), fresh("bulk.db")))
            else:
                bench(name, fresh("filled.db"), counts)


if __name__ == "__main__":
    main()
