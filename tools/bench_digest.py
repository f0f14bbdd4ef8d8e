"""How long it takes to compose and render one large digest: `make bench` runs it.

10,000 items in 500 stories stand in a SQLite file, judged. What is timed is what the service does
at a slot: read all of it, choose and rank, put into words, write HTML, text and JSON. Nothing is
sent. The bound is a plain read of the same rows.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from techwatch.baseline.loading import load
from techwatch.composing import Editor, draft
from techwatch.digests.render import render
from techwatch.digests.settings import DigestSettings
from techwatch.feeds.polling import PollingSettings
from techwatch.installation import shipped
from techwatch.model import (
    Assessment,
    Direction,
    Edition,
    Event,
    Feed,
    FeedState,
    Field,
    Item,
    Judged,
    Mode,
    PollOutcome,
    Verdict,
)
from techwatch.storage import Store, sqlite_url
from techwatch.text import content_hash, item_id

ITEMS, STORIES, FEEDS = 10_000, 500, 20
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def main() -> None:
    """Fill a database, and time reading, composing and rendering."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(sqlite_url(Path(folder) / "bench.db"))
        _fill(store)
        baseline = load(shipped("baseline"))
        editor = Editor(baseline, {}, PollingSettings(), DigestSettings(), "example.org")
        edition = Edition("daily", "Daily", "daily 07:00", "UTC", (), most=STORIES)
        store.digests.watch([edition.id], NOW)
        for attempt in ("first", "again"):
            began = time.process_time()
            made = draft(store, editor, edition, NOW, NOW)
            composed = time.process_time()
            rendered = render(made)
            ended = time.process_time()
            sources = sum(1 + len(d.others) for d in made.developments)
            print(
                f"{attempt}: {len(made.developments)} developments of {sources} items: "
                f"read and composed {composed - began:.2f} s, rendered {ended - composed:.2f} s, "
                f"together {ended - began:.2f} s; HTML {len(rendered.html) / 1e6:.1f} MB"
            )
        began = time.process_time()
        with store.database.read() as connection:
            connection.execute(text("select * from items join assessments on item_id = id")).all()
        print(f"bound, a plain read of the same rows: {time.process_time() - began:.2f} s")
        store.close()


def _fill(store: Store) -> None:
    feeds = [Feed(f"https://f{n}.example/rss", f"Feed {n}", "en") for n in range(FEEDS)]
    store.feeds.watch(feeds, NOW)
    for number, feed in enumerate(feeds):
        items = [_item(feed, n) for n in range(number, ITEMS, FEEDS)]
        state = FeedState(feed, polled_at=NOW, succeeded_at=NOW)
        store.feeds.record(PollOutcome(state, "document", tuple(items)), NOW)
    told: set[str] = set()
    while batch := store.judging.unjudged(1000):
        with store.judging.judging() as judging:
            for stored in batch:
                story = f"story{int(stored.item.identity) % STORIES}"
                judged = Judged(stored, _assessment(), story, story not in told, NOW)
                told.add(story)
                judging.save(judged, ["tiktok"], [], stored.item.published or NOW)


def _item(feed: Feed, number: int) -> Item:
    title = f"Regulator {number % STORIES} fines TikTok over data of children, report {number}"
    summary = "The authority said that the company had kept data for longer than it may. " * 3
    return Item(
        id=item_id(feed.url, str(number)),
        feed_url=feed.url,
        identity=str(number),
        title=title,
        summary=summary,
        link=f"{feed.url}/{number}",
        published=NOW - timedelta(minutes=number % 1440),
        content_hash=content_hash(title, summary),
    )


def _assessment() -> Assessment:
    event = Event(
        "fined", "coercion", "fined", Direction.UP, Mode.DECIDED, ("tiktok",), "eu",
        Field.TITLE, 10, 15, "fines",
    )  # fmt: skip
    plain = Assessment(Verdict.ESCALATING, 0.8, "A fine by the EU.", (), event, model_version="0")
    return replace(plain)


if __name__ == "__main__":
    main()
