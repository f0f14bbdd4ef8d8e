from __future__ import annotations

from pathlib import Path

import pytest

from techwatch.assessment import AssessmentSettings
from techwatch.baseline.loading import load
from techwatch.judging import Judge
from techwatch.matching import MatchingSettings


@pytest.fixture(scope="session")
def judge() -> Judge:
    baseline = load(Path(__file__).parents[2] / "baseline")
    return Judge.of(baseline, MatchingSettings(), AssessmentSettings())
