from __future__ import annotations

from dataclasses import replace

import pytest
from tests.digests.samples import DIDI

from techwatch.digests.filtering import passes
from techwatch.model import EntityKind, Filter, Verdict

FINE = replace(
    DIDI,
    entity_ids=("didi", "cac"),
    sectors=("platforms",),
    kinds=(EntityKind.ACTOR,),
    track="coercion",
    jurisdiction="us-mt",
    tags=("asia", "trade"),
)


@pytest.mark.parametrize(
    ("only", "wanted"),
    [
        (Filter(), True),
        (Filter(verdicts=(Verdict.NOVEL,)), False),
        (Filter(minimum_score=0.94), True),
        (Filter(minimum_score=0.95), False),
        (Filter(entities=("huawei", "cac")), True),
        (Filter(entities=("huawei",)), False),
        (Filter(sectors=("platforms",)), True),
        (Filter(sectors=("networks",)), False),
        (Filter(kinds=(EntityKind.LAW,)), False),
        (Filter(kinds=(EntityKind.ACTOR, EntityKind.LAW)), True),
        (Filter(tracks=("coercion",)), True),
        (Filter(tracks=("law_making",)), False),
        (Filter(jurisdictions=("us",)), True),
        (Filter(jurisdictions=("us-mt",)), True),
        (Filter(jurisdictions=("us-tx", "cn")), False),
        (Filter(feeds=("Ledger & Port",)), True),  # not the leading one
        (Filter(feeds=("Unknown",)), False),
        (Filter(tags=("trade",)), True),
        (Filter(tags=("sport",)), False),
        (Filter(languages=("zh",)), True),
        (Filter(languages=("de",)), False),
        (Filter(entities=("didi",), languages=("de",)), False),
    ],
)
def test_every_part_of_a_filter_that_is_set_must_let_it_pass(only: Filter, *, wanted: bool) -> None:
    assert passes(FINE, only) is wanted


def test_what_concerns_nobody_and_no_track_passes_only_an_open_filter() -> None:
    bare = replace(FINE, entity_ids=(), sectors=(), kinds=(), track=None, jurisdiction=None)
    assert passes(bare, Filter())
    assert not passes(bare, Filter(tracks=("coercion",)))
    assert not passes(bare, Filter(jurisdictions=("us",)))
