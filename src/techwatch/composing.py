"""The step before the last: what an edition tells its readers, frozen when its time has come.

Reads what is untold from the store, has it put together by the pure stages in `digests`, and stores
the digest with a row of the ledger for each reader, all in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from techwatch.assessment.bursts import lifted
from techwatch.digests.alerts import may_alert
from techwatch.digests.compose import Beside, compose
from techwatch.digests.corrections import corrections
from techwatch.digests.delivery.message import message_id
from techwatch.digests.development import development
from techwatch.digests.filtering import passes
from techwatch.digests.render import render
from techwatch.digests.schedule import slots
from techwatch.feeds import polling
from techwatch.model import Coverage, DeliveryState, EntityKind

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping, Sequence
    from datetime import datetime

    from techwatch.digests.delivery import Channel
    from techwatch.digests.settings import DigestSettings
    from techwatch.feeds.polling import PollingSettings
    from techwatch.matching.emerging import EmergingNames
    from techwatch.model import (
        Baseline,
        Burst,
        Delivery,
        Development,
        Digest,
        Edition,
        EmergingName,
        UntoldStory,
    )
    from techwatch.storage import Store


def new_names(
    store: Store, names: EmergingNames, since: datetime | None, until: datetime
) -> tuple[EmergingName, ...]:
    """Return the names that became worth telling in a period and that the baseline still lacks."""
    found = store.emerging.new(since, until)
    return tuple(name for name in found if names.lacks(name.key, name.language))


@dataclass(frozen=True, slots=True)
class Editor:
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
    last = store.digests.last_slot(edition.id, now)
    if last is None or edition.alert:
        return ()
    return [slot.at for slot in slots(edition, last, now)]


def draft(
    store: Store,
    editor: Editor,
    edition: Edition,
    slot: datetime,
    now: datetime,
    missed: Sequence[datetime] = (),
) -> Digest:
    """Compose what the edition would say now; nothing is stored."""
    since = store.digests.last_until(edition.id, now)
    developments = _developments(store, editor, edition, now)
    beside = Beside()
    if not edition.alert:
        found = {one.entity_id: one for one in bursts(store, editor.baseline, since, now)}
        developments = [_lifted(d, found) for d in developments]
        beside = _beside(store, editor, edition, developments, tuple(found.values()), since, now)
        developments = _alerted(store, editor, edition, developments)
    beside = replace(beside, missed=tuple(missed))
    covered = coverage(store, editor, since, now)
    return compose(edition, slot, since, now, developments, covered, beside)


def _lifted(development: Development, of: Mapping[str, Burst]) -> Development:
    """Raise the score of a development of whom far more is told than usual."""
    burst = next((of[i] for i in development.entity_ids if i in of), None)
    if burst is None:
        return development
    return replace(development, score=lifted(development.score), burst=burst)


def _developments(
    store: Store,
    editor: Editor,
    edition: Edition,
    now: datetime,
    read: MutableMapping[str, UntoldStory] | None = None,
) -> list[Development]:
    """Return what the edition has not told, as far back as its first digest and memory reach."""
    watched_since = store.digests.watched_since(edition.id) or now
    days = editor.settings.alert_days if edition.alert else editor.settings.remember_days
    first = watched_since - timedelta(days=0 if edition.alert else editor.settings.first_days)
    untold = store.digests.untold(edition.id, max(first, now - timedelta(days=days)), read)
    return [development(story, editor.baseline, edition.language) for story in untold]


def _beside(
    store: Store,
    editor: Editor,
    edition: Edition,
    developments: Sequence[Development],
    found: Sequence[Burst],
    since: datetime | None,
    now: datetime,
) -> Beside:
    told = store.reported.told(edition.id, now - timedelta(days=editor.settings.correct_days))
    anew = {d.item_id for d in developments} | {o.item_id for d in developments for o in d.others}
    telling = {entity for d in developments for entity in d.entity_ids}
    return Beside(
        corrections=corrections(told, anew),
        bursts=tuple(burst for burst in found if burst.entity_id not in telling),
        emerging=new_names(store, editor.names, since, now) if editor.names else (),
    )


def bursts(
    store: Store, baseline: Baseline, since: datetime | None, now: datetime
) -> tuple[Burst, ...]:
    """Return who is told of far more than usual since a time, with a week of counts.

    The time is a day ago where none is given, and a week ago at the earliest.
    """
    reported = {i: e.name for i, e in baseline.entities.items() if e.kind is not EntityKind.PLACE}
    start = max(since or now - timedelta(days=1), now - timedelta(days=7))
    return store.bursts.between(start, now, reported, shown=7)


def _alerted(
    store: Store, editor: Editor, edition: Edition, developments: Sequence[Development]
) -> list[Development]:
    """Mark what an alert told every reader of the edition already."""
    readers = _readers(editor, edition)
    at = store.reported.alerted([d.id for d in developments], editor.alerts, readers)
    return [replace(d, alerted_at=at.get(d.id)) for d in developments]


def _readers(editor: Editor, edition: Edition) -> list[tuple[str, str]]:
    return [
        (channel, recipient)
        for channel in edition.channels
        for recipient in editor.channels[channel].recipients(edition)
    ]


def publish(
    store: Store,
    editor: Editor,
    edition: Edition,
    slot: datetime | None,
    now: datetime,
    missed: Sequence[datetime] = (),
) -> Digest:
    """Freeze a digest and its ledger; from here on it will be delivered, once to each.

    Args:
        store: where it is frozen.
        editor: what composing needs.
        edition: the series it is an issue of.
        slot: the time it was due by schedule; None for one that a person asked for.
        now: the end of its period.
        missed: slots that passed without a digest, which it stands for and says so.
    """
    digest = draft(store, editor, edition, slot or now, now, missed)
    _freeze(store, editor, edition, digest, now, scheduled=slot is not None)
    return digest


def publish_alert(
    store: Store,
    editor: Editor,
    edition: Edition,
    now: datetime,
    read: MutableMapping[str, UntoldStory] | None = None,
) -> Digest | None:
    """Freeze an alert, if there is something to alert to and one may go out; else None.

    `read` is shared by the alerts of one tick: many of them look at the same developments.
    """
    if not may_alert(edition, store.reported.digests_in_last_hour(edition.id, now), now):
        return None
    # Asked at every tick: what a digest needs beside developments is not read for nothing.
    untold = _developments(store, editor, edition, now, read)
    if not any(passes(development, edition.filter) for development in untold):
        return None
    digest = draft(store, editor, edition, now, now)
    _freeze(store, editor, edition, digest, now, scheduled=False)
    return digest


def _freeze(
    store: Store,
    editor: Editor,
    edition: Edition,
    digest: Digest,
    now: datetime,
    *,
    scheduled: bool,
) -> None:
    ledger = [
        (channel, recipient, message_id(edition.id, digest.slot, channel, recipient, editor.domain))
        for channel, recipient in _readers(editor, edition)
    ]
    skipped = digest.empty and (edition.when_empty == "skip" or digest.alert)
    store.digests.save(digest, render(digest), () if skipped else ledger, now, scheduled=scheduled)


def late(due: Sequence[datetime], now: datetime, settings: DigestSettings) -> Sequence[datetime]:
    """Return the slots that were missed: all if the last is late, else all but the last."""
    on_time = now - due[-1] <= timedelta(minutes=settings.late_after)
    return due[:-1] if on_time else due


def coverage(store: Store, editor: Editor, since: datetime | None, now: datetime) -> Coverage:
    """Say what was watched in a period, so that silence is not mistaken for calm."""
    counts = store.overview.counts(since, now)
    return Coverage(
        feeds=tuple(polling.health(state, now, editor.health) for state in store.feeds.states()),
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
