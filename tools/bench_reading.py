"""Measure how fast saved feeds are read, beside feedparser, and look for differences.

    python tools/bench_reading.py [FOLDER]

The folder, by default ../shared/data/feeds, holds documents as publishers sent them. Measured is
processor time, the mean of all documents: feedparser as it comes, feedparser with its sanitiser
off, and our reader, which leaves to feedparser what is odd. Ids, dates and titles of both are
compared entry by entry. Where the folder has a `manifest.jsonl`, lines with `file` and `entries`,
each document must give at least as many; then each is read whole, from bytes to items. With a
difference, a shortfall or an exception the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import feedparser

from techwatch.feeds import encoding, strict
from techwatch.feeds.parsing import parse
from techwatch.feeds.xml_feed import by_feedparser, read
from techwatch.model import Document, Feed, Validators

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SAVED = Path(__file__).resolve().parents[2] / "shared" / "data" / "feeds"
T = TypeVar("T")
URL = "https://a.example/feed"


def text_of(data: bytes) -> str:
    """Decode a document and drop its declaration, as `parsing` does."""
    text = encoding.decode(data, None, "en").text.lstrip("\ufeff \t\r\n\0")
    return text.partition("?>")[2].lstrip() if text.startswith("<?xml") else text


def timed(work: Callable[[T], object], documents: Sequence[T]) -> float:
    """Return the mean milliseconds of processor time."""
    begun = time.process_time()
    for document in documents:
        work(document)
    return (time.process_time() - begun) / len(documents) * 1000


def is_odd(text: str) -> bool:
    """Whether a document is left to feedparser, or mended first."""
    try:
        strict.read(text, URL)
    except strict.Unsure:
        return True
    return False


def shortfalls(folder: Path, found: dict[str, int]) -> list[str] | None:
    """Return the documents with fewer entries than the manifest says; None where there is none."""
    manifest = folder / "manifest.jsonl"
    if not manifest.is_file():
        return None
    lines = map(json.loads, manifest.read_text(encoding="utf-8").splitlines())
    wanted = {line["file"]: line["entries"] for line in lines}
    return [
        f"{name}: {found.get(name, 0)} entries, {n} expected"
        for name, n in wanted.items()
        if found.get(name, 0) < n
    ]


def items_of(document: bytes) -> int:
    """Read a document whole, as a poll does; returns how many items it holds."""
    now = datetime.now(UTC)
    feed = Feed(URL, "A", "en")
    return len(parse(Document(URL, document, None, Validators(), now, 0.0), feed).items)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="Measure how fast saved feeds are read.")
    parser.add_argument("folder", nargs="?", type=Path, default=SAVED)
    folder = parser.parse_args().folder
    paths = sorted(folder.glob("*.xml"))
    if not paths:
        print(f"no saved feeds in {folder}: nothing measured")
        return
    documents = [path.read_bytes() for path in paths]
    texts = [text_of(data) for data in documents]
    default = timed(feedparser.parse, documents)
    bare = timed(lambda text: by_feedparser(text, URL), texts)
    ours = timed(lambda text: read(text, URL), texts)
    odd = sum(map(is_odd, texts))
    pairs = [
        (a, b)
        for text in texts
        for a, b in zip(by_feedparser(text, URL).entries, read(text, URL).entries, strict=True)
    ]
    print(f"{len(texts)} documents, {len(pairs)} entries; {odd} not read at the first go")
    print(f"feedparser {default:.1f} ms, without its sanitiser {bare:.1f} ms, ours {ours:.2f} ms")
    print(f"{default / ours:.0f} times as fast as feedparser, {bare / ours:.0f} without sanitiser")
    wrong = 0
    for name in ("guid", "published", "title", "link", "summary"):
        different = sum(getattr(a, name) != getattr(b, name) for a, b in pairs)
        print(f"entries that differ in {name}: {different}")
        wrong += different
    counts = [len(read(text, URL).entries) for text in texts]
    short = shortfalls(folder, dict(zip((p.name for p in paths), counts, strict=True)))
    if short is None:
        print("no manifest.jsonl: numbers of entries not compared")
    else:
        print(f"documents with fewer entries than the manifest says: {len(short)}", *short)
    items = sum(items_of(document) for document in documents)  # an exception ends it all
    print(f"from bytes to items without an exception: {len(documents)} documents, {items} items")
    sys.exit(1 if wrong or short else 0)


if __name__ == "__main__":
    main()
