"""The tables fit the signals and the baseline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from techwatch.assessment import weights
from techwatch.assessment.signals import EVENT
from techwatch.assessment.told import NO_STEP, OPEN_TO_ALL

if TYPE_CHECKING:
    from .desk import Desk

CASES = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8"))


def test_every_signal_has_a_row_and_a_sentence(desk: Desk) -> None:
    rows = {row.name for row in weights.ROWS}
    for case in CASES:
        item = desk.item(case["title"], case["title"], case["lang"])
        signals = {s for s in desk.read(item).signals if not s.startswith(EVENT)}
        assert signals <= rows
    assert all(weights.SENTENCES[name] for name in rows)


def test_every_event_type_has_its_weights(desk: Desk) -> None:
    assert set(weights.EVENTS) == set(desk.baseline.event_types)
    assert set(desk.baseline.event_types) >= NO_STEP | OPEN_TO_ALL


def test_no_signal_stands_twice() -> None:
    names = [row.name for row in weights.ROWS]
    assert len(names) == len(set(names))
