"""`make exactly-once`, in short: real processes killed at random over a real mail server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.databases import on_both
from tests.trials import trial

if TYPE_CHECKING:
    import pytest


@on_both
def test_ten_kills_lose_nothing_and_double_nothing(
    database: str, request: pytest.FixtureRequest
) -> None:
    options = ["--kills", "10", "--channel", "email", "--fault-kills", "0", "--json"]
    if database == "postgresql":
        request.getfixturevalue("servers").running()  # or skip, where none can run
        options.append("--postgresql")
    ended = trial("exactly_once", *options)
    assert ended.returncode == 0, ended.stderr + ended.stdout
    record = json.loads(ended.stdout)
    assert record["kills"] >= 10
    assert record["good"]
    ends = record["ends"]
    assert not {"LOST", "DOUBLED"} & ends.keys()
    in_doubt = ends.get("in doubt, arrived", 0) + ends.get("in doubt, did not", 0)
    assert ends["once"] > in_doubt  # a kill leaves few in doubt: those under way at the moment
    assert sum(ends.values()) % 20 == 0
