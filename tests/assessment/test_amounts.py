"""Sums, counts, dates and terms, in any language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from techwatch.assessment.amounts import QuantityReader, amount_told
from techwatch.model import Amount

if TYPE_CHECKING:
    from .desk import Desk

CASES = yaml.safe_load(Path(__file__).with_name("amounts.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_figures_are_read(desk: Desk, case: dict[str, Any]) -> None:
    found = QuantityReader(desk.baseline.vocabularies).read(case["text"], case["lang"])
    amounts = [[amount.value, amount.currency] for amount in found.amounts]
    counts = [[count.number, count.of] for count in found.counts]
    if "amounts" in case or "none" in case:
        assert amounts == case.get("amounts", [])
    if "counts" in case or "none" in case:
        assert counts == case.get("counts", [])
    if "dates" in case or "none" in case:
        assert list(found.dates) == case.get("dates", [])


def test_a_sum_in_words() -> None:
    told = [amount_told(Amount(v, "CNY")) for v in (50_000, 2.5e6, 18.2e9, 1e12)]
    assert told == ["50,000 CNY", "2.5 million CNY", "18.2 billion CNY", "1 trillion CNY"]


def test_the_reason_tells_the_largest_sum_of_a_fine(desk: Desk) -> None:
    fine = "EU fines TikTok 530 million euros"
    assert "fined 530 million EUR by the European Union" in desk.assess(desk.item(fine)).reason


def test_the_main_event_carries_the_figures_of_its_field(desk: Desk) -> None:
    item = desk.item("EU fines TikTok 530 million euros", "It has 30 days to appeal.")
    main = desk.read(item).main
    assert main is not None
    assert main.event.amounts == (Amount(530_000_000, "EUR"),)
    assert main.event.dates == ()
