"""Whatever the text, the assessment answers, and always the same."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from techwatch.assessment import AssessmentSettings, Assessor
from techwatch.baseline.loading import load
from techwatch.model import Item, Verdict

from .desk import NOON

if TYPE_CHECKING:
    from .desk import Desk

PHRASE = "TikTok 华为 bans lifts ban 被 罚款 after US China's , . Entity List may to 列入"
WORDS = st.sampled_from([*PHRASE.split(" "), "实体清单", "forbyr", "…", "\ud800", "\u202e", "\x00"])
TEXT = st.one_of(st.text(max_size=120), st.lists(WORDS, max_size=14).map(" ".join))


CHECKS = [HealthCheck.function_scoped_fixture]  # the desk is one for all tests


@settings(max_examples=150, deadline=None, suppress_health_check=CHECKS)
@given(title=TEXT, summary=TEXT, language=st.sampled_from(["en", "zh", "nb", "xx"]))
def test_any_text_is_judged(desk: Desk, title: str, summary: str, language: str) -> None:
    item = desk.item(title, summary, language)
    found = desk.assess(item)
    assert found.verdict in Verdict
    assert 0 <= found.score <= 1
    assert found.reason
    assert desk.assess(item) == found
    story = desk.story(item)
    assert desk.assessor.story_of(desk.read(item), item.id, item.published or NOON, [story]) in {
        None,
        story,
    }


def test_a_long_text_costs_by_its_length(desk: Desk) -> None:
    """Eight times as long costs some eight times as much, not 64 times."""
    mentions = desk.read(desk.item("China bans TikTok")).mentions

    def cost(times: int) -> float:
        title, summary = "China bans TikTok ", "罚款华为，after US lifts ban. "
        item = desk.item(title * times, summary * times)
        taken = []
        for _ in range(3):
            start = time.process_time()
            assert desk.assessor.read(item, mentions).told
            taken.append(time.process_time() - start)
        return min(taken)

    assert cost(4_000) < 24 * cost(500)


def test_two_assessors_agree(desk: Desk) -> None:
    baseline = load(Path(__file__).parents[2] / "baseline")
    other = Assessor(baseline, AssessmentSettings())
    item = desk.item("Vermont governor signs law that outlaws TikTok")
    reading = desk.read(item)
    assert other.read(item, reading.mentions) == reading
    assert other.assess(reading, (), None) == desk.assessor.assess(reading, (), None)


def test_a_body_is_read_where_there_is_no_summary(desk: Desk) -> None:
    bare = Item("1", "f", "i", "An app and its critics", language="en")
    full = Item("1", "f", "i", "An app and its critics", body="China's chip makers", language="en")
    assert not desk.assessor.read(bare, ()).signals
    assert desk.assessor.read(full, ()).signals["china_in_text"] == 1.0
