"""Requests that are meant to do harm: a list of them, and each address with wrong values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import yaml
from tests.web.conftest import opened, serving
from tests.web.raw import Answer, Wire

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = yaml.safe_load((Path(__file__).parent / "hostile.yaml").read_text(encoding="utf-8"))
KEEPING = {
    "content-security-policy": "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
NOT_HTTP = "Invalid HTTP request received."  # told before there is a request to answer


@pytest.fixture(scope="module")
def wire(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """A connection to a desk, logged in."""
    folder = tmp_path_factory.mktemp("hostile") / "desk"
    with serving(opened(news, folder, {"login": "none", "a_minute": 1_000_000})) as at:
        yield Wire.to(at)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_harm_is_refused(wire: Wire, case: dict[str, Any]) -> None:
    if "raw" in case:
        answer = wire.send(wire.put(case["raw"]).encode("latin-1"))
    else:
        answer = wire.ask(**case["ask"], somebody=case.get("of") != "nobody")
    assert answer.status in case["status"], answer.text[:1000]
    for lacked in case.get("lacks", ()):
        assert lacked not in answer.text
    if case.get("to") == "within" and answer.status in {303, 307}:
        assert stays(wire, answer), answer.headers["location"]
    assert answer.answers <= case.get("answers", 1)
    keeps(answer)


def keeps(answer: Answer) -> None:
    """What holds for every answer."""
    assert answer.status < 500, answer.text[:2000]
    if NOT_HTTP in answer.text:
        return
    for name, value in KEEPING.items():
        assert value in answer.headers.get(name, ""), (name, answer.text[:500])
    assert "x-evil" not in answer.headers
    assert "server" not in answer.headers


def stays(wire: Wire, answer: Answer) -> bool:
    """Whether a browser that is sent on stays at the desk; it reads \\ as /, and skips tabs."""
    place = answer.headers["location"].replace("\\", "/").replace("\t", "")
    if place.startswith(f"{wire.at}/"):
        place = place.removeprefix(wire.at)
    parts = urlsplit(place)
    return place.startswith("/") and not parts.netloc and not parts.scheme
