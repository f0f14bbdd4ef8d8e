"""One event told in two languages, and two events that look like one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from techwatch.assessment.pairs import compare, likelihood

from .desk import NOON

if TYPE_CHECKING:
    from .desk import Desk

CASES = yaml.safe_load(Path(__file__).with_name("languages.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[f"{c['a'][1]} / {c['b'][1]}" for c in CASES])
def test_tellings_in_two_languages(desk: Desk, case: dict[str, Any]) -> None:
    (language, title), (other_language, other) = case["a"], case["b"]
    story = desk.story(desk.item(title, language=language))
    item = desk.item(other, language=other_language, at=NOON + timedelta(hours=1))
    at = item.published or NOON
    found = desk.assessor.story_of(desk.read(item), item.id, at, [story])
    assert (found is not None) is case["same"]


def test_the_order_of_two_items_makes_no_difference(desk: Desk) -> None:
    read = [desk.read(desk.item(c["a"][1], language=c["a"][0])).signs for c in CASES]
    for one in read[:10]:
        for other in read[:10]:
            assert compare(one, other, 1) == pytest.approx(compare(other, one, 1))
            assert 0 <= likelihood(one, other, 1) <= 1
