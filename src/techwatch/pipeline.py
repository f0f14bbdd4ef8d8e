"""The steps, one page: poll -> parse -> match -> assess; `composing` and `delivering` follow.

Each step reads what is due from the store, asks a pure stage what it means, and stores the answer
in one transaction. A step may run twice: what was stored before is not stored again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from techwatch.assessment.stories import story_id as new_story_id
from techwatch.errors import FetchError, ParseError, PostponedError, StorageError
from techwatch.feeds import articles, polling
from techwatch.model import (
    Document,
    Judged,
    NotModified,
    PollOutcome,
    Verdict,
    Waiting,
)
from techwatch.storage.conflicts import repeated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
    from datetime import datetime

    from techwatch.assessment.reading import Reading
    from techwatch.feeds.article_settings import ArticleSettings
    from techwatch.feeds.polling import PollingSettings
    from techwatch.judging import Judge
    from techwatch.model import (
        Article,
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

_STARTED_AT_ONCE = 50  # feeds: the first steps of so many take a few milliseconds
POLLING_BATCH = 50  # outcomes in one transaction: others who write wait no longer
JUDGING_BATCH = 100  # items in one transaction: long enough to be quick, short enough to wait for
_AGAIN = timedelta(days=1)  # until a text is tried again that could not be judged
_ERROR = 500  # characters of an error that are kept


class Fetch(Protocol):
    """Brings a document; raises FetchError."""

    async def __call__(self, url: str, validators: Validators) -> Document | NotModified:
        """Ask for what is at `url`, unless it is what the validators name."""


class Parse(Protocol):
    """Reads a document; raises ParseError."""

    async def __call__(
        self, document: Document, feed: Feed, since: datetime | None = None
    ) -> ParsedFeed:
        """Read all items of a document; those from before `since` are known already."""


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
    held = await asyncio.to_thread(_hold, states, store, hold)
    asked: set[asyncio.Future[PollOutcome]] = set()  # and not stored: what is stored is let go
    stored: set[str] = set()
    answered: asyncio.Queue[asyncio.Future[PollOutcome]] = asyncio.Queue()
    try:
        for start in range(0, len(states), _STARTED_AT_ONCE):
            for state in states[start : start + _STARTED_AT_ONCE]:
                under_way = asyncio.ensure_future(ask(state))
                under_way.add_done_callback(answered.put_nowait)
                asked.add(under_way)
            await asyncio.sleep(0)  # else nothing else runs until all have begun
        while asked:
            batch = [await answered.get()]
            while len(batch) < POLLING_BATCH and not answered.empty():
                batch.append(answered.get_nowait())
            outcomes = [task.result() for task in batch]
            for report in await asyncio.to_thread(store.feeds.record_all, outcomes, clock()):
                stored.add(report.feed.url)
                yield report
            asked.difference_update(batch)
            del batch, outcomes
    finally:
        for task in asked:
            task.cancel()
        if left := {url: at for url, at in held.items() if url not in stored}:
            store.feeds.hold(left)


def _hold(
    states: Iterable[FeedState], store: Store, hold: Callable[[FeedState], datetime | None]
) -> dict[str, datetime | None]:
    """Note until when feeds are left alone; returns, of those, when they were due before."""
    found = [(state, until) for state in states if (until := hold(state))]
    store.feeds.hold({state.feed.url: until for state, until in found})
    return {state.feed.url: state.next_poll_at for state, _ in found}


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
        parsed = await parse(answer, state.feed, state.succeeded_at)
    except PostponedError as error:
        after = polling.after_postponed(state, error, clock(), settings, jitter)
        return PollOutcome(after, "postponed")
    except (FetchError, ParseError) as error:
        after = polling.after_failure(state, error, clock(), settings, jitter)
        return PollOutcome(after, "failed")
    after = polling.after_document(state, answer, parsed, clock(), settings, jitter)
    return PollOutcome(after, "document", parsed.items, parsed.ahead)


# --------------------------------------------------------------------------- judge


def judge(
    store: Store,
    by: Judge,
    clock: Clock,
    told: Callable[[Judged], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    reading: ArticleSettings | None = None,
) -> Counter[Verdict]:
    """Give every item without a verdict its own; returns how many got which.

    An item whose judging fails is set aside with its error, and the others go on. It is tried
    again when its text, the baseline or the program has changed, or after a day.

    With settings for `reading` articles, items that match wait for theirs, so that they are judged
    once, by all that they say.
    """
    counts: Counter[Verdict] = Counter()
    version = by.assessor.model_version
    while not stop() and (
        batch := store.judging.unjudged(JUDGING_BATCH, Waiting(version, clock()))
    ):
        try:
            judged = repeated(partial(_judge_batch, batch, store, by, clock, reading))
        except StorageError:
            raise
        except Exception:  # noqa: BLE001 - one of them: each is judged alone
            alone = partial(_judge_alone, store, by, clock, reading)
            judged = judge_each(batch, alone, store, by, clock)
        for one in judged:
            counts[one.assessment.verdict] += 1
            told(one)
    return counts


def _judge_batch(
    batch: Sequence[StoredItem],
    store: Store,
    by: Judge,
    clock: Clock,
    reading: ArticleSettings | None,
    *,
    settle: bool = True,
) -> list[Judged]:
    """Judge some items, and what they unsettle, in one transaction; some wait for articles."""
    named = [(stored, by.mentions(stored.item, stored.feed.tags)) for stored in batch]
    wanted = wanted_articles(named, by, reading, clock()) if reading else {}
    read = [
        (stored, by.read(stored.item, mentions))
        for stored, mentions in named
        if stored.item.id not in wanted
    ]
    with store.judging.judging() as judging:
        judging.wait_for(wanted.values())
        done = [judge_reading(stored, found, by, judging, clock()) for stored, found in read]
        for stored in judging.settling() if settle else ():
            try:
                found = by.mentions(stored.item, stored.feed.tags)
                judge_item(stored, found, by, judging, clock())
            except StorageError:
                raise
            except Exception as error:
                raise _SettlingError(stored) from error
    return done


def _judge_alone(
    store: Store, by: Judge, clock: Clock, reading: ArticleSettings | None, stored: StoredItem
) -> list[Judged]:
    """Judge one item; where one that it unsettles fails, that one keeps its verdict."""
    judge_it = partial(_judge_batch, [stored], store, by, clock, reading)
    try:
        return repeated(judge_it)
    except _SettlingError as error:
        done = repeated(partial(judge_it, settle=False))
        put_aside(store, error.stored, error.__cause__ or error, by, clock())
        return done


def judge_each(
    items: Iterable[StoredItem],
    alone: Callable[[StoredItem], list[Judged]],
    store: Store,
    by: Judge,
    clock: Clock,
) -> list[Judged]:
    """Judge each item in a transaction of its own, by `alone`, and set aside those that fail.

    Where several fail and none can be judged, the fault is not theirs: the first error is raised.
    """
    done: list[Judged] = []
    failed: list[tuple[StoredItem, Exception]] = []
    for stored in items:
        try:
            done += alone(stored)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this item's
            failed.append((stored, error))
    if len(failed) > 1 and not done:
        raise failed[0][1]
    for stored, reason in failed:
        put_aside(store, stored, reason, by, clock())
    return done


def put_aside(
    store: Store, stored: StoredItem, reason: BaseException, by: Judge, now: datetime
) -> None:
    """Set an item aside whose judging failed, until it is tried again."""
    told = f"{type(reason).__name__}: {reason}"[:_ERROR]
    store.judging.set_aside(stored, told, now, now + _AGAIN, by.assessor.model_version)


class _SettlingError(Exception):
    """An item that was judged before can't be judged again."""

    def __init__(self, stored: StoredItem) -> None:
        super().__init__(stored.item.id)
        self.stored = stored


def wanted_articles(
    named: Iterable[tuple[StoredItem, tuple[Mention, ...]]],
    by: Judge,
    settings: ArticleSettings,
    now: datetime,
) -> dict[str, Article]:
    """Return the articles to wait for, by item: those of items that match."""
    wishes = {
        stored.item.id: (wish, stored.item, mentions)
        for stored, mentions in named
        if (wish := articles.wish(stored, settings, now))
    }
    return {
        key: wish for key, (wish, item, mentions) in wishes.items() if by.matches(item, mentions)
    }


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
    reading = taught(stored, reading, by, judging)
    judged_before = judging.judged_stories(reading.anchors, at, by.judged_window)
    if not judged_before and judging.is_first(stored) and (settled := by.settled(reading)):
        judged = Judged(stored, settled, None, opens_story=False, judged_at=now)
        judging.save(judged, reading.anchors, (), at)
        return judged
    stories = judging.open_stories(reading.anchors, at, by.story_window, item.id)
    apart = judging.apart(item.id)
    not_apart = [s for s in stories if (s.part or s.id) not in apart] if apart else stories
    still_open = by.still_open(reading, not_apart, judged_before)
    story = by.story_of(reading, item, still_open, at, revised=stored.revision > 1)
    part = story.part or story.id if story else new_story_id(f"{item.id}.{stored.revision}")
    if story is None and reading.signals:
        part = _free_id(part, item.id, judging)
        story = judging.told_with(part, at)
    story_id = story.id if story else part
    moved = judging.standings(
        reading.entity_ids,
        without_story=story_id,
        before=(at, item.id),
        recent=at - by.standing_window,
    )
    assessment = by.heed(by.assess(reading, moved, story), reading, story, judged_before)
    tells = assessment.verdict is not Verdict.UNRELATED
    judged = Judged(
        stored=stored,
        assessment=assessment,
        story_id=story_id if tells else None,
        opens_story=tells and story is None,
        judged_at=now,
        signs=reading.signs,
        part=part,
    )
    moves = by.standing_after(reading, assessment, story_id, at) if tells else ()
    signed = [replace(move, source=stored.feed.publisher) for move in moves]
    wanted = judging.keeps_names
    names = by.sightings(item, assessment, stored.feed.publisher) if wanted else ()
    if judging.save(judged, reading.anchors, signed, at, names):
        judging.unsettle(by.concerned(reading, item, at, stories, judged.story_id))
    return judged


def taught(stored: StoredItem, reading: Reading, by: Judge, judging: Judging) -> Reading:
    """Heed what people said of names: of this item's, or of those of items that tell the same.

    What was heeded is heeded once: doing it again changes nothing.
    """
    at = stored.item.published or stored.first_seen_at
    wrong = judging.wrong_names(stored.item.id, reading.entity_ids, at, by.story_window)
    return by.corrected(reading, stored.item, at, wrong) if wrong else reading


def _free_id(found: str, item_id: str, judging: Judging) -> str:
    """Keep the name of a new story, or find another where others tell the story of that name."""
    while judging.is_taken(found, item_id):
        found = new_story_id(found)
    return found
