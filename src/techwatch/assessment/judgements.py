"""What people said of stories, and what that means for the items that follow. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from techwatch.assessment.ladders import within
from techwatch.assessment.stories import alike, comparable, headline
from techwatch.model import Decision, Direction, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techwatch.assessment.reading import Reading
    from techwatch.assessment.settings import AssessmentSettings
    from techwatch.model import Assessment, Baseline, JudgedStory, Story

_UNFLAGGED = 0.8  # of its score; as for every item that is not flagged
_SAID = {
    Decision.ACCEPT: "Accepted as known",
    Decision.REJECT: "Rejected",
    Decision.KNOWN: "Called known",
}


def still_open(
    reading: Reading, stories: Sequence[Story], judged: Sequence[JudgedStory], baseline: Baseline
) -> list[Story]:
    """Leave out quiet stories beyond which the item goes: its step is told as one of its own."""
    quiet = {j.story.id for j in judged if j.judgement.decision is not Decision.ACCEPT}
    return [s for s in stories if s.id not in quiet or not goes_beyond(reading, s, baseline)]


def goes_beyond(reading: Reading, story: Story, baseline: Baseline) -> bool:
    """Whether the item tells a step that the story has not: a rung above, or a way back."""
    main = reading.main
    if main is None or not main.is_step:
        return False
    event = main.event
    if event.direction is Direction.BACK:
        return event.event_type != story.event_type
    rungs = baseline.tracks[event.track].rungs
    if event.rung not in rungs or event.track != story.track or story.rung not in rungs:
        return event.rung in rungs and event.event_type != story.event_type
    return rungs.index(event.rung) > rungs.index(story.rung)


def heed(
    assessment: Assessment,
    reading: Reading,
    story: Story | None,
    judged: Sequence[JudgedStory],
    settings: AssessmentSettings,
) -> Assessment:
    """Call known what tells again what a person rejected, knew, or accepted.

    The item's own story counts by its identity, another one if it tells the same kind of event
    alike. An accepted story's own later tellings keep the verdict of the first.
    """
    if not assessment.verdict.flagged:
        return assessment
    own = [j for j in judged if story is not None and j.story.id == story.id]
    if own:
        told = own[0] if own[0].judgement.decision is not Decision.ACCEPT else None
    else:
        told = next((j for j in judged if tells_again(reading, j.story, settings)), None)
    if told is None:
        return assessment
    return replace(
        assessment,
        verdict=Verdict.KNOWN,
        score=round(assessment.score * _UNFLAGGED, 4),
        reason=f"{assessment.reason} {_sentence(told)}",
    )


def tells_again(reading: Reading, story: Story, settings: AssessmentSettings) -> bool:
    """Whether the item tells a story's event in other words, though in a story of its own."""
    main = reading.main
    if main is None or main.event.event_type != story.event_type:
        return False
    jurisdictions = {main.event.jurisdiction, story.jurisdiction} - {None}
    since = story.last_at.date().isoformat()
    if len(jurisdictions) > 1 or not within(since, reading.published, settings.restated_days):
        return False
    ours = headline(reading.title)
    told = [headline(telling.title) for telling in story.tellings]
    return any(comparable(ours, t) and alike(ours, t) >= settings.repeat_likeness for t in told)


def _sentence(told: JudgedStory) -> str:
    said = told.judgement
    note = f": {said.note.rstrip('.')}" if said.note else ""
    return f"{_SAID[said.decision]} by {said.by} on {said.at:%Y-%m-%d}{note}."
