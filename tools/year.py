"""Live through a year of many feeds on one SQLite file, and print what it comes to month by month.

    python tools/year.py [--days 365] [--feeds 500] [--items 12] [--on-topic 0.05] [--keep FOLDER]

Real are the file and every verb of the store: batched polls of documents with 40 entries each, the
reading of what is due, verdicts, stories, digests frozen daily, and pruning with the defaults. On
topic are labelled items with moved dates and other numbers and places in them, matched and judged
by the real judge, a share of them (`--judged`): each of the others is stored with verdict, evidence
and anchors of the one judged last, as another telling of its story. Simulated are the network, the
clock, and the items off the topic: those of a stream of general feeds, each with a title of its
own, which are stored as judged unrelated without being matched. Each feed is polled once a day.
`check` and `status` are the commands, each in a process of its own. Times are processor time.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict, deque
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from labelled import DEV_ITEMS, STREAM
from sqlalchemy import func, select

from techwatch.baseline.loading import load
from techwatch.composing import Editor, publish
from techwatch.digests.settings import DigestSettings
from techwatch.feeds.polling import PollingSettings
from techwatch.installation import shipped
from techwatch.judging import Judge
from techwatch.model import (
    Assessment,
    Edition,
    Feed,
    FeedState,
    Item,
    Judged,
    PollOutcome,
    Verdict,
)
from techwatch.pipeline import JUDGING_BATCH, POLLING_BATCH, judge_item
from techwatch.pruning import prune
from techwatch.settings import Settings
from techwatch.storage import Store, sqlite_url
from techwatch.storage import tables as t
from techwatch.text import content_hash, item_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from techwatch.model import Pruned, StoredItem

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MONTH = 30  # days
SHOWN = 40  # entries of a document
PLACES = ("Lyon", "Gdansk", "Osaka", "Perth", "Bergen", "Austin", "Porto", "Turin", "Leeds", "Graz")
ASKED = "EU fines TikTok 530 million euros over data transfers to China"
COLUMNS = (
    "day", "file MB", "free MB", "items", "dropped", "on topic", "developments", "poll ms",
    "due ms", "judge ms", "digest s", "prune s", "check s", "status s",
)  # fmt: skip


@dataclass
class Year:
    """The world and its clock."""

    store: Store
    judge: Judge
    editor: Editor
    edition: Edition
    feeds: Sequence[Feed]
    news: Sequence[tuple[str, str]]  # on the topic: title, summary
    stream: Sequence[tuple[str, str]]  # off the topic
    chance: random.Random
    on_topic: float
    judged: float  # the share of those on the topic that is really judged
    each: int  # items of a feed a day
    now: datetime = BEGIN
    made: int = 0
    shown: dict[str, deque[Item]] = field(default_factory=lambda: defaultdict(_document))
    relevant: set[str] = field(default_factory=set)  # ids not judged yet that are on the topic
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Note how long something took."""
        began = time.process_time()
        yield
        self.times[what].append(time.process_time() - began)


def _document() -> deque[Item]:
    return deque(maxlen=SHOWN)


def live_a_day(year: Year) -> None:
    """Poll, judge, publish, prune."""
    for start in range(0, len(year.feeds), POLLING_BATCH):
        outcomes = [_outcome(year, feed) for feed in year.feeds[start : start + POLLING_BATCH]]
        with year.timed("poll"):
            year.store.feeds.record_all(outcomes, year.now)
    while batch := year.store.judging.unjudged(JUDGING_BATCH):
        _judge(year, batch)
    with year.timed("due"):
        year.store.feeds.states()
        year.store.judging.unjudged(JUDGING_BATCH)
        year.store.ledger.due(year.now)
        year.store.digests.last_slot(year.edition.id, year.now)
    with year.timed("digest"):
        publish(year.store, year.editor, year.edition, year.now, year.now)
    gone: list[Pruned] = []
    with year.timed("prune"):
        kept = Settings().retention
        prune(year.store, kept, year.now, told=gone.append, rest=lambda _: None)
    year.now += timedelta(days=1)


def _outcome(year: Year, feed: Feed) -> PollOutcome:
    for n in range(year.each):
        at = year.now - timedelta(hours=24 * (n + year.chance.random()) / year.each)
        year.shown[feed.url].append(_item(year, feed, at))
    state = FeedState(feed, polled_at=year.now, succeeded_at=year.now, news_at=year.now)
    return PollOutcome(state, "document", tuple(reversed(year.shown[feed.url])))


def _item(year: Year, feed: Feed, at: datetime) -> Item:
    year.made += 1
    relevant = year.chance.random() < year.on_topic
    title, summary = year.chance.choice(year.news if relevant else year.stream)
    title = f"{title} ({year.chance.choice(PLACES)}, {year.chance.randrange(1000)})"
    identity = f"guid:https://news.example/{feed.publisher}/{year.made}"
    one = Item(
        id=item_id(feed.url, identity),
        feed_url=feed.url,
        identity=identity,
        title=title,
        summary=summary,
        guid=identity.removeprefix("guid:"),
        link=f"https://news.example/{feed.publisher}/{year.made}-{title[:40].replace(' ', '-')}",
        published=at,
        language="en",
        content_hash=content_hash(title, summary),
    )
    if relevant:
        year.relevant.add(one.id)
    return one


def _judge(year: Year, batch: Sequence[StoredItem]) -> None:
    relevant = {one.item.id for one in batch if one.item.id in year.relevant}
    found = {one.item.id: year.judge.mentions(one.item) for one in batch if one.item.id in relevant}
    last: tuple[Judged, tuple[str, ...]] | None = None
    with year.store.judging.judging() as judging:
        for one in batch:
            if one.item.id in relevant:
                year.relevant.discard(one.item.id)
                if last is None or year.chance.random() < year.judged:
                    with year.timed("judge"):
                        done = judge_item(one, found[one.item.id], year.judge, judging, year.now)
                    anchors = year.judge.read(one.item, found[one.item.id]).anchors
                    last = (done, anchors) if done.story_id else last
                else:
                    done = replace(last[0], stored=one, opens_story=False)
                    judging.save(done, last[1], (), one.item.published or one.first_seen_at)
            else:
                assessment = Assessment(Verdict.UNRELATED, 0.0, "", model_version="year")
                judged = Judged(one, assessment, None, opens_story=False, judged_at=year.now)
                judging.save(judged, (), (), one.item.published or one.first_seen_at)
        for one in judging.settling():
            mentions = year.judge.mentions(one.item)
            judge_item(one, mentions, year.judge, judging, year.now)


def report(year: Year, folder: Path, day: int) -> list[str]:
    """Measure, and return a row; the times noted since the last one are forgotten."""
    size = year.store.retention.size()
    with year.store.database.read() as connection:
        counted = [
            connection.scalar(select(func.count()).select_from(what))
            for what in (t.story_items, t.developments)
        ]
    middle = {what: statistics.median(took) for what, took in year.times.items()}
    year.times.clear()
    commands = [_command(folder, "check", ASKED), _command(folder, "status", "--json")]
    return [
        f"{day}", f"{size.bytes / 1e6:,.0f}", f"{size.free / 1e6:,.0f}", f"{size.items:,}",
        f"{size.dropped_items:,}", *(f"{n:,}" for n in counted),
        *(f"{1000 * middle.get(what, 0):.1f}" for what in ("poll", "due", "judge")),
        *(f"{middle.get(what, 0):.2f}" for what in ("digest", "prune")),
        *(f"{seconds:.2f}" for seconds in commands),
    ]  # fmt: skip


def _command(folder: Path, *arguments: str) -> float:
    """Run a command on the year's file, twice, and return the processor time of the second run."""
    own = os.environ | {"TECHWATCH_DATA_DIR": str(folder)}
    spent = 0.0
    for _ in range(2):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "techwatch", *arguments]
        done = subprocess.run(command, env=own, capture_output=True, check=False)  # noqa: S603
        if b"Traceback" in done.stderr:
            raise SystemExit(done.stderr.decode())
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent


def make(folder: Path, arguments: argparse.Namespace) -> Year:
    """Put the world together."""
    baseline, settings = load(shipped("baseline")), Settings()
    feeds = [
        Feed(f"https://news.example/{n}/feed.xml", f"P{n}", "en") for n in range(arguments.feeds)
    ]
    with DEV_ITEMS.open(encoding="utf-8") as lines:
        read = [json.loads(line) for line in lines]
    news = [(r["title"], r["summary"]) for r in read if r["verdict"] != "unrelated"]
    with gzip.open(STREAM, "rt", encoding="utf-8") as lines:
        stream = [(r["title"], r["summary"]) for r in map(json.loads, lines)]
    editor = Editor(baseline, {}, PollingSettings(), DigestSettings(), "example.org")
    by = Judge.of(baseline, settings.matching, settings.assessment)
    store = Store.open(sqlite_url(folder / "techwatch.db"))
    store.feeds.watch(feeds, BEGIN)
    edition = Edition("daily", "Daily", "0 7 * * *", "UTC", ())
    store.digests.watch([edition.id], BEGIN)
    return Year(
        store=store,
        judge=by,
        editor=replace(editor, names=by.names),
        edition=edition,
        feeds=feeds,
        news=news,
        stream=stream,
        chance=random.Random(arguments.seed),  # noqa: S311 - the same year each time
        on_topic=arguments.on_topic,
        judged=arguments.judged,
        each=arguments.items,
    )


def main() -> None:
    """Live through the days and print a row a month."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name, default in (("days", 365), ("feeds", 500), ("items", 12), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--on-topic", type=float, default=0.05, help="share of the items")
    parser.add_argument("--judged", type=float, default=0.1, help="share of these judged anew")
    parser.add_argument("--keep", type=Path, help="a folder that keeps the file")
    arguments = parser.parse_args()
    if not STREAM.exists():
        raise SystemExit(f"{STREAM} is not there: the news that the year is made of")
    with tempfile.TemporaryDirectory() as passing:
        folder = arguments.keep or Path(passing)
        year = make(folder, arguments)
        tell = partial(print, flush=True)
        tell("| " + " | ".join(COLUMNS) + " |\n" + "| ---: " * len(COLUMNS) + "|")
        for day in range(1, arguments.days + 1):
            live_a_day(year)
            if day % MONTH == 0 or day == arguments.days:
                tell("| " + " | ".join(report(year, folder, day)) + " |")
        year.store.close()


if __name__ == "__main__":
    main()
