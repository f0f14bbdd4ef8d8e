"""Ten feeds in miniature, for the demonstration and for tests: invented publishers, true news.

`first` holds the documents as of the first poll; `second` holds those that have changed by the
second poll, and only those: a publisher serves the others as before, and answers 304.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel

from techwatch import yamlfile
from techwatch.model import Feed, Verdict


class Expectation(BaseModel, frozen=True, extra="forbid"):
    """What a careful analyst makes of one item after the poll of an edition."""

    link: str
    verdict: Verdict
    edition: Literal["first", "second"] = "first"
    story: str | None = None  # items that share it tell one event
    about: tuple[str, ...] = ()  # ids of the actors and laws concerned
    note: str = ""  # why, where it could be argued


class _Source(BaseModel, frozen=True, extra="forbid"):
    file: str
    publisher: str
    language: str
    tier: Literal[1, 2, 3]
    zone: str | None = None


class _Sources(BaseModel, frozen=True, extra="forbid"):
    feeds: tuple[_Source, ...]


class _Expectations(BaseModel, frozen=True, extra="forbid"):
    items: tuple[Expectation, ...]


def first_edition() -> Path:
    """Return the folder of the documents as of the first poll, one for each feed."""
    return _folder() / "first"


def second_edition() -> Path:
    """Return the folder of the documents that have changed by the second poll."""
    return _folder() / "second"


def feeds(base_url: str) -> tuple[Feed, ...]:
    """Return the feeds as they are served below an address, given without a slash at its end."""
    listed = yamlfile.validate(yamlfile.read(_folder() / "feeds.yaml"), _Sources)
    return tuple(
        Feed(
            url=f"{base_url}/{quote(source.file)}",
            publisher=source.publisher,
            language=source.language,
            tier=source.tier,
            zone=source.zone,
        )
        for source in listed.feeds
    )


def expectations() -> tuple[Expectation, ...]:
    """Return what to expect of each item; of a changed one for either edition."""
    path = _folder() / "expected.yaml"
    return yamlfile.validate(yamlfile.read(path), _Expectations).items


def _folder() -> Path:
    return Path(str(files(__name__)))
