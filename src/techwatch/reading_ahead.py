"""What a process that parses does besides: it reads items that look new before they are stored.

Most of a stream is off the topic. Where that is found here, beside the event loop and on all cores,
an item is stored together with its verdict; every other item is judged in its turn, against what
was told before. So are items that were read in vain, or not at all: nothing depends on this module
but the time that it saves.
"""

from __future__ import annotations

import pickle
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from techwatch.collector import paused
from techwatch.feeds import parsing_process
from techwatch.model import ReadAhead
from techwatch.search.words import indexed

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.assessment.settings import AssessmentSettings
    from techwatch.judging import Judge
    from techwatch.matching.settings import MatchingSettings
    from techwatch.model import Assessment, Baseline, Document, Feed, Item, ParsedFeed

_LATE = timedelta(days=1)  # by which publishers post what they date earlier
_SECONDS = 2.0  # for the items of one document; the others are judged in their turn
_PAYS = 50  # items that look new, before a process makes ready to judge: it costs as much


class Means(NamedTuple):
    """What judging needs."""

    baseline: Baseline
    matching: MatchingSettings
    assessment: AssessmentSettings


class Reader:
    """What a process reads by; made ready when enough items came that it pays."""

    def __init__(self, means: bytes, *, full_text: bool) -> None:
        """Keep the pickled `Means`.

        `full_text` says whether items of feeds that say nothing of it wait for their articles.
        """
        self._means = means
        self._full_text = full_text
        self._seen = 0
        self._judge: Judge | None = None

    def assessment(self, item: Item, feed: Feed) -> Assessment | None:
        """Return the verdict on an item off the topic, which waits for nothing."""
        self._seen += 1
        waits = self._full_text if feed.full_text is None else feed.full_text
        if waits or self._seen <= _PAYS:
            return None
        try:
            return self._ready().plain(item, feed.tags)
        except Exception:  # noqa: BLE001 - judged in its turn, it fails again and is set aside
            return None

    def _ready(self) -> Judge:
        if self._judge is None:
            from techwatch.judging import Judge  # noqa: PLC0415 - when it pays, see above

            with paused():
                self._judge = Judge.of(*pickle.loads(self._means))  # noqa: S301 - our own
        return self._judge


_readers: list[Reader] = []  # of this process: one, or none in a process that was not prepared


def prepare(means: bytes, *, full_text: bool) -> None:
    """Make a new process ready to parse and read; see `Reader`."""
    parsing_process.prepare()
    _readers[:] = [Reader(means, full_text=full_text)]


def parse(document: Document, feed: Feed, since: datetime | None = None) -> ParsedFeed:
    """Parse a document and read its items but those from before `since`; raises a ParseError."""
    parsed = parsing_process.parse(document, feed)
    ahead: dict[str, ReadAhead] = {}
    end = time.monotonic() + _SECONDS
    for item in parsed.items:
        if time.monotonic() > end:
            break
        if _looks_new(item, since):
            words = indexed(item.title, item.summary, item.body)
            assessment = _readers[0].assessment(item, feed) if _readers else None
            ahead[item.id] = ReadAhead(*words, assessment)
    return replace(parsed, ahead=ahead)


def _looks_new(item: Item, since: datetime | None) -> bool:
    return since is None or (item.published is not None and item.published > since - _LATE)
