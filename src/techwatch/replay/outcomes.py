"""An outcome as a line of JSON: what the line said, and what was made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techwatch.model import Direction, EntityKind, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from techwatch.model import Assessment, Baseline
    from techwatch.replay.repetitions import Outcome

REASONS = 6  # strongest features told after the sentence
FOUND = (
    "verdict",
    "score",
    "actors",
    "laws",
    "event",
    "mode",
    "rung_before",
    "rung_after",
    "story",
    "reasons",
)


def record(outcome: Outcome, baseline: Baseline) -> dict[str, Any]:
    """Return the line's own keys with `id` and, after them, the keys named in FOUND.

    What the line said under one of these keys, as labelled archives do, stands under `given`;
    replaying an output therefore gives the same output.
    """
    raw = outcome.line.raw
    given = _given(raw)
    kept = {key: value for key, value in raw.items() if key not in {*FOUND, "given"}}
    kept["id"] = outcome.line.item.id
    return kept | ({"given": given} if given else {}) | found(outcome, baseline)


def found(outcome: Outcome, baseline: Baseline) -> dict[str, Any]:
    """Return what a replay says of a line, by the names in FOUND.

    An item that tells no event, or is judged alone, is a story of its own, named after the item.
    """
    assessment = outcome.assessment
    event, before = assessment.event, assessment.before
    return {
        "verdict": assessment.verdict.value,
        "score": assessment.score,
        "actors": named(assessment, baseline, EntityKind.ACTOR),
        "laws": named(assessment, baseline, EntityKind.LAW),
        "event": event.event_type if event else None,
        "mode": event.mode.value if event else None,
        "rung_before": before.rung if before else None,
        "rung_after": _rung_after(assessment, baseline),
        "story": outcome.story_id or outcome.line.item.id,
        "reasons": _reasons(assessment),
    }


def named(assessment: Assessment, baseline: Baseline, kind: EntityKind) -> list[str]:
    """List the ids of the actors or laws that the item mentions, sorted."""
    ids = {mention.entity_id for mention in assessment.mentions}
    return sorted(i for i in ids if i in baseline.entities and baseline.entities[i].kind is kind)


def _rung_after(assessment: Assessment, baseline: Baseline) -> str | None:
    """Return the rung on which the event leaves the ladder; None at its foot or off it.

    A step back leaves its rung for the one below. What is known or unrelated moves nothing.
    """
    event, before = assessment.event, assessment.before
    if event is None or event.rung is None or not assessment.verdict.flagged:
        return before.rung if before else None
    if event.direction is not Direction.BACK:
        return event.rung
    rungs = baseline.tracks[event.track].rungs
    height = rungs.index(event.rung) if event.rung in rungs else 0
    return rungs[height - 1] if height else None


def _reasons(assessment: Assessment) -> list[str]:
    """Return the sentence for people, then the strongest features with their weight."""
    strongest = sorted(assessment.features, key=lambda f: (-abs(f.value * f.weight), f.name))
    told = [f"{f.value * f.weight:+.2f} {f.sentence}" for f in strongest if f.value * f.weight]
    return [assessment.reason, *told[:REASONS]]


def label(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a reader says of a line, by the scorers' names; nothing where it says nothing.

    `verdict` is what the line calls `label` or `verdict`; beside it `actors`, `laws`, `story` and
    `importance`. What has another form than theirs is no label and is left out.
    """
    said = _given(raw)
    found = {
        "verdict": raw.get("label") or said.get("verdict"),
        "story": said.get("story"),
        "actors": said.get("actors"),
        "laws": said.get("laws"),
        "importance": raw.get("importance"),
    }
    return {key: value for key, value in found.items() if _LABELS[key](value)}


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


_LABELS: Mapping[str, Callable[[object], bool]] = {
    "verdict": lambda value: value in set(Verdict),
    "story": lambda value: isinstance(value, str),
    "actors": _is_list,
    "laws": _is_list,
    "importance": lambda value: isinstance(value, int),
}


def _given(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a line said by our names before a replay said something by them."""
    if all(key in raw for key in FOUND):  # an output of a replay
        return dict(raw.get("given") or {})
    return {key: raw[key] for key in FOUND if key in raw}
