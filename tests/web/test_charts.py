"""Charts: what is drawn, and what those read who can't see it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from techwatch.web.charts import Bar, Words, bars

_WORDS = Words("Items by <week>", 'Most were "4" & more', "Values", "Week", "Items")


def _drawn(values: list[Bar]) -> ET.Element:
    return ET.fromstring(str(bars(values, _WORDS, key="weeks")))


def test_bars_are_as_high_as_their_values() -> None:
    figure = _drawn([Bar("1 Aug", 1), Bar("8 Aug", 0), Bar("15 Aug", 4)])
    heights = [float(rect.get("height", 0)) for rect in figure.iter("rect")]
    assert len(heights) == 2  # none for a week without items
    assert abs(heights[1] - 4 * heights[0]) < 0.3
    feet = {float(r.get("y", 0)) + float(r.get("height", 0)) for r in figure.iter("rect")}
    assert len(feet) == 1  # all stand on the axis


def test_a_chart_says_what_it_shows() -> None:
    figure = _drawn([Bar("1 Aug", 1), Bar("8 Aug", 0)])
    svg = figure.find("svg")
    assert svg is not None
    assert svg.get("role") == "img"
    named = [svg.find(f"*[@id='{part}']") for part in svg.get("aria-labelledby", "").split()]
    assert [part.text for part in named if part is not None] == [_WORDS.title, _WORDS.summary]
    cells = [cell.text for row in figure.iter("tr") for cell in row]
    assert cells == ["Week", "Items", "1 Aug", "1", "8 Aug", "0"]


def test_nothing_that_a_chart_says_is_markup() -> None:
    drawn = str(bars([Bar("<script>", 3)], _WORDS, key="weeks"))
    assert "<script>" not in drawn
    assert "style=" not in drawn


def test_few_labels_stand_below_the_axis() -> None:
    figure = _drawn([Bar(f"week {n}", n) for n in range(52)])
    below = [text.text for text in figure.iter("text") if (text.text or "").startswith("week")]
    assert below == ["week 0", "week 17", "week 34", "week 51"]


def test_no_value_is_not_nought() -> None:
    """A week of which nothing is known has no bar; one of 0 % has a low one."""
    values = [Bar("1 Aug", None), Bar("8 Aug", 0), Bar("15 Aug", 50)]
    figure = ET.fromstring(str(bars(values, _WORDS, key="weeks", highest=100)))
    assert [title.text for title in figure.iter("title")][1:] == ["8 Aug: 0", "15 Aug: 50"]
    zero, half = (float(rect.get("height", 0)) for rect in figure.iter("rect"))
    assert 0 < zero < 3 < half < 100
    assert [cell.text for cell in figure.iter("td")] == ["–", "0", "50"]


def test_without_any_value_the_axis_stands() -> None:
    assert "<line" in str(bars([Bar("1 Aug", 0)], _WORDS, key="weeks"))


def test_no_value_is_not_told_as_nought() -> None:
    figure = _drawn([Bar("1 Aug", None), Bar("8 Aug", 0)])
    cells = [cell.text for row in figure.iter("tr") for cell in row]
    assert cells[2:] == ["1 Aug", "–", "8 Aug", "0"]
