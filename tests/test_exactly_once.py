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
    options = ["--kills", "10", "--hook-kills", "4", "--fault-kills", "0", "--json"]
    if database == "postgresql":
        request.getfixturevalue("servers").running()  # or skip, where none can run
        options.append("--postgresql")
    ended = trial("exactly_once", *options)
    assert ended.returncode == 0, ended.stderr + ended.stdout
    mails, hooks = map(json.loads, ended.stdout.splitlines())
    for record, kills, recipients in ((mails, 10, 20), (hooks, 4, 8)):
        assert record["kills"] >= kills
        assert record["good"]
        ends = record["ends"]
        assert not {"LOST", "DOUBLED"} & ends.keys()
        in_doubt = ends.get("in doubt, arrived", 0) + ends.get("in doubt, did not", 0)
        assert ends["once"] > in_doubt  # a kill leaves few in doubt: those under way at the moment
        assert sum(ends.values()) % recipients == 0
