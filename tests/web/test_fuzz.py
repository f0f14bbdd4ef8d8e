"""The API against its own OpenAPI document: requests made up from it by schemathesis.

`make fuzz-web` makes up far more of them. What is asked changes the desk: all that it writes is a
copy.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.web.conftest import opened, serving
from tests.web.raw import Wire

from techwatch.installation import shipped

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "1"))  # of each address, right ones and wrong ones
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def test_the_api_is_as_it_says_whatever_it_is_asked(news: Path, tmp_path: Path) -> None:
    watch = opened(news, tmp_path / "desk", {"login": "none", "a_minute": 1_000_000})
    watch.baseline_dir = tmp_path / "baseline"
    shutil.copytree(shipped("baseline"), watch.baseline_dir)
    with serving(watch) as at:
        described = httpx.get(f"{at}/api/v1/openapi.json", timeout=60).json()
        asked, wire = 0, Wire.to(at)
        for found in schemathesis.openapi.from_dict(described).get_all_operations():
            assert isinstance(found, Ok), found
            operation = found.ok()
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                if wire.ask("/api/v1/status").status == 401:  # it ended its own login
                    wire = Wire.to(at)
                _fuzz(operation, mode, wire)
            asked += 1
        assert asked == sum(len(methods) for methods in described["paths"].values())


def _fuzz(operation: Any, mode: GenerationMode, wire: Wire) -> None:
    own = {"Cookie": wire.cookie, "X-CSRF-Token": wire.csrf, "Origin": wire.at}

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=EXAMPLES < 10,  # the same each time where it must not fail by chance
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def fuzz(case: Case[Any]) -> None:
        answer = case.call(base_url=wire.at, headers=own)
        case.validate_response(answer, checks=CHECKS)

    if mode is GenerationMode.NEGATIVE and not (operation.query or operation.body):
        return  # there is nothing to be wrong
    fuzz()
