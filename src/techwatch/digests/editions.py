"""Read the editions from config/digests.yaml; every mistake is told at once, with its line."""

from __future__ import annotations

import difflib
import zoneinfo
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field, ValidationError, field_validator

from techwatch import yamlfile
from techwatch.digests.addresses import is_address
from techwatch.digests.cron import check
from techwatch.errors import InvalidFilesError, Problem
from techwatch.model import Edition, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techwatch.yamlfile import YamlDocument

Flagged = Literal["novel", "escalating", "easing"]


class EditionEntry(BaseModel, frozen=True, extra="forbid"):
    """One edition as the file gives it."""

    id: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,39}$",
        description="Names the edition in commands, folders and the ledger; never change it.",
    )
    title: str = Field(
        min_length=1, max_length=80, description="The name that readers see above the digest."
    )
    schedule: str = Field(
        description="When it is due, as a cron line: minute hour day month weekday."
    )
    zone: str = Field("UTC", description="The IANA time zone of the schedule and of all times.")
    channels: tuple[Literal["folder", "email", "webhook", "apprise", "syndication"], ...] = Field(
        ("folder",), min_length=1, description="Where it goes: one channel or several."
    )
    recipients: tuple[str, ...] = Field(
        (), description="Mail addresses; each gets a message of its own."
    )
    targets: tuple[str, ...] = Field(
        (), description="Names of webhooks and Apprise services; without any it goes to all."
    )
    verdicts: tuple[Flagged, ...] = Field(
        ("novel", "escalating", "easing"),
        min_length=1,
        description="Which developments are told.",
    )
    minimum_score: float = Field(
        0.0, ge=0, le=1, description="Developments that score less are left out."
    )
    most: int = Field(
        40, ge=1, le=200, description="Developments in one digest; the rest waits for the next."
    )
    when_empty: Literal["send", "skip"] = Field(
        "send", description="Whether a day without developments is told as such."
    )
    language: Literal["en", "nb"] = Field("en", description="The language of the frame.")

    @field_validator("schedule")
    @classmethod
    def _schedule_comes(cls, schedule: str) -> str:
        check(schedule)
        return schedule

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        known = zoneinfo.available_timezones()
        if zone not in known:
            near = difflib.get_close_matches(zone, sorted(known), n=1)
            advice = f"did you mean {near[0]!r}?" if near else "an example is 'Europe/Oslo'"
            message = f"unknown time zone; {advice}"
            raise ValueError(message)
        return zone

    @field_validator("recipients")
    @classmethod
    def _recipients_are_addresses(cls, recipients: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [address for address in recipients if not is_address(address)]
        if wrong:
            message = f"no mail address: {', '.join(map(repr, wrong))}; write name@example.org"
            raise ValueError(message)
        return tuple(dict.fromkeys(recipients))

    def edition(self) -> Edition:
        """Return the value that the stages pass on."""
        data = self.model_dump()
        data["verdicts"] = tuple(Verdict(verdict) for verdict in self.verdicts)
        return Edition(**data)


class EditionsFile(BaseModel, frozen=True, extra="forbid"):
    """The whole file."""

    editions: tuple[EditionEntry, ...]


def load(path: Path) -> tuple[Edition, ...]:
    """Read the editions; raises InvalidFilesError with every problem of the file."""
    document = yamlfile.read(path)
    problems = list(_across(document))
    try:
        file = EditionsFile.model_validate(document.data if document.data is not None else {})
    except ValidationError as error:
        problems += yamlfile.problems(document, EditionsFile, error)
    if problems:
        raise InvalidFilesError(problems)
    return tuple(entry.edition() for entry in file.editions)


def _across(document: YamlDocument) -> Iterator[Problem]:
    """Find what no single value shows, even where single values are wrong as well."""
    seen: dict[str, int] = {}
    for index, entry in _entries(document.data):
        where = ("editions", index)
        name = entry.get("id")
        line = document.line((*where, "id"))
        if isinstance(name, str) and name in seen:
            message = f"editions.{index}.id: {name!r} stands in line {seen[name]} already"
            yield Problem(document.name, line, message)
        elif isinstance(name, str):
            seen[name] = line
        channels = entry.get("channels")
        mailed = isinstance(channels, list) and "email" in channels
        if mailed and not entry.get("recipients"):
            message = f"editions.{index}.recipients: the channel email needs at least one address"
            yield Problem(document.name, document.line((*where, "channels")), message)


def _entries(data: Any) -> Iterator[tuple[int, dict[str, Any]]]:  # noqa: ANN401 - as the file gives it
    listed = data.get("editions") if isinstance(data, dict) else None
    for index, entry in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(entry, dict):
            yield index, entry
