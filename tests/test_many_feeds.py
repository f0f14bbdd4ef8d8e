"""The short form of `tools/many_feeds.py`: every feed is asked once, at its tick, and judged."""

from __future__ import annotations

import re

from tests.trials import trial


def test_feeds_spread_over_time_are_all_asked_and_judged() -> None:
    ended = trial("many_feeds", "--feeds", "40", "--minutes", "1")
    cells = dict(re.findall(r"│ ([^│]+?) +│ ([^│]+?) +│", ended.stdout))
    assert cells["requests"] == "40", ended.stdout + ended.stderr
    assert cells["items judged"] == "160"  # each tenth feed brings 40
