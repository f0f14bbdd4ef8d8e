"""The values of reading events: a field with what was found in it, and an event as it is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from techwatch.model import Direction, Field, Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techwatch.assessment.clauses import Clause
    from techwatch.assessment.lexicon import Found
    from techwatch.model import Entity, Event, Mention

# Rungs that are no step yet: words and intentions ...
NO_STEP = frozenset({"warned", "control_considered", "retaliation_threatened"})
# ... and those that anyone may reach: a step only if an authority takes it, as in "state sues".
OPEN_TO_ALL = frozenset({"lawsuit_filed"})
ASSERTED = frozenset({Mode.DECIDED, Mode.IN_EFFECT, Mode.REVERSED})


class Agent(StrEnum):
    """Who takes the step."""

    AUTHORITY = "authority"  # someone with the power to
    COMPANY = "company"
    UNKNOWN = "unknown"  # not told, or told in the passive


@dataclass(frozen=True, slots=True)
class Told:
    """An event with how it is told."""

    event: Event
    background: bool
    agent: Agent
    strength: float  # 0..1: how surely this is the news of the item
    on_target: bool = True  # what it is done to belongs to the field

    @property
    def is_step(self) -> bool:
        """Whether it is a step taken by someone with the power to, not talk of one."""
        event = self.event
        if event.direction is Direction.NONE or event.event_type in NO_STEP:
            return False
        if self.background or self.agent is Agent.COMPANY or not self.on_target:
            return False
        if event.event_type in OPEN_TO_ALL:
            return self.agent is Agent.AUTHORITY and event.mode in ASSERTED
        # What is only planned, or told below the headline, counts if an authority is said to act.
        if event.mode in ASSERTED and event.field is Field.TITLE:
            return True
        return self.agent is Agent.AUTHORITY and event.mode in {*ASSERTED, Mode.PROPOSED}


@dataclass(frozen=True, slots=True)
class Passage:
    """One field of an item, with everything found in it."""

    field: Field
    text: str
    words: tuple[Found, ...]
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A trigger in its clause."""

    trigger: Found
    clause: Clause
    passage: Passage
    entities: Mapping[str, Entity]

    @property
    def surface(self) -> str:
        """The trigger as it stands there."""
        return self.passage.text[self.trigger.start : self.trigger.end]

    @property
    def words(self) -> list[Found]:
        """What was found in the clause."""
        return [w for w in self.passage.words if self._holds(w.start)]

    @property
    def mentions(self) -> list[Mention]:
        """The entities of the baseline that the clause names."""
        return [
            m
            for m in self.passage.mentions
            if self._holds(m.start) and m.entity_id in self.entities
        ]

    def _holds(self, position: int) -> bool:
        return self.clause.start <= position < self.clause.end
