"""What Norwegian headlines tell of, read with the shipped baseline."""

from __future__ import annotations

from pathlib import Path

import pytest

from techwatch.assessment.settings import AssessmentSettings
from techwatch.baseline.loading import load
from techwatch.judging import Judge, loose_item
from techwatch.matching import MatchingSettings
from techwatch.yamlfile import read

HERE = Path(__file__).parent
HEADLINES: dict[str, str] = read(HERE / "norwegian.yaml").data


@pytest.fixture(scope="module")
def judge() -> Judge:
    baseline = load(HERE.parents[1] / "baseline")
    return Judge.of(baseline, MatchingSettings(), AssessmentSettings())


@pytest.mark.parametrize("event_type", HEADLINES)
def test_a_norwegian_headline_tells_its_event(judge: Judge, event_type: str) -> None:
    item = loose_item(HEADLINES[event_type], language="nb")
    mentions = judge.mentions(item)
    assert mentions
    main = judge.read(item, mentions).main
    assert main is not None
    assert main.event.event_type == event_type
