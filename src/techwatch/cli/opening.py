"""A verdict in a few sentences, as one person tells it to another. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.jurisdictions import name_of
from techwatch.model import Direction, Mode

if TYPE_CHECKING:
    from techwatch.model import Assessment, Baseline, Event, Standing, StoredItem, Story, Track

_MODES = {
    Mode.POSSIBLE: "possible",
    Mode.PROPOSED: "planned",
    Mode.IN_EFFECT: "in effect",
    Mode.REVERSED: "reversed",
    Mode.DENIED: "denied",
    Mode.PAST: "in the past",
}
_DAY = 86400  # seconds


def opening(
    stored: StoredItem,
    assessment: Assessment,
    story: Story | None,
    publishers: int,
    baseline: Baseline,
) -> str:
    """Tell a verdict: what is reported, what was known, what is new in it, and who tells it.

    "Escalating, 0.86: Montana bans TikTok (banned by Montana, in effect). Until now: ordered by
    the United States, 2020-08. A new jurisdiction. 11 publishers in 2 days."
    """
    event = assessment.event
    how = f" ({_how(event, baseline)})" if event else ""
    title = stored.item.title.rstrip(" .。")
    head = f"{assessment.verdict.value.capitalize()}, {assessment.score:.2f}: {title}{how}."
    said = _compared(event, assessment, baseline) if event else [assessment.reason]
    if not assessment.verdict.flagged and event:
        said = [assessment.reason]
    return " ".join([head, *said, *_spread(story, publishers)])


def _how(event: Event, baseline: Baseline) -> str:
    kind = baseline.event_types.get(event.event_type)
    label = kind.label if kind else event.event_type
    by = f" by {name_of(event.jurisdiction)}" if event.jurisdiction and " by " not in label else ""
    mode = "" if event.mode is Mode.DECIDED else f", {_MODES[event.mode]}"
    return f"{label}{by}{mode}"


def _compared(event: Event, assessment: Assessment, baseline: Baseline) -> list[str]:
    """Say where things stood, and what the event adds; nothing of events that move no ladder."""
    track, before = baseline.tracks[event.track], assessment.before
    if event.direction is Direction.NONE:
        return ["The baseline does not record it."]
    if before is None:
        return ["Until now: no such step on record."]
    return [f"Until now: {_stood(before, track)}.", _move(event, before, track)]


def _stood(before: Standing, track: Track) -> str:
    label = "back at the foot"
    if before.rung in track.rungs:
        label = track.rung_labels[track.rungs.index(before.rung)]
    by = f" by {name_of(before.jurisdiction)}" if before.jurisdiction else ""
    return f"{label}{by}, {before.since}"


def _move(event: Event, before: Standing, track: Track) -> str:
    if event.direction is Direction.BACK:
        return "A step back."
    if event.jurisdiction not in {None, before.jurisdiction}:
        return "A new jurisdiction."
    stood = track.rungs.index(before.rung) if before.rung in track.rungs else -1
    reached = track.rungs.index(event.rung) if event.rung in track.rungs else -1
    return "A step further up." if reached > stood else "A further step."


def _spread(story: Story | None, publishers: int) -> list[str]:
    if story is None or not publishers:
        return []
    days = int((story.last_at - story.first_at).total_seconds() // _DAY) + 1
    if publishers == 1:
        return ["One publisher so far."]
    told = f"{publishers} publishers"
    return [f"{told} in {days} days." if days > 1 else f"{told} in a day."]
