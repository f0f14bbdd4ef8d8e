"""Sentences for people, evidence, and what a story adds to the state."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from techwatch.model import Direction, Verdict

from .desk import NOON

if TYPE_CHECKING:
    from .desk import Desk

NEW_BAN = "Nepal bans TikTok over hateful clips"


def test_escalating_says_what_was_before(desk: Desk) -> None:
    found = desk.assess(desk.item("Vermont governor signs law that outlaws TikTok"))
    assert found.verdict is Verdict.ESCALATING
    assert found.reason.startswith("TikTok: ")
    assert "Vermont" in found.reason


def test_a_new_jurisdiction_is_named_with_what_others_did(desk: Desk) -> None:
    found = desk.assess(desk.item(NEW_BAN))
    assert "TikTok: banned by Nepal." in found.reason
    assert "Until now: " in found.reason
    assert found.reason.endswith("A new jurisdiction.")
    assert found.before is not None
    assert found.fact is not None
    assert found.fact.entity_id == "tiktok"


@pytest.mark.parametrize(
    ("title", "start"),
    [
        ("Nepal lifts ban on TikTok", "TikTok: ban lifted by Nepal."),
        ("Britain considers ban on TikTok", "TikTok: "),
        ("Opinion: A TikTok ban is overdue", "No event is told, only talk of TikTok."),
        ("A walk in the woods", "No actor or law of the baseline"),
        ("Viral TikTok recipe turns pasta green", "The name is only the place"),
    ],
)
def test_reasons(desk: Desk, title: str, start: str) -> None:
    assert desk.assess(desk.item(title)).reason.startswith(start)


def test_an_assessment_carries_its_evidence(desk: Desk) -> None:
    found = desk.assess(desk.item(NEW_BAN))
    assert found.event is not None
    assert found.event.surface in NEW_BAN
    assert {m.entity_id for m in found.mentions} >= {"tiktok"}
    assert found.features
    assert all(f.sentence for f in found.features)
    assert desk.baseline.version in found.model_version
    assert 0 < found.score <= 1


def test_a_later_story_of_the_same_step_is_known(desk: Desk) -> None:
    first = desk.item(NEW_BAN)
    moved = desk.assessor.standing_after(desk.read(first), desk.assess(first), "story-1", NOON)
    assert [(s.entity_id, s.rung, s.jurisdiction) for s in moved] == [("tiktok", "banned", "np")]
    again = desk.item("Nepal bans TikTok", at=NOON + timedelta(days=1))
    assert desk.assess(again, moved).verdict is Verdict.KNOWN
    assert desk.assess(again).verdict is Verdict.ESCALATING


def test_another_ban_by_the_same_power_is_not_the_same_step(desk: Desk) -> None:
    first = desk.item("US House bans TikTok on the devices of its members")
    moved = desk.assessor.standing_after(desk.read(first), desk.assess(first), "story-1", NOON)
    second = desk.item("Biden signs ban of TikTok on all federal phones", at=NOON)
    assert moved
    assert desk.assess(second, moved).verdict is Verdict.ESCALATING


def test_the_same_step_in_another_language_is_known(desk: Desk) -> None:
    first = desk.item("Canada bars TikTok from the phones of its civil servants")
    moved = desk.assessor.standing_after(desk.read(first), desk.assess(first), "story-1", NOON)
    second = desk.item("加拿大禁止公务员手机使用TikTok", language="zh", at=NOON)
    assert desk.assess(second).verdict is Verdict.ESCALATING
    event = desk.assess(second).event
    assert event is not None
    assert event.rung == moved[0].rung
    assert desk.assess(second, moved).verdict is Verdict.KNOWN


def test_a_telling_of_the_same_story_keeps_its_verdict(desk: Desk) -> None:
    first = desk.item(NEW_BAN)
    story = desk.story(first)
    moved = desk.assessor.standing_after(desk.read(first), desk.assess(first), story.id, NOON)
    again = desk.item("Nepal bans TikTok", at=NOON + timedelta(hours=3))
    assert desk.assess(again, moved, story).verdict is Verdict.ESCALATING


def test_a_step_back_lowers_the_state(desk: Desk) -> None:
    item = desk.item("Nepal lifts ban on TikTok")
    assessment = desk.assess(item)
    assert assessment.event is not None
    assert assessment.event.direction is Direction.BACK
    moved = desk.assessor.standing_after(desk.read(item), assessment, "story-2", NOON)
    assert [(s.rung, s.since) for s in moved] == [("restricted", "2024-05-06")]


@pytest.mark.parametrize(
    "title", ["Britain considers ban on TikTok", "TikTok sues Montana", "Viral TikTok recipe"]
)
def test_only_steps_move_the_state(desk: Desk, title: str) -> None:
    item = desk.item(title)
    assert desk.assessor.standing_after(desk.read(item), desk.assess(item), "s", NOON) == ()


def test_anchors_of_a_measure_without_a_name(desk: Desk) -> None:
    reading = desk.read(desk.item("Germany blocks sale of chip plant to Chinese-owned company"))
    assert reading.anchors[0] == "topic:de-ownership_listing"


def test_steps_rank_above_talk(desk: Desk) -> None:
    step = desk.assess(desk.item("US adds a dozen Chinese chip makers to the Entity List"))
    talk = desk.assess(desk.item("US senator criticises Chinese chip makers"))
    gossip = desk.assess(desk.item("Viral TikTok recipe turns pasta green"))
    assert step.score > talk.score > gossip.score
