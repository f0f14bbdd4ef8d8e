"""What is heeded of people's words, decided over values alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from techwatch.assessment import AssessmentSettings
from techwatch.assessment.judgements import goes_beyond, heed, still_open, tells_again
from techwatch.model import Decision, JudgedStory, Judgement, Verdict

from .desk import NOON

if TYPE_CHECKING:
    from techwatch.model import Story

    from .desk import Desk

SETTINGS = AssessmentSettings()
INQUIRY = "European Commission opens formal investigation into TikTok over election risks"
FINE = "European Commission fines TikTok 500 million euros over election risks"
LEAK = "ByteDance employees accessed data of US journalists, company admits"


def judged(story: Story, decision: Decision) -> JudgedStory:
    return JudgedStory(story, Judgement(1, "i", story.id, decision, "a note.", "kari", NOON))


@pytest.mark.parametrize(
    ("told", "title", "beyond"),
    [
        (INQUIRY, INQUIRY, False),
        (INQUIRY, FINE, True),
        (FINE, INQUIRY, False),
        (INQUIRY, "European Commission may fine TikTok over election risks", False),  # no step yet
        (FINE, "EU court annuls fine on TikTok", True),  # a way back
        (INQUIRY, "Why Europe is so afraid of TikTok", False),
        (LEAK, FINE, True),  # from no ladder onto one
    ],
)
def test_a_step_goes_beyond_a_story(desk: Desk, told: str, title: str, beyond: bool) -> None:  # noqa: FBT001 - a case
    reading = desk.read(desk.item(title))
    story = desk.story(desk.item(told))
    assert goes_beyond(reading, story, desk.baseline) is beyond
    rejected = [judged(story, Decision.REJECT)]
    assert still_open(reading, [story], rejected, desk.baseline) == ([] if beyond else [story])
    accepted = [judged(story, Decision.ACCEPT)]
    assert still_open(reading, [story], accepted, desk.baseline) == [story]


@pytest.mark.parametrize(
    ("title", "days", "again"),
    [
        ("ByteDance admits that employees accessed data of US journalists", 10, True),
        ("ByteDance admits that employees accessed data of US journalists", 60, False),
        ("ByteDance leaks passwords of schools in a server left open", 10, False),
        (FINE, 1, False),
    ],
)
def test_the_same_news_is_told_alike_and_soon(
    desk: Desk,
    title: str,
    days: int,
    again: bool,  # noqa: FBT001 - a case
) -> None:
    reading = desk.read(desk.item(title, at=NOON + timedelta(days=days)))
    assert tells_again(reading, desk.story(desk.item(LEAK)), SETTINGS) is again


@pytest.mark.parametrize(
    ("decision", "own", "verdict"),
    [
        (Decision.REJECT, True, Verdict.KNOWN),
        (Decision.KNOWN, True, Verdict.KNOWN),
        (Decision.ACCEPT, True, Verdict.NOVEL),  # its own later telling
        (Decision.REJECT, False, Verdict.KNOWN),
        (Decision.ACCEPT, False, Verdict.KNOWN),
    ],
)
def test_what_was_said_of_a_story_is_heeded(
    desk: Desk,
    decision: Decision,
    own: bool,  # noqa: FBT001 - a case
    verdict: Verdict,
) -> None:
    item = desk.item("ByteDance admits that employees accessed data of US journalists")
    story = desk.story(desk.item(LEAK))
    found = desk.assess(item)
    assert found.verdict is Verdict.NOVEL
    reading = desk.read(item)
    heeded = heed(found, reading, story if own else None, [judged(story, decision)], SETTINGS)
    assert heeded.verdict is verdict
    if verdict is Verdict.KNOWN:
        assert heeded.score < found.score
        assert heeded.reason.endswith("by kari on 2024-05-06: a note.")
    quiet = replace(found, verdict=Verdict.UNRELATED)
    assert heed(quiet, reading, story, [judged(story, decision)], SETTINGS) is quiet
