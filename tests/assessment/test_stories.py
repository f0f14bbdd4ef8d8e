"""The same event in other words, or the next one."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from techwatch.assessment.stories import likeness

from .desk import NOON

if TYPE_CHECKING:
    from techwatch.model import Story

    from .desk import Desk

LATER = NOON + timedelta(hours=2)
BAN = "Canada bars TikTok from the phones of its civil servants"


def _joins(
    desk: Desk, title: str, story: Story, at: datetime = LATER, language: str = "en"
) -> bool:
    item = desk.item(title, language=language, at=at)
    return desk.assessor.story_of(desk.read(item), item.id, at, [story]) is not None


def _likeness(desk: Desk, title: str, story: Story) -> float:
    return likeness(desk.read(desk.item(title)).signs, LATER, story.tellings)


@pytest.mark.parametrize(
    "title",
    [
        "TikTok barred from all phones of Canadian civil servants",
        "Canadian government bans TikTok from its phones over security",
        "Ottawa bars TikTok from devices of the government",
    ],
)
def test_the_same_event_in_other_words(desk: Desk, title: str) -> None:
    assert _joins(desk, title, desk.story(desk.item(BAN)))


@pytest.mark.parametrize(
    "title",
    [
        "Belgium bars TikTok from the phones of its civil servants",
        "Canada opens investigation into TikTok over data of children",
        "TikTok sues Ireland over fine",
        "Huawei unveils new chip",
    ],
)
def test_another_event(desk: Desk, title: str) -> None:
    assert not _joins(desk, title, desk.story(desk.item(BAN)))


def test_the_next_rung_is_the_next_story(desk: Desk) -> None:
    story = desk.story(desk.item("Two senators introduce bill that would outlaw TikTok"))
    later = NOON + timedelta(days=3)
    assert not _joins(desk, "House passes bill that bans TikTok", story, later)


@pytest.mark.parametrize(
    ("title", "language", "joins"),
    [
        ("英国禁止华为参与5G网络建设", "zh", True),
        ("Britiske myndigheter forbyr Huawei i 5G-nettet", "nb", True),
        ("德国禁止华为参与5G网络建设", "zh", False),
        ("Sverige forbyr Huawei i 5G-nettet", "nb", False),
        ("华为发布新款芯片", "zh", False),
    ],
)
def test_across_languages_the_key_decides(
    desk: Desk, title: str, language: str, *, joins: bool
) -> None:
    story = desk.story(desk.item("UK bans Huawei from 5G networks"))
    assert _joins(desk, title, story, language=language) is joins


def test_a_story_that_has_been_quiet_is_closed(desk: Desk) -> None:
    story = desk.story(desk.item(BAN))
    assert _joins(desk, BAN, story, NOON + timedelta(hours=5))
    assert not _joins(desk, BAN, story, NOON + timedelta(days=8))


def test_the_likelier_story_wins_whatever_their_order(desk: Desk) -> None:
    item = desk.item("Belgian civil servants: TikTok barred from their phones")
    wanted = desk.story(desk.item("Belgium bars TikTok from the phones of its civil servants"))
    stories = [desk.story(desk.item(BAN)), wanted, desk.story(desk.item("Jordan bans TikTok"))]
    for order in permutations(stories):
        found = desk.assessor.story_of(desk.read(item), item.id, LATER, order)
        assert found is not None
        assert found.id == wanted.id


def test_the_order_of_arrival_does_not_matter(desk: Desk) -> None:
    titles = [BAN, "TikTok barred from all phones of Canadian civil servants"]
    for first, second in permutations(titles):
        assert _joins(desk, second, desk.story(desk.item(first)))


def test_an_item_without_a_time_joins_by_what_it_says(desk: Desk) -> None:
    story = desk.story(desk.item(BAN))
    item = desk.item("TikTok barred from all phones of Canadian civil servants", at=None)
    assert desk.assessor.story_of(desk.read(item), item.id, LATER, [story]) is not None


def test_every_telling_helps_to_recognise_the_next(desk: Desk) -> None:
    story = desk.story(desk.item(BAN))
    other = desk.item("Ottawa orders TikTok off its phones")
    telling = dataclasses.replace(
        story.tellings[0], item_id=other.id, title=other.title, signs=desk.read(other).signs
    )
    longer = dataclasses.replace(story, tellings=(*story.tellings, telling))
    title = "TikTok off the phones of its government, Ottawa orders"
    assert _likeness(desk, title, longer) > _likeness(desk, title, story)


def test_an_item_that_says_nothing_of_the_field_joins_nothing(desk: Desk) -> None:
    assert not _joins(desk, "A walk in the woods", desk.story(desk.item(BAN)))
