"""How far an entity is on each ladder, who says so, and what would be the next step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from techwatch import labels
from techwatch.baseline.dates import sort_key
from techwatch.baseline.steps import next_steps
from techwatch.digests.wording import wording
from techwatch.jurisdictions import name_of
from techwatch.model import ReportedStanding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from techwatch.model import Baseline, Entity, Standing, Track


@dataclass(frozen=True, slots=True)
class Step:
    """A rung that was reached or left, and who says so."""

    rung: int | None  # index into the ladder's rungs; None: below the lowest
    label: str  # empty below the lowest
    since: str  # as precise as it was told
    reason: str  # a sentence of the baseline, or the headline that told it
    language: str  # of that
    source: str  # title of the document, or the publisher
    link: str | None  # of the document or article
    story_id: str | None  # where news tells it; None: it stands in the baseline


@dataclass(frozen=True, slots=True)
class Ladder:
    """A ladder on which an entity stands, for one power."""

    track: str
    label: str
    jurisdiction: str | None
    rungs: tuple[str, ...]  # labels, lowest first
    at: int | None  # index of the rung that counts when news is judged; None: below the lowest
    steps: tuple[Step, ...]  # by date, oldest first
    up: tuple[str, ...]  # what would be a step up
    back: tuple[str, ...]  # what would be one back


def of(
    entity: Entity,
    known: Sequence[Standing],
    reported: Sequence[ReportedStanding],
    baseline: Baseline,
    language: str = "en",
) -> tuple[Ladder, ...]:
    """Join what the baseline knows with what news told; the foot of a ladder where nothing did.

    Args:
        entity: whose ladders.
        known: its standings by the baseline.
        reported: its standings by news, one a rung and power at the most.
        baseline: tracks, sources.
        language: of readers, for labels.
    """
    ladders: dict[tuple[str, str | None], list[ReportedStanding]] = {}
    for one in (*(_documented(standing, baseline) for standing in known), *reported):
        if one.standing.track in baseline.tracks:
            key = one.standing.track, one.standing.jurisdiction
            ladders.setdefault(key, []).append(one)
    highest = [_highest(all_of, baseline) for all_of in ladders.values()]
    steps = {
        (n.track.id, n.standing.jurisdiction if n.standing else None): n
        for n in next_steps(entity, tuple(highest), baseline)
    }
    made = []
    for (track_id, jurisdiction), after in steps.items():
        track = baseline.tracks[track_id]
        standings = ladders.get((track_id, jurisdiction), [])
        made.append(
            Ladder(
                track=track_id,
                label=labels.track_label(track, language),
                jurisdiction=jurisdiction,
                rungs=labels.rung_labels(track, language),
                at=_index(_highest(standings, baseline).rung, track) if standings else None,
                steps=_steps(standings, track, language),
                up=tuple(labels.event_label(one, language) for one in after.up),
                back=tuple(labels.event_label(one, language) for one in after.back),
            )
        )
    return tuple(sorted(made, key=lambda one: (one.label, one.jurisdiction or "")))


def in_words(standing: Standing, track: Track, language: str = "en") -> str:
    """Say where an entity stands, in a line."""
    by, since = standing.jurisdiction, standing.since
    if language != "en":
        by, since = by and name_of(by, language), wording(language).vague_date(since)
    parts = (labels.rung_label(track, standing.rung, language), by, since)
    return f"{labels.track_label(track, language)}: {', '.join(part for part in parts if part)}"


def _documented(standing: Standing, baseline: Baseline) -> ReportedStanding:
    """Give a standing of the baseline the document that says so."""
    source = baseline.sources.get(standing.source)
    title, link = (source.title, source.link) if source else (standing.source, None)
    return ReportedStanding(replace(standing, story_id=None), title, "en", link)


def _steps(standings: Iterable[ReportedStanding], track: Track, language: str) -> tuple[Step, ...]:
    return tuple(
        Step(
            rung=_index(one.standing.rung, track),
            label=labels.rung_label(track, one.standing.rung, language) or "",
            since=one.standing.since,
            reason=one.standing.reason,
            language=one.language,
            source=one.publisher,
            link=one.link,
            story_id=one.standing.story_id,
        )
        for one in sorted(standings, key=lambda one: sort_key(one.standing.since))
    )


def _highest(standings: Sequence[ReportedStanding], baseline: Baseline) -> Standing:
    """Return the standing with which news is compared: the first that stands highest."""

    def height(standing: Standing) -> int:
        index = _index(standing.rung, baseline.tracks[standing.track])
        return -1 if index is None else index

    return max((one.standing for one in standings), key=height)


def _index(rung: str | None, track: Track) -> int | None:
    return track.rungs.index(rung) if rung in track.rungs else None
