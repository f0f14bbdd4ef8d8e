"""Trigger, mode, agent, jurisdiction and target of what a headline tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from techwatch.assessment.told import Agent
from techwatch.model import Field, Mode

if TYPE_CHECKING:
    from techwatch.assessment.told import Told

    from .desk import Desk


def _main(desk: Desk, title: str, summary: str = "", language: str = "en") -> Told:
    main = desk.read(desk.item(title, summary, language)).main
    assert main is not None
    return main


@pytest.mark.parametrize(
    ("title", "mode"),
    [
        ("France bans TikTok on work phones", Mode.DECIDED),
        ("France to ban TikTok on work phones", Mode.PROPOSED),
        ("France may ban TikTok on work phones", Mode.POSSIBLE),
        ("Lawmakers urge France to ban TikTok on work phones", Mode.POSSIBLE),
        ("France did not ban TikTok on work phones", Mode.DENIED),
        ("Last year France banned TikTok on work phones", Mode.PAST),
    ],
)
def test_mode(desk: Desk, title: str, mode: Mode) -> None:
    assert _main(desk, title).event.mode is mode


@pytest.mark.parametrize(
    ("title", "agent", "jurisdiction"),
    [
        ("Vermont governor outlaws TikTok", Agent.AUTHORITY, "us-vt"),
        ("China bans Micron chips from key infrastructure", Agent.AUTHORITY, "cn"),
        ("China's Huawei banned from Swedish 5G networks", Agent.AUTHORITY, "se"),
        ("TikTok fined by Italian regulator", Agent.AUTHORITY, "it"),
        ("TikTok bans videos about dangerous dares", Agent.COMPANY, None),
        ("TikTok banned nationwide", Agent.UNKNOWN, None),
        ("China Mobile delisted by New York exchange", Agent.UNKNOWN, None),
    ],
)
def test_who_acts(desk: Desk, title: str, agent: Agent, jurisdiction: str | None) -> None:
    main = _main(desk, title)
    assert (main.agent, main.event.jurisdiction) == (agent, jurisdiction)


def test_chinese_passive_has_its_agent_before_the_verb(desk: Desk) -> None:
    main = _main(desk, "蚂蚁集团被央行约谈", language="zh")
    assert (main.agent, main.event.jurisdiction) == (Agent.AUTHORITY, "cn")


def test_a_reversing_verb_is_read_before_the_step(desk: Desk) -> None:
    kinds = {e.event_type for e in desk.read(desk.item("India lifts ban on TikTok")).events}
    assert "ban_lifted" in kinds
    assert "banned" not in kinds


def test_a_suit_takes_what_it_is_about_as_its_object(desk: Desk) -> None:
    main = _main(desk, "Users file lawsuit over forced sale of TikTok")
    assert main.event.event_type == "lawsuit_filed"
    assert not main.is_step


def test_background_moves_nothing(desk: Desk) -> None:
    told = desk.read(desk.item("Huawei grows its cloud business after US bans chip exports")).told
    assert {one.background for one in told if one.event.track == "trade_control"} == {True}


def test_what_is_done_to_someone_else_is_off_target(desk: Desk) -> None:
    main = _main(desk, "Neighbours investigated over bets placed on TikTok")
    assert main.event.event_type == "inquiry_opened"
    assert not main.on_target
    assert not main.is_step


def test_the_headline_comes_before_the_summary(desk: Desk) -> None:
    main = _main(desk, "Poland opens probe into TikTok", "In 2023 Montana banned TikTok.")
    assert main.event.field is Field.TITLE
    assert main.event.event_type == "inquiry_opened"


def test_the_surface_stands_where_the_event_says(desk: Desk) -> None:
    title = "Übrigens: 中國 — Canada bans TikTok"
    for event in desk.read(desk.item(title)).events:
        assert title[event.start : event.end] == event.surface


def test_a_step_needs_someone_it_is_done_to(desk: Desk) -> None:
    main = _main(desk, "White House bans Chinese apps on government phones")
    assert main.event.entity_ids == ()


def test_norwegian_words_count_in_norwegian_only(desk: Desk) -> None:
    english = desk.read(desk.item("TikTok bot sells a dom in Oslo", language="en"))
    assert all(e.event_type != "court_penalty" for e in english.events)
    norwegian = _main(desk, "TikTok-sjef dømt i Oslo", language="nb")
    assert norwegian.event.event_type == "court_penalty"
