"""A weak name is a name only with its capitals."""

from __future__ import annotations

import pytest

from techwatch.matching import Matcher, MatchingSettings
from techwatch.model import Baseline, Entity, EntityKind, Field, Name

COURT = Entity(
    "court",
    EntityKind.ACTOR,
    "court",
    "Federal court in Oslo",
    (Name("Federal court in Oslo", "en", weak=True), Name("Court of Oslo", "en", weak=True)),
    country="no",
)
NORWAY = Entity(
    "norway", EntityKind.PLACE, "country", "Norway", (Name("Norway", "en"),), country="no"
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Norway: appeal at the Court of Oslo, says a lawyer", True),
        ("Norway: appeal at the Federal court in Oslo, says a lawyer", True),
        ("NORWAY: THE COURT OF OSLO SAYS NO", True),
        ("Norway: they court of oslo what others do, says a lawyer", False),
        ("Norway: the federal court in Oslo, says a lawyer", False),
    ],
)
def test_words_that_the_name_writes_small_may_be_small(text: str, *, found: bool) -> None:
    baseline = Baseline({e.id: e for e in (COURT, NORWAY)}, {}, {}, {}, {}, "0" * 12)
    matcher = Matcher(baseline, MatchingSettings())
    assert any(m.entity_id == "court" for m in matcher.mentions({Field.TITLE: text})) is found
