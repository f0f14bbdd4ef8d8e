"""Why a verdict is what it is, in the reader's language. Pure.

An assessment holds its reason as English sentences. In Norwegian the same is told of its evidence:
the event, where the entity stood, and the last sentence, which says what was made of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.digests.wording import wording
from techwatch.jurisdictions import name_of
from techwatch.labels import event_label, rung_label
from techwatch.model import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techwatch.model import Amount, Assessment, Baseline, Event, Standing

_NB = "nb"
# How a reason ends in English, and in Norwegian; the assessment's tests hold them to its words.
CONCLUSIONS: Mapping[str, str] = {
    "No such step is on record.": "Det er ikke kjent noe slikt trinn fra før.",
    "A step further up.": "Et trinn videre opp.",
    "A new jurisdiction.": "En ny myndighet.",
    "A further step.": "Enda et trinn.",
    "A step back.": "Et trinn tilbake.",
    "The same step.": "Det samme trinnet.",
    "The text comments on it or looks back.": "Teksten kommenterer det eller ser tilbake.",
    "The step is not taken yet.": "Trinnet er ikke tatt ennå.",
    "The baseline does not record it.": "Grunnlaget har det ikke fra før.",
}
_COMPARED = frozenset(
    {
        "A step further up.",
        "A new jurisdiction.",
        "A further step.",
        "A step back.",
        "The same step.",
    }
)
_MODES: Mapping[Mode, str] = {
    Mode.POSSIBLE: "omtalt som mulig",
    Mode.PROPOSED: "planlagt",
    Mode.IN_EFFECT: "i kraft",
    Mode.REVERSED: "omgjort",
    Mode.DENIED: "avkreftet",
    Mode.PAST: "tilbakelagt",
}
_COSTS = frozenset({"fined", "court_penalty", "case_settled"})  # told with their sum
_BY_STATES = frozenset({"statement", "security"})
_SIZES = ((1e12, "billioner"), (1e9, "milliarder"), (1e6, "millioner"))
# What is told where there is no event.
_TALK = {
    "News of ": "Nytt om ",
    "No event is told, only talk of ": "Ingen hendelse er meldt, bare omtale av ",
}
_FIELD = {"Chinese technology": "kinesisk teknologi"}


def reason(assessment: Assessment, baseline: Baseline, language: str) -> tuple[str, str]:
    """Return the reason for readers of a language, and the language that it is in.

    English stays as it is stored. What can't be told in Norwegian, such as the reason of an event
    that the baseline has no more, stays English too.
    """
    told = _norwegian(assessment, baseline) if language == _NB else None
    return (told, _NB) if told else (assessment.reason, "en")


def _norwegian(assessment: Assessment, baseline: Baseline) -> str | None:
    event, said = assessment.event, assessment.reason
    if event is None:
        return _talk(said)
    ending = next((one for one in CONCLUSIONS if said.endswith(one)), None)
    known = event.event_type in baseline.event_types and event.track in baseline.tracks
    if ending is None or not known:
        return None
    before = assessment.before if ending in _COMPARED else None
    parts = (
        _event(event, baseline),
        _until_now(before, baseline) if before else "",
        CONCLUSIONS[ending],
    )
    return " ".join(part for part in parts if part)


def _talk(said: str) -> str | None:
    """Tell of whom it speaks, where no event is told."""
    for english, norwegian in _TALK.items():
        if said.startswith(english):
            whom = said.removeprefix(english).removesuffix(".")
            return f"{norwegian}{_FIELD.get(whom, whom)}."
    return None


def _event(event: Event, baseline: Baseline) -> str:
    """Say to whom what happened, by whom, and how far it has come."""
    kind, ladder = baseline.event_types[event.event_type], baseline.tracks[event.track].rungs
    names = [baseline.entities[i].name for i in event.entity_ids if i in baseline.entities]
    whom = " og ".join(names[:2]) or f"{'et tiltak' if ladder else 'en aktør'} utenfor grunnlaget"
    sum_ = max(event.amounts, key=lambda a: a.value, default=None)
    much = f", {_amount(sum_)}" if sum_ and event.event_type in _COSTS else ""
    acts = event.jurisdiction if ladder or event.track in _BY_STATES else None
    aside = [name_of(acts, _NB) if acts else "", _MODES.get(event.mode, "")]
    beside = f" ({', '.join(one for one in aside if one)})" if any(aside) else ""
    return f"{whom[:1].upper()}{whom[1:]}: {event_label(kind, _NB)}{much}{beside}."


def _until_now(before: Standing, baseline: Baseline) -> str:
    """Say where the entity stood, for whom and since when."""
    track = baseline.tracks.get(before.track)
    at = (rung_label(track, before.rung, _NB) if track else None) or "ikke på noe trinn"
    since = wording(_NB).vague_date(before.since)
    aside = [name_of(before.jurisdiction, _NB) if before.jurisdiction else "", since]
    return f"Til nå: {at} ({', '.join(one for one in aside if one)})."


def _amount(amount: Amount) -> str:
    """Put an amount into words: 2,8 milliarder USD."""
    words = wording(_NB)
    for size, word in _SIZES:
        if amount.value >= size:
            figure = f"{amount.value / size:.4g}".replace(".", words.book.point)
            return f"{figure} {word} {amount.currency}"
    return f"{amount.value:,.0f} {amount.currency}".replace(",", words.book.thousands)
