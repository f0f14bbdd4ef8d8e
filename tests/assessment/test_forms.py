"""What the form of a headline tells, and what is done on orders or long past."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from techwatch.assessment.told import Agent
from techwatch.assessment.years import past_years
from techwatch.model import Mode

if TYPE_CHECKING:
    from .desk import Desk

NOW = datetime(2023, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("What to know about the TikTok ban", "explainer_in_title"),
        ("The case against banning TikTok", "essay_in_title"),
        ("Comedian mocks TikTok hearing", "reaction_in_title"),
        ("Most Americans support a TikTok ban, Pew says", "poll_in_title"),
        ("The rise of Huawei", "profile_in_title"),
        ("Former Google official warns of TikTok", "outsider_in_title"),
    ],
)
def test_forms_of_commentary_are_told_apart(desk: Desk, title: str, form: str) -> None:
    signals = desk.read(desk.item(title)).signals
    assert signals[form] == 1
    assert signals["commentary_in_title"] == 1


def test_a_step_in_a_commentary_is_not_commentary_alone(desk: Desk) -> None:
    told = desk.read(desk.item("Explained: US adds Huawei to the Entity List"))
    talk = desk.read(desk.item("Explained: Huawei and its rivals"))
    assert "commentary_alone" not in told.signals
    assert talk.signals["commentary_alone"] == 1


def test_a_company_that_acts_on_orders_carries_out_a_step(desk: Desk) -> None:
    title = "Apple removes WeChat from its app store after court bans it"
    main = desk.read(desk.item(title)).main
    assert main is not None
    assert main.event.event_type == "service_suspended"
    assert main.agent is Agent.UNKNOWN
    assert main.is_step


def test_a_company_that_acts_by_itself_does_not(desk: Desk) -> None:
    main = desk.read(desk.item("Apple removes WeChat from its app store")).main
    assert main is not None
    assert main.agent is Agent.COMPANY
    assert not main.is_step


@pytest.mark.parametrize(
    ("text", "language", "marked"),
    [
        ("The US listed Huawei in 2019", "en", 1),
        ("Huawei to leave in 2023", "en", 0),
        ("Huawei Mate 2019 is out", "en", 0),
        ("USA svartelistet Huawei i 2019", "nb", 1),
        ("2019年美国将华为列入实体清单", "zh", 1),
        ("2023年新规", "zh", 0),
    ],
)
def test_years_before_an_items_own_are_past(text: str, language: str, marked: int) -> None:
    assert len(list(past_years(text, language, NOW))) == marked


def test_without_a_date_no_year_is_past() -> None:
    assert not list(past_years("listed in 2019", "en", None))


def test_a_step_told_with_its_year_is_past(desk: Desk) -> None:
    main = desk.read(desk.item("US blacklisted Huawei in 2019", at=NOW)).main
    assert main is not None
    assert main.event.mode is Mode.PAST
