"""Which pictures look different is told; a changed word does not count."""

from __future__ import annotations

from tests.tools import load_tool

screenshots = load_tool("screenshots")


def test_pictures_that_look_different_are_told() -> None:
    kept = f"{0:064x}"
    few, many = f"{(1 << 20) - 1:064x}", f"{(1 << 90) - 1:064x}"
    taken = {"a": kept, "b": few, "c": many, "d": kept}
    assert screenshots.differences({"a": kept, "b": kept, "c": kept}, taken) == [
        "c: 35% of it looks different",
        "d: new",
    ]
