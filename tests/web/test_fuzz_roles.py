"""The API asked by tokens of each role: none does another's work, and no row of requests breaks it.

The rows go by what answers name: who made a filter changes it, adds a webhook to it, deletes it.
`make fuzz-web` makes up far more of them.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from tests.web.conftest import opened, serving
from tests.web.test_fuzz import CHECKS

from techwatch.installation import shipped
from techwatch.web.identity.roles import Role
from techwatch.web.identity.sessions import person_of
from techwatch.web.renewing import Watching
from techwatch.web.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techwatch.watch import Watch

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "1"))  # of each address, and rows of each role
ROWS = 2  # of requests, before it begins anew
STEPS = 12  # requests in a row
OFTEN: dict[str, Any] = {  # how requests are made up, again and again the same in short runs
    "deadline": None,
    "derandomize": EXAMPLES < 10,
    "database": None,
    "phases": [Phase.generate],
    "suppress_health_check": list(HealthCheck),
}
READERS_TOO = {"/check", "/seen"}  # what changes nothing, or only what is one's own
ADMINS_ONLY = ("/people", "/invitations", "/audit", "/digests/{edition}/{slot}/deliveries")


@pytest.fixture(scope="module")
def desk(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("roles")
    watch = opened(news, folder / "desk", {"a_minute": 1_000_000})
    watch.baseline_dir = folder / "baseline"
    shutil.copytree(shipped("baseline"), watch.baseline_dir)
    tokens = {role: token(watch, role) for role in Role}
    with serving(watch) as at:
        described = httpx.get(f"{at}/api/v1/openapi.json", timeout=60).json()
        yield Desk(at, described, tokens)


class Desk:
    """A running desk, and how each role asks it."""

    def __init__(self, at: str, described: dict[str, Any], tokens: dict[Role, str]) -> None:
        self.at = at
        self.described = described
        self.headers = {role: {"Authorization": f"Bearer {key}"} for role, key in tokens.items()}

    def operations(self) -> Iterator[Any]:
        """Give every address with its method."""
        for found in schemathesis.openapi.from_dict(self.described).get_all_operations():
            assert isinstance(found, Ok), found
            yield found.ok()

    def answers(self, operation: Any, headers: dict[str, str]) -> set[int]:
        """Ask for something, rightly written; returns the statuses of the answers."""
        found = set()

        @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
        @settings(max_examples=EXAMPLES, **OFTEN)
        def ask(case: Case[Any]) -> None:
            found.add(case.call(base_url=self.at, headers=headers).status_code)

        ask()
        return found


def token(watch: Watch, role: Role) -> str:
    """Make somebody of a role, and a token for all that they may do."""
    account = watch.store.people.add(f"one {role}", role, watch.clock())
    assert account
    person = person_of(account, "")
    return Site(Watching(watch)).own.make_token(person, "a program", person.scopes, None)[0]


def test_nobody_and_no_reader_changes_anything(desk: Desk) -> None:
    asked = 0
    for operation in desk.operations():
        assert desk.answers(operation, {}) == {401}, operation.label
        if operation.method.upper() != "GET":
            found = desk.answers(operation, desk.headers[Role.READER])
            readers_too = operation.path.removeprefix("/api/v1") in READERS_TOO
            assert readers_too or found == {403}, f"{operation.label}: {found}"
            asked += 1
    assert asked > 20


def test_no_analyst_does_an_admin_s_work(desk: Desk) -> None:
    asked = 0
    for operation in desk.operations():
        found = operation.path.removeprefix("/api/v1").startswith(ADMINS_ONLY)
        if found:
            answers = desk.answers(operation, desk.headers[Role.ANALYST])
            assert answers == {403}, f"{operation.label}: {answers}"
            asked += 1
    assert asked > 5


@pytest.mark.parametrize("role", list(Role))
def test_rows_of_requests_are_answered_as_the_api_says(desk: Desk, role: Role) -> None:
    headers = desk.headers[role]
    failures: list[FailureGroup] = []

    class Rows(schemathesis.openapi.from_dict(desk.described).as_state_machine()):  # type: ignore[misc]
        """Requests that follow from each other."""

        def get_call_kwargs(self, case: Case[Any]) -> dict[str, Any]:
            """Ask this desk, as somebody of the role."""
            del case
            return {"base_url": desk.at, "headers": headers}

        def validate_response(self, response: Any, case: Case[Any], **named: Any) -> None:
            """Hold an answer against what the API says of itself."""
            del named
            try:
                case.validate_response(response, checks=CHECKS)
            except FailureGroup as failure:
                failures.append(failure)
                raise

    for _ in range(max(1, EXAMPLES // ROWS)):
        # The desk remembers the rows before, where hypothesis expects the same again.
        with suppress(FlakyStrategyDefinition, FailureGroup):
            Rows.run(settings=settings(max_examples=ROWS, stateful_step_count=STEPS, **OFTEN))
    assert not failures, failures[0]
