"""`make exactly-once`, in short: real processes killed at random over real receivers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.databases import on_both
from tests.trials import trial

if TYPE_CHECKING:
    import pytest


@on_both
def test_some_kills_lose_nothing_and_double_nothing(
    database: str, request: pytest.FixtureRequest
) -> None:
    options = ["--kills", "10", "--fault-kills", "0", "--json"]
    if database == "postgresql":
        request.getfixturevalue("servers").running()  # or skip, where none can run
        options += ["--postgresql", "--hook-kills", "0"]
    else:
        options += ["--hook-kills", "3"]
    ended = trial("exactly_once", *options)
    assert ended.returncode == 0, ended.stderr + ended.stdout
    records = [json.loads(line) for line in ended.stdout.splitlines()]
    wanted = [(10, 20), (3, 8)][: 1 if database == "postgresql" else 2]
    for record, (kills, recipients) in zip(records, wanted, strict=True):
        assert record["kills"] >= kills
        assert record["good"]
        ends = record["ends"]
        assert not {"LOST", "DOUBLED"} & ends.keys()
        assert sum(ends.values()) % recipients == 0
    ends = records[0]["ends"]
    in_doubt = ends.get("in doubt, arrived", 0) + ends.get("in doubt, did not", 0)
    assert ends["once"] > in_doubt  # a kill leaves few in doubt: those under way at the moment
