"""From a reading and the standings to a verdict, with the sentence that people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.assessment import scoring, weights
from techwatch.assessment.amounts import amount_told
from techwatch.assessment.ladders import Comparison, Move, compare, within
from techwatch.assessment.stories import alike, comparable, headline
from techwatch.assessment.told import Agent
from techwatch.jurisdictions import name_of
from techwatch.model import Assessment, Fact, Field, Mode, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techwatch.assessment.reading import Reading
    from techwatch.assessment.settings import AssessmentSettings
    from techwatch.model import Baseline, Event, Feature, Standing

_MODES = {
    Mode.POSSIBLE: "reported as possible",
    Mode.PROPOSED: "planned",
    Mode.DECIDED: "decided",
    Mode.IN_EFFECT: "in effect",
    Mode.REVERSED: "reversed",
    Mode.DENIED: "denied",
    Mode.PAST: "a matter of the past",
}
_MOVES = {
    Move.BEGINS: "No such step is on record.",
    Move.UP: "A step further up.",
    Move.NEW_JURISDICTION: "A new jurisdiction.",
    Move.AGAIN: "A further step.",
    Move.BACK: "A step back.",
    Move.REPEATED: "The same step.",
    Move.NONE: "",
}


_STEP_RELEVANCE = 5 / 6  # of the cutoff is asked of a plain step


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome before it is put into words."""

    verdict: Verdict
    comparison: Comparison
    relevance: float
    development: float


def assess(
    reading: Reading,
    standings: Sequence[Standing],
    baseline: Baseline,
    settings: AssessmentSettings,
    model_version: str,
) -> Assessment:
    """Judge a reading against the standings of its entities."""
    judgement = judge(reading, standings, baseline, settings)
    main = reading.main
    told = main.event if main is not None else None
    return Assessment(
        verdict=judgement.verdict,
        score=rank(reading, judgement),
        reason=reason(reading, judgement, baseline),
        mentions=reading.mentions,
        event=told,
        before=judgement.comparison.before,
        fact=_fact(told, judgement.comparison.before, baseline),
        features=_features(reading, judgement),
        model_version=model_version,
    )


def judge(
    reading: Reading,
    standings: Sequence[Standing],
    baseline: Baseline,
    settings: AssessmentSettings,
) -> Judgement:
    """Decide: is it relevant, is it a development, is it a step, and which way."""
    relevance = scoring.score(weights.RELEVANCE, reading.signals, reading.words)
    development = scoring.score(weights.DEVELOPMENT, reading.signals, reading.words)
    comparison = _compare(reading, standings, baseline, settings)
    asked_relevance, asked_development = _cutoffs(reading, settings)
    if not reading.signals or relevance < asked_relevance:
        verdict = Verdict.UNRELATED
    elif development < asked_development or _is_known(reading, comparison):
        verdict = Verdict.KNOWN
    else:
        verdict = _direction(reading, comparison)
    return Judgement(verdict, comparison, relevance, development)


def _cutoffs(reading: Reading, settings: AssessmentSettings) -> tuple[float, float]:
    """Ask less of a plain step: told in the headline, without the form of a commentary."""
    main = reading.main
    plain = "commentary_in_title" not in reading.signals
    if plain and main is not None and main.is_step and main.event.field is Field.TITLE:
        return settings.relevance_cutoff * _STEP_RELEVANCE, settings.development_cutoff / 2
    return settings.relevance_cutoff, settings.development_cutoff


def _is_known(reading: Reading, comparison: Comparison) -> bool:
    """Whether it is an opinion or an account, or the step on record, however it is told."""
    if reading.narration or "opinion_in_title" in reading.signals:
        return True
    return comparison.move is Move.REPEATED


def _compare(
    reading: Reading,
    standings: Sequence[Standing],
    baseline: Baseline,
    settings: AssessmentSettings,
) -> Comparison:
    if reading.main is None:
        return Comparison(Move.NONE)
    event = reading.main.event
    concerned = [s for s in standings if s.entity_id in event.entity_ids]
    track = baseline.tracks[event.track]
    return compare(event, concerned, track, lambda s: _repeats(reading, s, settings))


def _repeats(reading: Reading, standing: Standing, settings: AssessmentSettings) -> bool:
    """Whether an item tells the step of a standing again, though in a story of its own.

    A reported step must be told alike: two bans by one power in one week may be two.
    """
    if standing.story_id is None:
        return within(standing.since, reading.published, settings.restated_days)
    if not within(standing.since, reading.published, settings.repeat_days):
        return False
    ours, theirs = headline(reading.title), headline(standing.reason)
    return not comparable(ours, theirs) or alike(ours, theirs) >= settings.repeat_likeness


def _direction(reading: Reading, comparison: Comparison) -> Verdict:
    main = reading.main
    if main is None or comparison.move is Move.NONE or not main.is_step:
        return Verdict.NOVEL
    if main.agent is not Agent.AUTHORITY and _only_discussed(reading):
        return Verdict.NOVEL
    return Verdict.EASING if comparison.move is Move.BACK else Verdict.ESCALATING


def _only_discussed(reading: Reading) -> bool:
    """Whether the headline is an essay or a question: a step in it has happened before."""
    return bool({"commentary_in_title", "question"} & set(reading.signals))


def rank(reading: Reading, judgement: Judgement) -> float:
    """Say how much a reader should see it, 0 to 1; ranks the digest."""
    if not reading.signals:
        return 0.0
    importance = scoring.score(weights.IMPORTANCE, reading.signals, reading.words)
    return round(importance * (1.0 if judgement.verdict.flagged else 0.8), 4)


def reason(reading: Reading, judgement: Judgement, baseline: Baseline) -> str:
    """Say in one to three sentences why the verdict is what it is."""
    main = reading.main
    if judgement.verdict is Verdict.UNRELATED:
        return _sentence(_against(reading))
    if main is None:
        told = "news of" if judgement.verdict.flagged else "no event is told, only talk of"
        return _sentence(f"{told} {_about(reading, baseline)}")
    told = _sentence(describe(main.event, baseline))
    if judgement.comparison.move is Move.REPEATED:
        return f"{told} {_until_now(judgement.comparison)}"
    if judgement.verdict is Verdict.KNOWN:
        return f"{told} The text comments on it or looks back."
    if judgement.verdict is Verdict.NOVEL:
        return f"{told} {_why_new(main.event)}"
    return f"{told} {_until_now(judgement.comparison)}"


def _why_new(event: Event) -> str:
    if event.mode in {Mode.POSSIBLE, Mode.PROPOSED}:
        return "The step is not taken yet."
    return "The baseline does not record it."


def describe(event: Event, baseline: Baseline) -> str:
    """Put an event into words: to whom, what, by whom, how far."""
    kind = baseline.event_types[event.event_type]
    names = [baseline.entities[i].name for i in event.entity_ids if i in baseline.entities]
    ladder = bool(baseline.tracks[event.track].rungs)
    whom = " and ".join(names[:2]) or ("a measure" if ladder else "an actor") + _OUTSIDE
    acts = ladder or event.track in _BY_STATES
    by = name_of(event.jurisdiction) if event.jurisdiction and acts else ""
    if by:  # "blocked by a court (Montana)", "banned by Montana"
        by = f" ({by})" if " by " in kind.label else f" by {by}"
    mode = f" ({_MODES[event.mode]})" if event.mode is not Mode.DECIDED else ""
    sum_ = max(event.amounts, key=lambda a: a.value, default=None)
    much = f" {amount_told(sum_)}" if sum_ and event.event_type in _COSTS else ""
    return f"{whom}: {kind.label}{much}{by}{mode}"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


_COSTS = frozenset({"fined", "court_penalty", "case_settled"})  # told with their sum
_BY_STATES = frozenset({"statement", "security"})
_OUTSIDE = " outside the baseline"


def _until_now(comparison: Comparison) -> str:
    before = comparison.before
    if before is None:
        return _MOVES[comparison.move]
    until = before.reason.rstrip(".")
    return f"Until now: {until} ({before.since}). {_MOVES[comparison.move]}"


def _against(reading: Reading) -> str:
    """Name what spoke most against an item, or say that too little spoke for it."""
    found = scoring.features(weights.RELEVANCE, reading.signals, reading.words, weights.SENTENCES)
    heaviest = [f for f in found if f.weight < 0 and f.name.partition(".")[2] in _SPEAKS_AGAINST]
    if heaviest:
        return heaviest[0].sentence
    if reading.entity_ids:
        return "too little ties it to Chinese technology policy"
    return "no actor or law of the baseline, and no matter of Chinese technology policy"


# Signals whose absence would have been the rule: fit to be told as the reason.
_SPEAKS_AGAINST = frozenset(
    {
        "noise_in_title",
        "in_passing_in_title",
        "gadget_in_title",
        "crime_and_life_in_title",
        "geopolitics_in_title",
        "vehicles_and_goods_in_title",
        "no_china",
        "other_tech_alone",
        "cn_tech_alone",
        "platform_without_power",
        "off_target",
    }
)


def _about(reading: Reading, baseline: Baseline) -> str:
    names = [baseline.entities[i].name for i in reading.entity_ids if i in baseline.entities]
    return names[0] if names else "Chinese technology"


def _fact(event: Event | None, before: Standing | None, baseline: Baseline) -> Fact | None:
    """Find the fact that the standing rests on, else the latest of the entities concerned."""
    if event is None:
        return None
    facts = [
        fact
        for i in event.entity_ids
        if i in baseline.entities
        for fact in baseline.entities[i].facts
    ]
    if before is not None:
        resting = [f for f in facts if f.text == before.reason and f.entity_id == before.entity_id]
        if resting:
            return resting[0]
    on_track = [f for f in facts if _track(f, baseline) == event.track]
    chosen = on_track or facts
    return chosen[-1] if chosen else None


def _track(fact: Fact, baseline: Baseline) -> str | None:
    event_type = baseline.event_types.get(fact.event_type or "")
    return event_type.track if event_type else None


def _features(reading: Reading, judgement: Judgement) -> tuple[Feature, ...]:
    found = scoring.features(weights.RELEVANCE, reading.signals, reading.words, weights.SENTENCES)
    if judgement.verdict is Verdict.UNRELATED:
        return found
    return found + scoring.features(
        weights.DEVELOPMENT, reading.signals, reading.words, weights.SENTENCES
    )
