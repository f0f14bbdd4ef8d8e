"""Read the editions from config/digests.yaml; every mistake is told at once, with its line."""

from __future__ import annotations

import difflib
import re
import zoneinfo
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints, ValidationError, field_validator

from techwatch import yamlfile
from techwatch.digests.addresses import is_address
from techwatch.digests.cron import check
from techwatch.errors import InvalidFilesError, Problem
from techwatch.model import AlertRule, Edition, EntityKind, Filter, QuietHours, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from techwatch.yamlfile import YamlDocument

Flagged = Literal["novel", "escalating", "easing"]
Kind = Literal["actor", "law"]
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[a-z]{2,4})?$")]
_TIMES = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")


@dataclass(frozen=True, slots=True)
class Known:
    """What a filter may name: entities, sectors and tracks of the baseline, and the feeds'."""

    entities: Collection[str]
    sectors: Collection[str]
    tracks: Collection[str]
    feeds: Collection[str]  # publishers
    tags: Collection[str]


class FilterEntry(BaseModel, frozen=True, extra="forbid"):
    """Which developments an edition tells; what is left out lets everything pass."""

    verdicts: tuple[Flagged, ...] = Field(
        ("novel", "escalating", "easing"), min_length=1, description="Which verdicts."
    )
    minimum_score: float = Field(0.0, ge=0, le=1, description="The lowest score.")
    entities: tuple[str, ...] = Field((), description="Ids of actors and laws.")
    sectors: tuple[str, ...] = Field((), description="Sectors of actors.")
    kinds: tuple[Kind, ...] = Field((), description="actor, law, or both.")
    tracks: tuple[str, ...] = Field((), description="Ids of tracks in events.yaml.")
    jurisdictions: tuple[Tag, ...] = Field(
        (), description="Whose steps: cn, us, eu, us-mt; us means its states too."
    )
    feeds: tuple[str, ...] = Field((), description="Publishers, as feeds.yaml names them.")
    tags: tuple[str, ...] = Field((), description="Tags of feeds.")
    languages: tuple[Tag, ...] = Field((), description="Languages of the news: en, zh, nb.")

    def value(self) -> Filter:
        """Return the value that the stages pass on."""
        data = self.model_dump()
        data["verdicts"] = tuple(Verdict(verdict) for verdict in self.verdicts)
        data["kinds"] = tuple(EntityKind(kind) for kind in self.kinds)
        return Filter(**data)


class AlertEntry(BaseModel, frozen=True, extra="forbid"):
    """How developments go out at once."""

    most_an_hour: int = Field(
        4, ge=1, le=60, description="Alerts in an hour; what comes beyond is collected in one."
    )
    quiet: str | None = Field(None, description="When none goes out, such as 22:00-07:00.")

    @field_validator("quiet")
    @classmethod
    def _quiet_is_a_span(cls, quiet: str | None) -> str | None:
        if quiet is not None and not _TIMES.match(quiet):
            message = "is no span of hours; write for example 22:00-07:00"
            raise ValueError(message)
        return quiet

    def value(self) -> AlertRule:
        """Return the value that the stages pass on."""
        if self.quiet is None:
            return AlertRule(self.most_an_hour)
        start, end = (time.fromisoformat(part) for part in self.quiet.split("-"))
        return AlertRule(self.most_an_hour, QuietHours(start, end))


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
        "", description="When it is due: daily 07:00, weekdays 07:00, 16:30, or a cron line."
    )
    alert: AlertEntry | None = Field(
        None, description="Instead of a schedule: each development goes out at once."
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
    filter: FilterEntry = Field(FilterEntry(), description="Which developments are told.")
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
        if schedule:
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
        values = {name: getattr(self, name) for name in type(self).model_fields}
        values["filter"] = self.filter.value()
        values["alert"] = self.alert and self.alert.value()
        return Edition(**values)


class EditionsFile(BaseModel, frozen=True, extra="forbid"):
    """The whole file."""

    editions: tuple[EditionEntry, ...]


def load(path: Path, known: Known | None = None) -> tuple[Edition, ...]:
    """Read the editions; raises InvalidFilesError with every problem of the file.

    With `known`, filters that name what is not there are problems too.
    """
    document = yamlfile.read(path)
    problems = [*_across(document), *(_unknown(document, known) if known else ())]
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
        if wrong := _due(entry):
            yield Problem(document.name, document.line(where), f"editions.{index}: {wrong}")


def _due(entry: Mapping[str, Any]) -> str | None:
    """Say what is wrong where an edition has no time at which it is due, or two."""
    if "alert" in entry and "schedule" in entry:
        return "has a schedule and alert; an alert goes out at once, so leave the schedule out"
    if "alert" not in entry and not entry.get("schedule"):
        return "schedule is missing; write for example schedule: daily 07:00"
    return None


def _unknown(document: YamlDocument, known: Known) -> Iterator[Problem]:
    """Find what filters name and nobody knows: they would let nothing pass, in silence."""
    for index, entry in _entries(document.data):
        given = entry.get("filter")
        for name, values in (given if isinstance(given, dict) else {}).items():
            there: Collection[str] = getattr(known, name, ())
            named = values if hasattr(known, name) and isinstance(values, list) else []
            for place, value in enumerate(named):
                if isinstance(value, str) and value not in there:
                    where = ("editions", index, "filter", name, place)
                    message = f"{'.'.join(map(str, where))}: {_nobody(value, there)}"
                    yield Problem(document.name, document.line(where), message)


def _nobody(value: str, there: Collection[str]) -> str:
    near = difflib.get_close_matches(value, sorted(there), n=1)
    return f"nothing is called {value!r}" + (f"; did you mean {near[0]!r}?" if near else "")


def _entries(data: Any) -> Iterator[tuple[int, dict[str, Any]]]:  # noqa: ANN401 - as the file gives it
    listed = data.get("editions") if isinstance(data, dict) else None
    for index, entry in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(entry, dict):
            yield index, entry
