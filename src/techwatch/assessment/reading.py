"""What an item says, before it is compared with what is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from techwatch.model import Signs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from techwatch.assessment.told import Told
    from techwatch.model import Event, Feature, Mention


@dataclass(frozen=True, slots=True)
class Reading:
    """An item as the assessment reads it; depends on the item and the baseline alone."""

    item_id: str
    title: str
    summary: str
    language: str
    published: datetime | None
    mentions: tuple[Mention, ...] = ()
    entity_ids: tuple[str, ...] = ()  # actors and laws, no places; those of the title first
    anchors: tuple[str, ...] = ()  # under which stories are looked up
    told: tuple[Told, ...] = ()  # surest first
    signals: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, float] = field(default_factory=dict)  # terms of words.tsv, with values
    places: frozenset[str] = frozenset()  # jurisdictions named in the title
    narration: bool = False  # the headline is a sentence of an account, not news
    signs: Signs = field(
        default_factory=Signs
    )  # for telling whether another item tells the same event
    taught: tuple[Feature, ...] = ()  # what people said of its names, where that is heeded

    @property
    def events(self) -> tuple[Event, ...]:
        """What the text says happened, surest first."""
        return tuple(one.event for one in self.told)

    @property
    def main(self) -> Told | None:
        """The event on which the item's verdict rests."""
        return self.told[0] if self.told else None
