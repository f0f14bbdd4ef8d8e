"""Sums, counts, dates and terms, in any language."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from techwatch.assessment.amounts import QuantityReader, amount_told, told
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


def test_the_largest_sum_is_told(desk: Desk) -> None:
    reader = QuantityReader(desk.baseline.vocabularies)
    assert told(reader.read("a fine of $2.8 billion after one of €3 million", "en")) == (
        "2.8 billion USD"
    )
    assert told(reader.read("1,200 companies listed", "en")) == "1,200 companies"
    assert told(reader.read("nothing is counted here", "en")) == ""
    assert amount_told(Amount(50_000, "CNY")) == "50,000 CNY"


def test_the_main_event_carries_the_figures_of_its_field(desk: Desk) -> None:
    item = desk.item("EU fines TikTok 530 million euros", "It has 30 days to appeal.")
    main = desk.read(item).main
    assert main is not None
    assert main.event.amounts == (Amount(530_000_000, "EUR"),)
    assert main.event.dates == ()
