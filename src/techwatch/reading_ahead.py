"""What a process that parses does besides: it reads items that look new before they are stored.

Most of a stream is off the topic. Where that is found here, beside the event loop and on all cores,
an item is stored together with its verdict; every other item is judged in its turn, against what
was told before. So are items that were read in vain, or not at all: nothing depends on this module
but the time that it saves.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from techwatch.collector import paused
from techwatch.feeds import parsing, parsing_process
from techwatch.judging import Judge
from techwatch.model import ReadAhead
from techwatch.search.words import indexed

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.assessment.settings import AssessmentSettings
    from techwatch.matching.settings import MatchingSettings
    from techwatch.model import Assessment, Baseline, Document, Feed, Item, ParsedFeed

_LATE = timedelta(days=1)  # by which publishers post what they date earlier
_SECONDS = 2.0  # for the items of one document; the others are judged in their turn


@dataclass(frozen=True, slots=True)
class Reader:
    """What a process reads by."""

    judge: Judge
    full_text: bool  # whether items of feeds that say nothing of it wait for their articles

    def assessment(self, item: Item, feed: Feed) -> Assessment | None:
        """Return the verdict on an item off the topic, which waits for nothing."""
        waits = self.full_text if feed.full_text is None else feed.full_text
        return None if waits else self.judge.plain(item, feed.tags)


_readers: list[Reader] = []  # of this process: one, or none in a process that was not prepared


def prepare(
    baseline: Baseline,
    matching: MatchingSettings,
    assessment: AssessmentSettings,
    *,
    full_text: bool,
) -> None:
    """Make a new process ready to parse and read."""
    parsing_process.prepare()
    with paused():
        _readers[:] = [Reader(Judge.of(baseline, matching, assessment), full_text)]


def parse(document: Document, feed: Feed, since: datetime | None = None) -> ParsedFeed:
    """Parse a document and read its items but those from before `since`; raises a ParseError."""
    parsed = parsing.parse(document, feed)
    ahead: dict[str, ReadAhead] = {}
    end = time.monotonic() + _SECONDS
    for item in parsed.items:
        if time.monotonic() > end:
            break
        if _looks_new(item, since):
            words = indexed(item.title, item.summary, item.body)
            ahead[item.id] = ReadAhead(*words, _assessment(item, feed))
    return replace(parsed, ahead=ahead)


def _looks_new(item: Item, since: datetime | None) -> bool:
    return since is None or (item.published is not None and item.published > since - _LATE)


def _assessment(item: Item, feed: Feed) -> Assessment | None:
    try:
        return _readers[0].assessment(item, feed) if _readers else None
    except Exception:  # noqa: BLE001 - when it is judged in its turn, it fails again and is set aside
        return None
