"""What a body adds to a verdict: nothing where title and summary settle it, its lead otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from techwatch.assessment.settings import AssessmentSettings
from techwatch.baseline.loading import load
from techwatch.installation import shipped
from techwatch.judging import Judge, loose_item
from techwatch.matching.settings import MatchingSettings
from techwatch.model import Field, Verdict

BACKGROUND = (
    "The United States added Huawei to the Entity List in 2019. India banned TikTok and WeChat "
    "in 2020. The FCC revoked China Telecom's licence, and ZTE paid a fine of a billion dollars. "
    "Last year China passed its Data Security Law and fined Didi and Alibaba. "
) * 20


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge.of(load(shipped("baseline")), MatchingSettings(), AssessmentSettings())


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        (
            "EU fines TikTok 530 million euros over data transfers to China",
            "Ireland's data protection commission found that data of users in Europe was sent on.",
        ),
        ("EU fines TikTok 530 million euros over data transfers to China", "As told."),
        (
            "Norway to ban TikTok on phones of civil servants",
            "The government said on Tuesday that the app will have to be removed by the summer.",
        ),
        (
            "Huawei Mate 60 Pro review: a fine camera",
            "We have used the new phone for a week and like how it feels, but not what it costs.",
        ),
    ],
)
def test_background_in_a_body_changes_no_verdict_that_stands(
    title: str, summary: str, judge: Judge
) -> None:
    item = loose_item(title, summary)
    alone, with_body = judge.alone(item), judge.alone(replace(item, body=BACKGROUND))
    assert (with_body.verdict, with_body.score) == (alone.verdict, alone.score)
    assert with_body.event == alone.event


def test_who_stands_in_the_background_is_not_reported(judge: Judge) -> None:
    item = loose_item("EU fines TikTok over data transfers to China", "As told by many papers.")
    item = replace(item, body=BACKGROUND)
    reading = judge.read(item, judge.mentions(item))
    assert reading.entity_ids == ("tiktok",)
    assert "huawei" in {m.entity_id for m in reading.mentions}  # found all the same


LEAD = (
    "Germany banned Huawei equipment from its 5G networks on Monday, the ministry said. Operators "
    "have until the end of next year to take it out of the sites at the core of their networks. "
)


@pytest.mark.parametrize("summary", ["", "Read more.", "As told."])
def test_a_summary_too_thin_is_helped_by_the_lead_of_the_body(summary: str, judge: Judge) -> None:
    item = loose_item("A word on Huawei equipment", summary)
    assert not judge.alone(item).verdict.flagged
    found = judge.alone(replace(item, body=LEAD + BACKGROUND))
    assert found.verdict is Verdict.ESCALATING
    assert found.event is not None
    assert found.event.field is Field.BODY
    assert set(found.event.entity_ids) == {"huawei", "german_5g"}  # and none of the background


def test_only_the_lead_is_read(judge: Judge) -> None:
    item = loose_item("A word on Huawei equipment", "Read more.")
    late = "The talks went on for long. " * 10 + LEAD
    assert not judge.alone(replace(item, body=late)).verdict.flagged
