"""The API, address by address, for people who write programs for it. Pure."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_EXAMPLES: Mapping[str, str] = {
    "account_id": "2", "delivery": "7", "edition": "daily", "entity_id": "huawei",
    "filter_id": "1", "form": "jsonl", "handle": "0123456789abcdef", "hook_id": "0123456789ab",
    "invitation_id": "3", "item_id": "0123456789abcdef", "language": "en", "number": "1",
    "slot": "latest", "story_id": "0123456789abcdef", "token_id": "1",
    "key": "example works", "q": "huawei since:7d", "url": "https://www.example.org/feed.xml",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """What an address takes behind its question mark, or in its path."""

    name: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    """What is done at an address by a method."""

    name: str
    method: str
    path: str
    about: str
    scope: str | None  # that a token needs; None: no token will do
    takes: tuple[Taken, ...]
    curl: str  # an example, as it is typed


@dataclass(frozen=True, slots=True)
class Group:
    """Operations on one thing."""

    name: str
    about: str
    operations: tuple[Operation, ...]


def reference(document: Mapping[str, Any]) -> tuple[Group, ...]:
    """Read the OpenAPI document of the API, group by group."""
    at = document["servers"][0]["url"]
    every = list(_operations(document, at))
    return tuple(
        Group(
            tag["name"].capitalize(),
            tag["description"],
            tuple(one for name, one in every if name == tag["name"]),
        )
        for tag in document["tags"]
    )


def _operations(document: Mapping[str, Any], at: str) -> Iterator[tuple[str, Operation]]:
    for path, methods in document["paths"].items():
        for method, of in methods.items():
            parameters = of.get("parameters", ())
            yield (
                of["tags"][0],
                Operation(
                    name=of["operationId"],
                    method=method.upper(),
                    path=path,
                    about=of["description"].partition("\n\n")[0],
                    scope=of["x-scope"],
                    takes=tuple(
                        Taken(one["name"], one["required"], one["description"])
                        for one in parameters
                    ),
                    curl=_curl(at, path, method.upper(), of),
                ),
            )


def _curl(at: str, path: str, method: str, of: Mapping[str, Any]) -> str:
    needed = [one["name"] for one in of.get("parameters", ()) if one["required"]]
    filled = re.sub(r"{(\w+)}", lambda found: _EXAMPLES[found[1]], path)
    asked = {name: _EXAMPLES[name] for name in needed if f"{{{name}}}" not in path}
    address = at + filled + (f"?{urlencode(asked)}" if asked else "")
    words = ["curl"] + (["-X", method] if method != "GET" else [])
    words += ["-H", "Authorization: Bearer TOKEN"]
    for kind, content in of.get("requestBody", {}).get("content", {}).items():
        words += ["-H", f"Content-Type: {kind}"]
        data = json.dumps(content["example"]) if "example" in content else "@feeds.opml"
        words += ["-d" if "example" in content else "--data-binary", data]
    return shlex.join([*words, address])
