"""What the search index costs, and how long searches take, on both databases.

    .venv/bin/python tools/bench_search.py 10000 100000 1000000
    .venv/bin/python tools/bench_search.py PostgreSQL 100000

Each database is filled with so many made-up items, a quarter of them Chinese, whose words are as
frequent as in English (the list of pyspellchecker) and as Zipf has it. Printed are the bytes of
the index beside all others, what storing a poll costs with and without it, and the median and the
95th percentile of each kind of query. Items have verdicts, entities and developments as a watch
of general news has them.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from sqlalchemy import insert, text, update

from techwatch.model import Feed, FeedState, Item, PollOutcome, Verdict
from techwatch.search.parsing import parse
from techwatch.storage import Store, indexing, sqlite_url
from techwatch.storage import tables as t
from techwatch.storage.feeds import add_items
from techwatch.testing.postgres import NoServerError, server
from techwatch.text import content_hash, item_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FEEDS = [Feed(f"https://f{n}.example/feed", f"Publisher {n}", "en") for n in range(200)]
PAGE = 500  # items stored in one transaction when filling
POLLED = 20  # new items of a poll, when storing is timed
POLLS = 60
ROUNDS = 15  # of each query
ENTITIES = ["huawei", *(f"entity-{n}" for n in range(20))]
VERDICTS = [Verdict.UNRELATED, Verdict.KNOWN, Verdict.NOVEL, Verdict.ESCALATING]
SECONDS_APART = 20  # between two items: 1.5 million a year
TOPICS = {"china": 0.2, "chip": 0.05, "huawei": 0.02, "tiktok": 0.005, "smee": 0.00005}
TOPICS_ZH = {"中国": 0.3, "芯片": 0.05, "华为": 0.03, "光刻机": 0.005, "上海微电子": 0.0001}
KINDS = {
    "everything": "",
    "frequent word": "china",
    "common word": "chip",
    "rare word": "smee",
    "absent word": "zyzzyva",
    "two frequent words": "china government",
    "frequent and rare": "china smee",
    "either": "huawei OR tiktok OR smee",
    "without": "chip -china",
    "only without": "-china",
    "beginning": "econom*",
    "phrase of frequent words": '"in the"',
    "phrase of common words": '"the chip"',
    "in titles": "title:huawei",
    "two characters": "芯片",
    "two words of two": "芯片 华为",
    "five characters": "上海微电子",
    "one character": "芯",
    "in a week, frequent": "china since:7d",
    "entity": "entity:huawei",
    "entity and word": "entity:huawei china",
    "flagged and word": "verdict:flagged china",
    "feed and word": "feed:f17. china",
    "language and word": "lang:zh chip OR 芯片",
}


def main(sizes: list[int], names: list[str]) -> None:
    """Measure on each of these databases, or both, at each size."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        urls = {"SQLite": sqlite_url(Path(folder) / "bench.db")}
        try:
            settings = {"shared_buffers": "256MB", "synchronous_commit": "on", "fsync": "on"}
            running = stack.enter_context(server(**settings))
            urls["PostgreSQL"] = running.new_database()
        except NoServerError as error:
            print(f"no PostgreSQL: {error}", file=sys.stderr)
        for name, url in urls.items():
            if names and name not in names:
                continue
            store = Store.open(url)
            store.feeds.watch(FEEDS, NOW)
            made = _made()
            held = 0
            for size in sizes:
                _fill(store, made, held, size)
                held = size
                _settle(store)
                print(f"\n{name}, {size:,} items: {_sizes(store)}")
                print(_storing(store, made))
                _ask(store)
            store.close()


def _made() -> Iterator[Item]:
    """Make up items without end, each a little newer than the one before."""
    chance = random.Random(7)  # noqa: S311 - no secret
    english, chinese = _english(chance), _chinese(chance)
    number = 0
    while True:
        number += 1
        feed = FEEDS[min(int(chance.paretovariate(0.7)) - 1, len(FEEDS) - 1)]
        is_chinese = chance.random() < 0.25
        say = chinese if is_chinese else english
        title, summary = say(10), say(35)
        body = say(300) if chance.random() < 0.1 else ""
        identity = f"guid:{number}"
        yield Item(
            id=item_id(feed.url, identity),
            feed_url=feed.url,
            identity=identity,
            title=title,
            summary=summary,
            body=body,
            link=f"{feed.url}/{number}",
            published=NOW - timedelta(days=400) + timedelta(seconds=SECONDS_APART * number),
            language="zh" if is_chinese else "en",
            content_hash=content_hash(title, summary),
        )


def _english(chance: random.Random) -> Callable[[int], str]:
    from spellchecker import SpellChecker  # noqa: PLC0415 - slow, and for this only

    counted = SpellChecker().word_frequency.dictionary
    words = sorted(counted, key=lambda word: (-counted[word], word))[:60_000]
    weights = list(accumulate(counted[word] for word in words))
    return lambda count: _told(chance, words, weights, count, TOPICS, " ")


def _chinese(chance: random.Random) -> Callable[[int], str]:
    characters = [chr(0x4E00 + n) for n in chance.sample(range(20_000), 3_000)]
    often = list(accumulate(1 / (n + 3) for n in range(len(characters))))
    words = ["".join(chance.choices(characters, cum_weights=often, k=2)) for _ in range(20_000)]
    weights = list(accumulate(1 / (n + 3) for n in range(len(words))))
    return lambda count: _told(chance, words, weights, count, TOPICS_ZH, "")


def _told(
    chance: random.Random,
    words: list[str],
    weights: list[float],
    count: int,
    topics: dict[str, float],
    between: str,
) -> str:
    said = chance.choices(words, cum_weights=weights, k=count)
    said += [topic for topic, share in topics.items() if chance.random() < share / 2]
    chance.shuffle(said)
    return between.join(said)


def _fill(store: Store, made: Iterator[Item], held: int, size: int) -> None:
    """Store items with verdicts: of a hundred 5 are known, and 3 open a development."""
    chance = random.Random(held)  # noqa: S311 - no secret
    for start in range(held, size, PAGE):
        page = [next(made) for _ in range(min(PAGE, size - start))]
        at = page[-1].published or NOW
        verdicts = chance.choices(VERDICTS, (92, 5, 2, 1), k=len(page))
        related = [
            (item.id, verdict)
            for item, verdict in zip(page, verdicts, strict=True)
            if verdict is not Verdict.UNRELATED
        ]
        told = {item for item, verdict in related if verdict.flagged}
        with store.database.write() as connection:
            add_items(connection, page, at)
            indexing.add(connection, page, at)
            connection.execute(
                update(t.items)
                .where(t.items.c.id.in_([item.id for item in page]))
                .values(judged_revision=1)
            )
            rows = {
                t.assessments: [
                    _verdict(item.id, verdict, at, item.id if item.id in told else None)
                    for item, verdict in zip(page, verdicts, strict=True)
                ],
                t.item_entities: [
                    {"item_id": item, "entity_id": chance.choice(ENTITIES), "at": at}
                    for item, _ in related
                ],
                t.stories: [_story(item, at) for item in sorted(told)],
                t.story_items: [
                    {"story_id": item, "item_id": item, "at": at, "revision": 1, "signs": "{}"}
                    for item in sorted(told)
                ],
                t.developments: [
                    {"id": item, "story_id": item, "item_id": item, "created_at": at}
                    for item in sorted(told)
                ],
            }
            for table, values in rows.items():
                if values:
                    connection.execute(insert(table), values)


def _verdict(item: str, verdict: Verdict, at: datetime, story: str | None) -> dict[str, object]:
    return {
        "item_id": item,
        "revision": 1,
        "verdict": verdict,
        "score": 0.5,
        "story_id": story,
        "evidence": {},
        "model_version": "bench",
        "judged_at": at,
    }


def _story(story: str, at: datetime) -> dict[str, object]:
    own = {"id": story, "entity_ids": [], "event_type": None, "track": None, "rung": None}
    return own | {"jurisdiction": None, "verdict": "novel", "first_at": at, "last_at": at}


def _settle(store: Store) -> None:
    """Let the database do what it does by itself in an hour: it knows what stands where."""
    if store.database.engine.dialect.name == "postgresql":
        with store.database.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.execute(text("VACUUM (ANALYZE)"))


def _sizes(store: Store) -> str:
    with store.database.read() as connection:
        if connection.dialect.name == "postgresql":
            size = "pg_total_relation_size(c.oid)"
            wanted = f"SELECT sum({size}) FROM pg_class c WHERE relkind = 'r' AND relname"  # noqa: S608
            index = connection.scalar(text(f"{wanted} = 'search_items'"))
            others = connection.scalar(text(f"{wanted} IN ('items', 'revisions')"))
            alone = connection.scalar(
                text("SELECT pg_total_relation_size('ix_search_items_words'::regclass)")
            )
        else:
            wanted = "SELECT sum(pgsize) FROM dbstat WHERE name"
            index = connection.scalar(text(f"{wanted} LIKE '%search_%'"))
            others = connection.scalar(
                text(f"{wanted} LIKE '%items%' AND name NOT LIKE '%search_%' OR name = 'revisions'")
            )
            alone = connection.scalar(text(f"{wanted} LIKE 'search_words%'"))
        items = connection.scalar(text("SELECT count(*) FROM items"))
    index, alone, others = (float(size) / 1e6 for size in (index, alone, others))
    return (
        f"index {index:,.1f} MB (words alone {alone:,.1f}), items and revisions {others:,.1f} MB; "
        f"{index / items * 1e6:,.0f} bytes of index an item"
    )


def _storing(store: Store, made: Iterator[Item]) -> str:
    """Time polls of some new items each, with the index and, in turn, without it."""
    taken: dict[bool, list[float]] = {True: [], False: []}
    spent: dict[bool, list[float]] = {True: [], False: []}
    for number in range(POLLS):
        indexed = number % 2 == 0
        feed = FEEDS[0]
        page = [next(made) for _ in range(POLLED)]
        items = tuple(replace(item, feed_url=feed.url) for item in page)
        outcome = PollOutcome(FeedState(feed, polled_at=NOW), "document", items)
        with ExitStack() as stack:
            if not indexed:
                stack.enter_context(patch.object(indexing, "add"))
            began, busy = time.perf_counter(), time.process_time()
            store.feeds.record(outcome, NOW)
            taken[indexed].append((time.perf_counter() - began) * 1000)
            spent[indexed].append((time.process_time() - busy) * 1000)
    wall, bare = (statistics.median(taken[indexed]) for indexed in (True, False))
    own, own_bare = (statistics.median(spent[indexed]) for indexed in (True, False))
    return (
        f"storing {POLLED} new items: {wall:.1f} ms, {bare:.1f} ms without the index; of our own "
        f"processor {own:.1f} and {own_bare:.1f} ms, {(own - own_bare) / POLLED * 1000:.0f} us "
        "an item"
    )


def _ask(store: Store) -> None:
    """Time a page of 20, and the count, of each kind of query."""
    newest = store.search.items(parse("", NOW), 1)[0].at
    print(f"{'':28}{'found':>8}{'page p50':>10}{'p95':>8}{'count p50':>10}  ms")
    for kind, asked in KINDS.items():
        query = parse(asked, newest)
        pages = _times(lambda query=query: store.search.items(query, 20))
        counts = _times(lambda query=query: store.search.count(query))
        _print(kind, store.search.count(query), pages, counts)
    query = parse("china chip", NOW)
    ranked = _times(lambda: store.search.items(query, 20, by="relevance"))
    _print("by relevance", store.search.count(query), ranked, [0.0])
    told = _times(lambda: store.search.developments(query, 20))
    _print("developments", len(store.search.developments(query, 1000)), told, [0.0])


def _times(work: Callable[[], object]) -> list[float]:
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


def _print(kind: str, found: int, pages: list[float], counts: list[float]) -> None:
    p95 = pages[round(0.95 * (len(pages) - 1))]
    middle = statistics.median(counts)
    print(f"{kind:28}{found:>8,}{statistics.median(pages):>10.1f}{p95:>8.1f}{middle:>10.1f}")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        [int(one) for one in given if one.isdecimal()] or [10_000, 100_000],
        [one for one in given if not one.isdecimal()],
    )
