"""The steps, one page: poll -> parse -> match -> assess -> compose; `delivering` is the last.

Each step reads what is due from the store, asks a pure stage what it means, and stores the answer
in one transaction. A step may run twice: what was stored before is not stored again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from techwatch.assessment.stories import story_id as new_story_id
from techwatch.digests.alerts import may_alert
from techwatch.digests.compose import Beside, compose
from techwatch.digests.corrections import corrections
from techwatch.digests.delivery.message import message_id
from techwatch.digests.development import development
from techwatch.digests.render import render
from techwatch.digests.schedule import slots
from techwatch.errors import FetchError, ParseError, PostponedError
from techwatch.feeds import polling
from techwatch.model import (
    Coverage,
    DeliveryState,
    Document,
    EntityKind,
    Judged,
    NotModified,
    PollOutcome,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from techwatch.digests.delivery import Channel
    from techwatch.digests.settings import DigestSettings
    from techwatch.feeds.polling import PollingSettings
    from techwatch.judging import Judge
    from techwatch.matching.emerging import EmergingNames
    from techwatch.model import (
        Baseline,
        Burst,
        Delivery,
        Development,
        Digest,
        Edition,
        EmergingName,
        Feed,
        FeedState,
        Mention,
        ParsedFeed,
        PollReport,
        StoredItem,
        UntoldStory,
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
    item = stored.item
    at = item.published or stored.first_seen_at
    reading = by.read(item, mentions)
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
    names = by.sightings(item, assessment, stored.feed.publisher)
    if judging.save(judged, reading.anchors, signed, at, names):
        judging.unsettle(by.concerned(reading, item, at, stories, judged.story_id))
    return judged


def _free_id(found: str, item_id: str, judging: Judging) -> str:
    """Keep the name of a new story, or find another where others tell the story of that name."""
    while judging.is_taken(found, item_id):
        found = new_story_id(found)
    return found


def new_names(
    store: Store, names: EmergingNames, since: datetime | None, until: datetime
) -> tuple[EmergingName, ...]:
    """Return the names that became worth telling in a period and that the baseline still lacks."""
    found = store.emerging.new(since, until)
    return tuple(name for name in found if names.lacks(name.key, name.language))


# --------------------------------------------------------------------------- compose


@dataclass(frozen=True, slots=True)
class Desk:
    """What composing needs beside the store."""

    baseline: Baseline
    channels: Mapping[str, Channel]
    health: PollingSettings
    settings: DigestSettings
    domain: str  # of the sender: the right side of Message-IDs
    alerts: frozenset[str] = frozenset()  # ids of the editions of alerts
    names: EmergingNames | None = None  # what tells which names the baseline lacks


def due_slots(store: Store, edition: Edition, now: datetime) -> Sequence[datetime]:
    """Return the slots of an edition that no digest was made for, oldest first."""
    last = store.digests.last_slot(edition.id)
    if last is None or edition.alert:
        return ()
    return [slot.at for slot in slots(edition, last, now)]


def draft(
    store: Store,
    desk: Desk,
    edition: Edition,
    slot: datetime,
    now: datetime,
    missed: Sequence[datetime] = (),
) -> Digest:
    """Compose what the edition would say now; nothing is stored."""
    since = store.digests.last_until(edition.id)
    developments = [
        development(s, desk.baseline, edition.language) for s in _untold(store, desk, edition, now)
    ]
    beside = Beside()
    if not edition.alert:
        beside = _beside(store, desk, edition, developments, since, now, missed)
    if not edition.alert:
        developments = _alerted(store, desk, edition, developments)
    covered = coverage(store, desk, since, now)
    return compose(edition, slot, since, now, developments, covered, beside)


def _untold(store: Store, desk: Desk, edition: Edition, now: datetime) -> tuple[UntoldStory, ...]:
    """Return what the edition has not told, as far back as its first digest and memory reach."""
    watched_since = store.digests.watched_since(edition.id) or now
    days = desk.settings.alert_days if edition.alert else desk.settings.remember_days
    first = watched_since - timedelta(days=0 if edition.alert else desk.settings.first_days)
    return store.digests.untold(edition.id, max(first, now - timedelta(days=days)))


def _beside(
    store: Store,
    desk: Desk,
    edition: Edition,
    developments: Sequence[Development],
    since: datetime | None,
    now: datetime,
    missed: Sequence[datetime],
) -> Beside:
    told = store.reported.told(edition.id, now - timedelta(days=desk.settings.correct_days))
    anew = {d.item_id for d in developments} | {o.item_id for d in developments for o in d.others}
    telling = {entity for d in developments for entity in d.entity_ids}
    return Beside(
        corrections=corrections(told, anew),
        bursts=tuple(b for b in _bursts(store, desk, since, now) if b.entity_id not in telling),
        emerging=new_names(store, desk.names, since, now) if desk.names else (),
        missed=tuple(missed),
    )


def _bursts(store: Store, desk: Desk, since: datetime | None, now: datetime) -> tuple[Burst, ...]:
    """Return who is told of far more than usual since the last digest, with a week of counts."""
    reported = {
        i: e.name for i, e in desk.baseline.entities.items() if e.kind is not EntityKind.PLACE
    }
    start = max(since or now - timedelta(days=1), now - timedelta(days=7))
    return store.bursts.between(start, now, reported, shown=7)


def _alerted(
    store: Store, desk: Desk, edition: Edition, developments: Sequence[Development]
) -> list[Development]:
    """Mark what an alert told every reader of the edition already."""
    readers = _readers(desk, edition)
    at = store.reported.alerted([d.id for d in developments], desk.alerts, readers)
    return [replace(d, alerted_at=at.get(d.id)) for d in developments]


def _readers(desk: Desk, edition: Edition) -> list[tuple[str, str]]:
    return [
        (channel, recipient)
        for channel in edition.channels
        for recipient in desk.channels[channel].recipients(edition)
    ]


def publish(
    store: Store,
    desk: Desk,
    edition: Edition,
    slot: datetime | None,
    now: datetime,
    missed: Sequence[datetime] = (),
) -> Digest:
    """Freeze a digest and its ledger; from here on it will be delivered, once to each.

    Args:
        store: where it is frozen.
        desk: what composing needs.
        edition: the series it is an issue of.
        slot: the time it was due by schedule; None for one that a person asked for.
        now: the end of its period.
        missed: slots that passed without a digest, which it stands for and says so.
    """
    digest = draft(store, desk, edition, slot or now, now, missed)
    _freeze(store, desk, edition, digest, now, scheduled=slot is not None)
    return digest


def publish_alert(store: Store, desk: Desk, edition: Edition, now: datetime) -> Digest | None:
    """Freeze an alert, if there is something to alert to and one may go out; else None."""
    if not may_alert(edition, store.reported.digests_in_last_hour(edition.id, now), now):
        return None
    digest = draft(store, desk, edition, now, now)
    if not digest.developments:
        return None
    _freeze(store, desk, edition, digest, now, scheduled=False)
    return digest


def _freeze(
    store: Store, desk: Desk, edition: Edition, digest: Digest, now: datetime, *, scheduled: bool
) -> None:
    ledger = [
        (channel, recipient, message_id(edition.id, digest.slot, channel, recipient, desk.domain))
        for channel, recipient in _readers(desk, edition)
    ]
    skipped = digest.empty and edition.when_empty == "skip"
    store.digests.save(digest, render(digest), () if skipped else ledger, now, scheduled=scheduled)


def late(due: Sequence[datetime], now: datetime, settings: DigestSettings) -> Sequence[datetime]:
    """Return the slots that were missed: all if the last is late, else all but the last."""
    on_time = now - due[-1] <= timedelta(minutes=settings.late_after)
    return due[:-1] if on_time else due


def coverage(store: Store, desk: Desk, since: datetime | None, now: datetime) -> Coverage:
    """Say what was watched in a period, so that silence is not mistaken for calm."""
    counts = store.overview.counts(since, now)
    return Coverage(
        feeds=tuple(polling.health(state, now, desk.health) for state in store.feeds.states()),
        items_seen=counts.items_seen,
        items_judged=counts.items_judged,
        by_verdict=counts.by_verdict,
        undelivered=tuple(undelivered(d) for d in store.ledger.open() if d.attempts),
    )


def undelivered(delivery: Delivery) -> str:
    """Say what became of a delivery that is not sent."""
    what = (
        f"delivery {delivery.id}, {delivery.edition_id} of {delivery.slot:%Y-%m-%d %H:%M} UTC "
        f"by {delivery.channel} to {delivery.recipient}"
    )
    outcome = {
        DeliveryState.DUE: f"not sent after {delivery.attempts} attempts, will be tried again",
        DeliveryState.SENDING: "being sent",
        DeliveryState.FAILED: f"given up after {delivery.attempts} attempts",
        DeliveryState.UNCERTAIN: "may or may not have arrived, not sent again",
        DeliveryState.SENT: "sent",
        DeliveryState.DROPPED: "given up by hand",
    }[delivery.state]
    return f"{what}: {outcome}" + (f" ({delivery.error})" if delivery.error else "")
