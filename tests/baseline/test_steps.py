from __future__ import annotations

from techwatch.baseline.loading import load
from techwatch.baseline.standings import standings
from techwatch.baseline.steps import next_steps
from techwatch.installation import shipped
from techwatch.model import Direction, Entity, EntityKind

BASELINE = load(shipped("baseline"))


def steps_of(entity_id: str) -> dict[str, tuple[set[str], set[str]]]:
    entity = BASELINE.entities[entity_id]
    found = next_steps(entity, standings(entity, BASELINE), BASELINE)
    return {s.track.id: ({t.id for t in s.up}, {t.id for t in s.back}) for s in found}


def test_a_draft_can_be_passed_or_withdrawn() -> None:
    up, back = steps_of("pipl")["law_making"]
    assert {"law_passed", "law_in_force"} <= up
    assert "law_proposed" not in up
    assert "law_repealed" in back


def test_a_law_in_force_can_be_enforced_or_suspended() -> None:
    up, back = steps_of("uel")["law_making"]
    assert "law_enforced" in up
    assert not {"law_passed", "law_in_force"} & up
    assert "law_suspended" in back


def test_at_the_top_what_may_be_repeated_counts() -> None:
    up, _ = steps_of("csl")["law_making"]
    assert up >= {"law_enforced", "law_tightened"}


def test_a_ladder_not_begun_begins_at_its_foot() -> None:
    new = Entity("new", EntityKind.LAW, "statute", "A new law", ())
    [steps] = next_steps(new, (), BASELINE)
    assert steps.standing is None
    assert steps.up[0].id == "law_proposed"
    assert steps.back == ()


def test_every_step_of_every_entity_is_on_its_ladder() -> None:
    for entity in BASELINE.entities.values():
        for steps in next_steps(entity, standings(entity, BASELINE), BASELINE):
            assert all(t.direction is Direction.UP for t in steps.up)
            assert all(t.direction is Direction.BACK for t in steps.back)
            assert {t.track for t in (*steps.up, *steps.back)} <= {steps.track.id}
            assert steps.up
