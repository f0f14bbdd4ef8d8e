"""The case file: what a careful reader says of sentences of our own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from techwatch.model import Verdict

if TYPE_CHECKING:
    from .desk import Desk

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8")
)


def _cases() -> list[Any]:
    missed = pytest.mark.xfail(reason="not yet judged right; see docs/quality.md")
    return [
        pytest.param(
            c, id=f"{c['category']}: {c['title']}", marks=[missed] if c.get("missed") else []
        )
        for c in CASES
    ]


@pytest.mark.parametrize("case", _cases())
def test_case(desk: Desk, case: dict[str, Any]) -> None:
    item = desk.item(case["title"], case.get("summary", ""), case["lang"])
    assessment = desk.assess(item)
    assert assessment.verdict == Verdict(case["verdict"]), assessment.reason
    if "event" in case:
        assert assessment.event is not None
        assert assessment.event.event_type in {case["event"], *case.get("tolerate", [])}
    if "mode" in case:
        assert assessment.event is not None
        assert assessment.event.mode == case["mode"]


def test_there_are_enough_cases_of_every_kind() -> None:
    assert len(CASES) >= 120
    assert {c["verdict"] for c in CASES} == set(Verdict)
    assert {c["lang"] for c in CASES} == {"en", "zh", "nb"}
    assert len({c["title"] for c in CASES}) == len(CASES)
