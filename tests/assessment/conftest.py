from __future__ import annotations

from pathlib import Path

import pytest

from techwatch.assessment import AssessmentSettings, Assessor
from techwatch.baseline.loading import load
from techwatch.matching import Matcher, MatchingSettings

from .desk import Desk


@pytest.fixture(scope="session")
def desk() -> Desk:
    baseline = load(Path(__file__).parents[2] / "baseline")
    return Desk(
        baseline,
        Matcher(baseline, MatchingSettings()),
        Assessor(baseline, AssessmentSettings()),
    )
