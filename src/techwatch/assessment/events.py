"""Read what a text says happened: trigger, mode, who acts, on whom.

A trigger is read inside its clause. Words before it say how far it has come (planned, possible,
denied, past); who stands before it acts, unless the verb is passive; a clause that only gives the
background moves nothing.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from techwatch.assessment import agents
from techwatch.assessment.clauses import Clause, clause_at, clauses
from techwatch.assessment.lexicon import Kind
from techwatch.assessment.told import ASSERTED, Agent, Sighting, Told
from techwatch.model import Direction, Event, Field, Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from techwatch.assessment.lexicon import Found
    from techwatch.assessment.told import Passage
    from techwatch.model import Entity, EventType

# How much of an event's weight counts, by how far it has come ...
MODE_FACTOR: Mapping[Mode, float] = {
    Mode.DECIDED: 1.0,
    Mode.IN_EFFECT: 1.0,
    Mode.REVERSED: 1.0,
    Mode.PROPOSED: 0.8,
    Mode.POSSIBLE: 0.45,
    Mode.DENIED: 0.4,
    Mode.PAST: 0.3,
}
# ... and by where it stands.
FIELD_FACTOR: Mapping[Field, float] = {Field.TITLE: 1.0, Field.SUMMARY: 0.35, Field.BODY: 0.25}
BACKGROUND_FACTOR = 0.35
LATER_FACTOR = 0.85  # a headline leads with its news
OFF_TARGET_FACTOR = 0.5  # "brothers investigated over bets on TikTok"
COMPANY_FACTOR = 0.6  # a company does to others what sounds like an authority's step

_MOST = 60  # triggers of one field that are read: they are compared with one another

# Read in this order: what is denied is not planned, what may come is not decided.
_PRECEDENCE = (Mode.DENIED, Mode.PAST, Mode.POSSIBLE, Mode.PROPOSED, Mode.REVERSED)
_AFTERWARDS = frozenset({Mode.PAST})  # these may follow the verb: "banned last year"
_INTENTIONS = frozenset({"proposed", "consultation"})
# "Condemns the blacklisting", "introduces a bill to ban the app": what follows is its object.
_TAKES_OBJECT = frozenset({"criticised", "lawsuit_filed", "law_proposed"})
_DONE_ON_ORDERS = frozenset({"service_suspended", "use_restricted"})
_ORDERING = frozenset({"coercion", "law_making", "litigation"})
_COERCIVE = frozenset({"coercion", "trade_control", "law_making", "ownership_listing"})


def events(
    passages: Sequence[Passage],
    event_types: Mapping[str, EventType],
    entities: Mapping[str, Entity],
) -> tuple[Told, ...]:
    """Return what the passages tell, surest first; the order of equals is that of the text."""
    title = next((p for p in passages if p.field is Field.TITLE), None)
    told = [
        one
        for passage in passages
        for one in _of_passage(passage, title or passage, event_types, entities)
    ]
    told = [_on_orders(one) if _has_orders(one, told) else one for one in told]
    return tuple(sorted(told, key=lambda one: -one.strength))


def _has_orders(one: Told, told: Sequence[Told]) -> bool:
    """Whether a company does what an authority ordered: "pulls the app after a court banned it"."""
    return (
        one.agent is Agent.COMPANY
        and one.event.event_type in _DONE_ON_ORDERS
        and any(
            other.background
            and other.agent is not Agent.COMPANY
            and other.event.field is one.event.field
            and other.event.track in _ORDERING
            and other.event.direction is Direction.UP
            and other.event.mode in ASSERTED
            for other in told
        )
    )


def _on_orders(one: Told) -> Told:
    return replace(one, agent=Agent.UNKNOWN, strength=one.strength / COMPANY_FACTOR)


def _of_passage(
    passage: Passage,
    title: Passage,
    event_types: Mapping[str, EventType],
    entities: Mapping[str, Entity],
) -> Iterator[Told]:
    found = [
        w for w in passage.words if w.word.kind is Kind.TRIGGER and w.word.value in event_types
    ]
    if not found:
        return
    found = found[:_MOST]
    parts = clauses(passage.text)
    whole = [w for w in found if not _crosses(parts, clause_at(parts, w.start), w)]
    triggers = _read_first(whole, event_types)
    reply = _reply_at(passage)
    for trigger in triggers:
        clause = clause_at(parts, trigger.start)
        factor = LATER_FACTOR if _is_later(trigger, clause, triggers) else 1.0
        aside = clause.background or _is_object(trigger, clause, triggers, reply)
        sighting = Sighting(trigger, clause, passage, entities)
        yield _tell(sighting, title, event_types[trigger.word.value], factor, background=aside)


def _is_later(trigger: Found, clause: Clause, triggers: Sequence[Found]) -> bool:
    return any(clause.start <= other.start < trigger.start for other in triggers)


def _read_first(found: Sequence[Found], event_types: Mapping[str, EventType]) -> list[Found]:
    """Drop what a longer trigger holds, and steps that another takes back.

    "Lift the ban" is no ban; in "eases curbs on exports" the curbs are not new.
    """
    back = [one for one in found if _direction(one, event_types) is Direction.BACK]
    kept = [
        one
        for one in found
        if _direction(one, event_types) is not Direction.UP
        or not any(other.overlaps(one) for other in back)
    ]
    return [one for one in kept if not any(other.holds(one) for other in kept)]


def _direction(found: Found, event_types: Mapping[str, EventType]) -> Direction:
    return event_types[found.word.value].direction


def _is_object(
    trigger: Found, clause: Clause, triggers: Sequence[Found], reply: int | None
) -> bool:
    """Whether the step is only what someone speaks of or sues over: "condemns the blacklisting"."""
    return (reply is not None and trigger.start > reply) or any(
        other.word.value in _TAKES_OBJECT and clause.start <= other.start < trigger.start
        for other in triggers
    )


def _crosses(parts: tuple[Clause, ...], clause: Clause, trigger: Found) -> bool:
    """Whether the parts of a phrase stand in a clause and in the background of another."""
    last = clause_at(parts, trigger.end - 1)
    return last is not clause and last.background


def _reply_at(passage: Passage) -> int | None:
    """Where someone begins to answer or comment; what follows is what it is about."""
    return min(
        (w.start for w in passage.words if w.word.kind is Kind.CONTEXT and w.word.value == "reply"),
        default=None,
    )


def _tell(
    sighting: Sighting, title: Passage, event_type: EventType, factor: float, *, background: bool
) -> Told:
    passage, trigger = sighting.passage, sighting.trigger
    who, jurisdiction = agents.agent(sighting)
    event = Event(
        event_type=event_type.id,
        track=event_type.track,
        rung=event_type.rung,
        direction=event_type.direction,
        mode=trigger.word.mode or _mode(passage.words, sighting.clause, trigger, event_type),
        entity_ids=agents.targets(sighting, title, event_type.track),
        jurisdiction=jurisdiction or agents.anywhere(passage) or agents.anywhere(title),
        field=passage.field,
        start=trigger.start,
        end=trigger.end,
        surface=sighting.surface,
    )
    on_target = agents.on_target(sighting, event_type.track)
    factors = (
        factor,
        event_type.weight,
        MODE_FACTOR[event.mode],
        FIELD_FACTOR[event.field],
        BACKGROUND_FACTOR if background else 1.0,
        COMPANY_FACTOR if who is Agent.COMPANY and event.track in _COERCIVE else 1.0,
        1.0 if on_target else OFF_TARGET_FACTOR,
    )
    return Told(event, background, who, math.prod(factors), on_target)


def _mode(words: Iterable[Found], clause: Clause, trigger: Found, event_type: EventType) -> Mode:
    """Read the mode from the markers of the clause; decided if it has none.

    A trigger may begin with its own marker ("will ban"), unless the event is by its nature one
    of intentions ("draft rules") or takes back ("not to ban").
    """
    own = event_type.rung in _INTENTIONS or event_type.direction is Direction.BACK
    last = trigger.start - own
    present = {
        Mode(word.word.value)
        for word in words
        if word.word.kind is Kind.MARKER and _marks(word, clause, trigger, last)
    }
    return next((mode for mode in _PRECEDENCE if mode in present), Mode.DECIDED)


def _marks(word: Found, clause: Clause, trigger: Found, last: int) -> bool:
    if not clause.start <= word.start < clause.end:
        return False
    return word.start <= last or (
        word.start >= trigger.end and Mode(word.word.value) in _AFTERWARDS
    )
