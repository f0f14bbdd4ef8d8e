"""Which developments an address asks for, so that whoever has the address asks the same."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal, Self
from urllib.parse import parse_qs, urlencode

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

from techwatch.errors import NotFoundError
from techwatch.model import EntityKind, Filter, Verdict
from techwatch.web.views.outlines import Asked, Heeding, Key, Order

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

PAGE = 50  # developments on one
_MOST = 50  # values of one part of a filter
_FLAGGED = Filter().verdicts
_NUMBER = r"(-?\d{1,12}(?:\.\d{1,20})?(?:e-\d{1,2})?)"
_KEY = re.compile(rf"{_NUMBER}~([0-4])~{_NUMBER}~([0-9a-f]{{16}})")
_LONGEST = 20_000  # characters of a query
_LATEST = 2200  # years beyond these are mistakes
_EARLIEST = 1990


def _named(values: Any) -> Any:  # noqa: ANN401 - as the address gives it
    """Leave out what a form's empty fields send."""
    return [v for v in values if v != ""] if isinstance(values, list) else values


def given(value: Any) -> Any:  # noqa: ANN401 - likewise
    """Take what a form's empty field sends for nothing."""
    return None if value == "" else value


def _in_utc(at: datetime) -> datetime:
    """Take a time without a zone for one in UTC; raises ValueError for one of another era."""
    if not _EARLIEST <= at.year < _LATEST:
        message = f"is of no year from {_EARLIEST} to {_LATEST}"
        raise ValueError(message)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Names = Annotated[list[Name], BeforeValidator(_named), Field(max_length=_MOST)]
Time = Annotated[datetime, AfterValidator(_in_utc)]


class Question(BaseModel, frozen=True):
    """Which developments; what is left out lets everything pass."""

    verdict: Annotated[list[Verdict], BeforeValidator(_named)] = Field(
        [], max_length=len(Verdict), description="Which verdicts; none: those that are flagged."
    )
    score: Annotated[Annotated[float, Field(ge=0, le=1)] | None, BeforeValidator(given)] = Field(
        None, description="The lowest score, from 0 to 1."
    )
    entity: Names = Field([], description="Ids of actors and laws.")
    sector: Names = Field([], description="Sectors of actors.")
    kind: Annotated[list[EntityKind], BeforeValidator(_named)] = Field(
        [], max_length=len(EntityKind), description="Of what: actor or law."
    )
    track: Names = Field([], description="Ids of tracks.")
    jurisdiction: Names = Field([], description="Whose steps; us means its states too.")
    language: Names = Field([], description="Languages of the news.")
    feed: Names = Field([], description="Publishers.")
    tag: Names = Field([], description="Tags of feeds.")
    since: Annotated[Literal["looked", "all"] | Time | None, BeforeValidator(given)] = Field(
        None,
        description="From when on; looked: since you last looked, or a week ago; all: ever.",
    )
    until: Annotated[Time | None, BeforeValidator(given)] = Field(
        None, description="Up to when, not itself."
    )
    judged: Heeding = Field(
        "open", description="open: what nobody rejected or knew; quiet: only that; all."
    )
    order: Order = Field(
        "rank", description="rank: by score, then verdict; newest: the latest first."
    )

    after: Annotated[str | None, BeforeValidator(given)] = Field(
        None, max_length=200, description="Where a page before ended."
    )

    @property
    def filter(self) -> Filter:
        """What an edition of digests would be told by."""
        return Filter(
            verdicts=tuple(sorted(set(self.verdict))) or _FLAGGED,
            minimum_score=self.score or 0.0,
            entities=_distinct(self.entity),
            sectors=_distinct(self.sector),
            kinds=tuple(sorted(set(self.kind))),
            tracks=_distinct(self.track),
            jurisdictions=_distinct(self.jurisdiction),
            feeds=_distinct(self.feed),
            tags=_distinct(self.tag),
            languages=_distinct(self.language),
        )

    @classmethod
    def of(cls, query: str) -> Question:
        """Read the query of an address; raises ValidationError, a ValueError."""
        parts = parse_qs(query[:_LONGEST], max_num_fields=1_000)
        parts = {name: values for name, values in parts.items() if name in _PARTS}
        many = {name for name in parts if isinstance(cls.model_fields[name].default, list)}
        return cls.model_validate(
            {name: values if name in many else values[-1] for name, values in parts.items()}
        )

    def asked(self, looked: datetime | None) -> Asked:
        """Return it with the time put in at which somebody last looked."""
        since = looked if self.since == "looked" else self.since
        return Asked(
            filter=self.filter,
            since=since if isinstance(since, datetime) else None,
            until=self.until,
            judged=self.judged,
            order=self.order,
        )

    def pairs(self, **instead: str | None) -> list[tuple[str, str]]:
        """Return what the address of it says, parts of it replaced; None leaves one out."""
        found: list[tuple[str, str]] = []
        asked = self.model_dump(mode="json", exclude_defaults=True, include=_PARTS)
        for name, value in asked.items():
            values = value if isinstance(value, list) else [value]
            found += [(name, str(one)) for one in values if name not in instead]
        return found + [(name, value) for name, value in instead.items() if value is not None]

    def query(self, **instead: str | None) -> str:
        """Return the part of an address after its question mark."""
        return urlencode(self.pairs(**instead))

    def kept(self) -> str:
        """Return the query of what is saved of it: all but times and order."""
        return self.query(since=None, until=None, order=None)

    def without(self, name: str, value: str) -> str:
        """Return the query without one value of a part."""
        return urlencode([pair for pair in self.pairs() if pair != (name, value)])

    def named(self, ids: Mapping[str, str]) -> Self:
        """Put ids where people wrote names of actors and laws; `ids` by name in small letters."""
        if not self.entity:
            return self
        known = [ids.get(one.strip().casefold(), one) for one in self.entity]
        return self.model_copy(update={"entity": list(dict.fromkeys(known))})

    @property
    def until_day(self) -> str:
        """The day until when, as forms have it; empty where none is named."""
        return self.until.date().isoformat() if self.until else ""

    @property
    def parts(self) -> Mapping[str, list[str]]:
        """What is filtered by, with its values, as chips show it."""
        found: dict[str, list[str]] = {}
        for name, value in self.pairs(since=None, until=None, order=None):
            found.setdefault(name, []).append(value)
        return found


_PARTS = set(Question.model_fields) - {"after"}


def _distinct(values: list[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


def written(key: Key) -> str:
    """Write the key of a development for an address."""
    return f"{key[0]!r}~{key[1]}~{key[2]!r}~{key[3]}"


def read(written_key: str | None) -> Key | None:
    """Read a key from an address; raises NotFoundError."""
    if not written_key:
        return None
    found = _KEY.fullmatch(written_key)
    if found is None:
        raise NotFoundError("place to go on from", written_key, "take the one that a list gives")
    first, verdict, at, name = found.groups()
    return float(first), int(verdict), float(at), name
