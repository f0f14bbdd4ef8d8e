"""The steps, one page: poll -> parse -> match -> assess; `composing` and `delivering` follow.

Each step reads what is due from the store, asks a pure stage what it means, and stores the answer
in one transaction. A step may run twice: what was stored before is not stored again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from techwatch.assessment.stories import story_id as new_story_id
from techwatch.errors import FetchError, ParseError, PostponedError
from techwatch.feeds import polling
from techwatch.model import (
    Document,
    Judged,
    NotModified,
    PollOutcome,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
    from datetime import datetime

    from techwatch.assessment.reading import Reading
    from techwatch.feeds.polling import PollingSettings
    from techwatch.judging import Judge
    from techwatch.model import (
        Feed,
        FeedState,
        Mention,
        ParsedFeed,
        PollReport,
        StoredItem,
        Validators,
    )
    from techwatch.storage import Judging, Store

    Clock = Callable[[], datetime]

POLLING_BATCH = 50  # outcomes in one transaction: others who write wait no longer
JUDGING_BATCH = 100  # items in one transaction: long enough to be quick, short enough to wait for


class Fetch(Protocol):
    """Brings a document; raises FetchError."""

    async def __call__(self, url: str, validators: Validators) -> Document | NotModified:
        """Ask for what is at `url`, unless it is what the validators name."""


class Parse(Protocol):
    """Reads a document; raises ParseError."""

    async def __call__(self, document: Document, feed: Feed) -> ParsedFeed:
        """Read all items of a document."""


# --------------------------------------------------------------------------- poll


async def poll(
    states: Iterable[FeedState],
    ask: Callable[[FeedState], Awaitable[PollOutcome]],
    store: Store,
    clock: Clock,
    hold: Callable[[FeedState], datetime | None] = lambda _: None,
) -> AsyncIterator[PollReport]:
    """Poll feeds side by side and store each as it answers; a bad feed is a report like others.

    Those that answered while others were stored are stored together: a transaction waits for the
    disk once. `hold` says until when a feed is left alone if the process dies while it is asked;
    if it is only told to stop, those that have not answered are due as before.
    """
    states = tuple(states)
    held = {state: until for state in states if (until := hold(state))}
    if held:
        await asyncio.to_thread(store.feeds.hold, {s.feed.url: at for s, at in held.items()})
    asked = [asyncio.ensure_future(ask(state)) for state in states]
    stored: set[str] = set()
    answered: asyncio.Queue[asyncio.Future[PollOutcome]] = asyncio.Queue()
    for task in asked:
        task.add_done_callback(answered.put_nowait)
    try:
        while len(stored) < len(asked):
            batch = [await answered.get()]
            while len(batch) < POLLING_BATCH and not answered.empty():
                batch.append(answered.get_nowait())
            outcomes = [task.result() for task in batch]
            for report in await asyncio.to_thread(store.feeds.record_all, outcomes, clock()):
                stored.add(report.feed.url)
                yield report
    finally:
        for task in asked:
            task.cancel()
        if left := {s.feed.url: s.next_poll_at for s in held if s.feed.url not in stored}:
            store.feeds.hold(left)


async def ask_feed(
    state: FeedState,
    fetch: Fetch,
    parse: Parse,
    clock: Clock,
    settings: PollingSettings,
    jitter: float,
) -> PollOutcome:
    """Ask one feed what is new. Every expected failure is an outcome, none is raised."""
    try:
        answer = await fetch(polling.address(state), polling.shown(state, clock(), settings))
        if isinstance(answer, NotModified) or polling.unchanged(state, answer):
            after = polling.after_not_modified(state, answer, clock(), settings, jitter)
            return PollOutcome(after, "not_modified")
        parsed = await parse(answer, state.feed)
    except PostponedError as error:
        after = polling.after_postponed(state, error, clock(), settings, jitter)
        return PollOutcome(after, "postponed")
    except (FetchError, ParseError) as error:
        after = polling.after_failure(state, error, clock(), settings, jitter)
        return PollOutcome(after, "failed")
    after = polling.after_document(state, answer, parsed, clock(), settings, jitter)
    return PollOutcome(after, "document", parsed.items)


# --------------------------------------------------------------------------- judge


def judge(
    store: Store,
    by: Judge,
    clock: Clock,
    told: Callable[[Judged], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Counter[Verdict]:
    """Give every item without a verdict its own; returns how many got which."""
    counts: Counter[Verdict] = Counter()
    while not stop() and (batch := store.judging.unjudged(JUDGING_BATCH)):
        read = [(stored, by.mentions(stored.item, stored.feed.tags)) for stored in batch]
        with store.judging.judging() as judging:
            for stored, mentions in read:
                judged = judge_item(stored, mentions, by, judging, clock())
                counts[judged.assessment.verdict] += 1
                told(judged)
            for stored in judging.settling():
                mentions = by.mentions(stored.item, stored.feed.tags)
                judge_item(stored, mentions, by, judging, clock())
    return counts


def judge_item(
    stored: StoredItem, mentions: tuple[Mention, ...], by: Judge, judging: Judging, now: datetime
) -> Judged:
    """Judge one item against what was known and told before it, and store the outcome.

    Items whose news is later, and which the outcome concerns, are noted as unsettled.
    """
    return judge_reading(stored, by.read(stored.item, mentions), by, judging, now)


def judge_reading(
    stored: StoredItem, reading: Reading, by: Judge, judging: Judging, now: datetime
) -> Judged:
    """Judge an item as `judge_item` does, by what was read of it before."""
    item = stored.item
    at = item.published or stored.first_seen_at
    judged_before = judging.judged_stories(reading.anchors, at, by.judged_window)
    stories = judging.open_stories(reading.anchors, at, by.story_window, item.id)
    still_open = by.still_open(reading, stories, judged_before)
    story = by.story_of(reading, item, still_open, at, revised=stored.revision > 1)
    story_id = story.id if story else new_story_id(f"{item.id}.{stored.revision}")
    if story is None and reading.signals:
        story_id = _free_id(story_id, item.id, judging)
    moved = judging.standings(reading.entity_ids, without_story=story_id, before=(at, item.id))
    assessment = by.heed(by.assess(reading, moved, story), reading, story, judged_before)
    tells = assessment.verdict is not Verdict.UNRELATED
    judged = Judged(
        stored=stored,
        assessment=assessment,
        story_id=story_id if tells else None,
        opens_story=tells and story is None,
        judged_at=now,
        signs=reading.signs,
    )
    if tells and reading.main is not None:
        judged = replace(judged, follows=judging.step_before(judged, at))
    moves = by.standing_after(reading, assessment, story_id, at) if tells else ()
    signed = [replace(move, source=stored.feed.publisher) for move in moves]
    wanted = judging.keeps_names
    names = by.sightings(item, assessment, stored.feed.publisher) if wanted else ()
    if judging.save(judged, reading.anchors, signed, at, names):
        judging.unsettle(by.concerned(reading, item, at, stories, judged.story_id))
    return judged


def _free_id(found: str, item_id: str, judging: Judging) -> str:
    """Keep the name of a new story, or find another where others tell the story of that name."""
    while judging.is_taken(found, item_id):
        found = new_story_id(found)
    return found
