"""Saved filters, and what is made of them: feeds for other readers, editions of the digest."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

from techwatch import edition_keeping
from techwatch.digests.delivery.entries import Entry, Syndicated, name_of
from techwatch.digests.delivery.feed_formats import atom, json_feed
from techwatch.digests.delivery.hooks import CHANNEL
from techwatch.digests.delivery.short import Told
from techwatch.digests.editing import edition_entry, written
from techwatch.errors import NotFoundError, QueryError
from techwatch.model import Development, Filter, SavedFilter
from techwatch.text import tidy, web_link
from techwatch.watch import Watch
from techwatch.web.views import hooks
from techwatch.web.views.board import Board
from techwatch.web.views.question import Question

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST = 100  # developments in a feed
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
Form = Literal["atom", "json"]


def printable(name: str) -> str:
    """Refuse what can't be shown, or stored; raises ValueError."""
    if not name.isprintable():
        message = "holds what can't be shown"
        raise ValueError(message)
    return name


Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=80, strip_whitespace=True),
    AfterValidator(printable),
]
Short = Annotated[
    str, StringConstraints(max_length=80, strip_whitespace=True), AfterValidator(printable)
]


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved filter, with where it leads."""

    id: int
    name: str
    query: str
    address: str  # of the page that shows it
    atom: str  # addresses of its feeds: whoever has one reads it, without login
    json_feed: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody saved."""

    filters: tuple[Saved, ...]


def shown(one: SavedFilter, at: str) -> Saved:
    """Return a saved filter of a desk at an address as it is shown."""
    feed = f"{at}/feeds-out/{one.key}"
    return Saved(
        id=one.id,
        name=one.name,
        query=one.query,
        address=f"{at}/?{one.query}",
        atom=f"{feed}.atom",
        json_feed=f"{feed}.json",
        made_at=one.made_at,
    )


def filters(watch: Watch, account_id: int | None, at: str) -> Filters:
    """Return what somebody saved, by name."""
    return Filters(tuple(shown(one, at) for one in watch.store.saved.filters(account_id)))


def canonical(query: str) -> tuple[str, Filter]:
    """Return the query that is kept of an address, and what it comes to; raises QueryError."""
    try:
        question = Question.of(query)
        return question.kept(), question.filter
    except ValueError as error:
        raise QueryError(query, 0, "it is no query of the page Today") from error


def new_key() -> str:
    """Make up the key of a filter's feeds."""
    return secrets.token_urlsafe(32)


def save(watch: Watch, account_id: int, name: str, query: str) -> SavedFilter:
    """Save a filter; raises QueryError, and LedgerError where there are too many."""
    kept = canonical(query)
    return watch.store.saved.save(account_id, name, kept, new_key(), watch.clock())


def delete(watch: Watch, filter_id: int, account_id: int | None) -> None:
    """Delete a filter: its feeds end, and its webhooks; raises NotFoundError."""
    saved = watch.store.saved.filter(filter_id, account_id)
    for hook in watch.store.hooks.of(saved):
        hooks.delete(watch, saved, hook.id)
    watch.store.saved.delete(filter_id, account_id)


# ---------------------------------------------------------------------- feeds


def feed(watch: Watch, board: Board, key: str, form: Form, at: str) -> bytes:
    """Write the newest developments of a filter as a feed; raises NotFoundError."""
    found = watch.store.saved.by_key(key) if _KEY.fullmatch(key) else None
    if found is None:
        raise NotFoundError("feed", "of this key", "its key was renewed, or its filter deleted")
    question = Question.of(found.query).model_copy(update={"order": "newest"})
    keys = board.chosen("en", question.asked(None)).page(None, _MOST)
    outlines = board.outlines("en")
    entries = tuple(
        Entry(name_of("development", one.id), _told(one), outlines[one.id].created_at)
        for one in board.full([key[-1] for key in keys], "en")
        if one.id in outlines  # else its story was joined with another one meanwhile
    )
    syndicated = Syndicated(
        id=name_of("filter", str(found.id)),
        title=found.name,
        language="en",
        updated=max((entry.at for entry in entries), default=found.made_at),
        url=f"{at}/feeds-out/{found.key}",
        entries=entries,
        names=(".atom", ".json"),
    )
    return atom(syndicated) if form == "atom" else json_feed(syndicated)


def _told(one: Development) -> Told:
    return Told(
        id=one.id,
        verdict=one.verdict.value,
        entity=tidy(one.entity_name) if one.entity_id else "",
        title=tidy(one.title),
        link=web_link(one.link),
        publisher=tidy(one.publisher),
        reason=tidy(one.reason),
        language=one.language,
        at=one.published or one.first_seen_at,
    )


# ---------------------------------------------------------------------- editions

Address = Annotated[str, StringConstraints(max_length=320), AfterValidator(printable)]


def _separated(values: Any) -> Any:  # noqa: ANN401 - as a form or a program gives it
    """Part the addresses that a form's one field holds."""
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        return values
    return [address for one in values for address in re.split(r"[\s,;]+", one) if address]


class Wish(BaseModel, frozen=True):
    """An edition that is to be made of a filter."""

    id: Short = Field(description="Names it in commands, folders and the ledger.")
    title: Short = Field(description="The name that readers see.")
    schedule: Short = Field("", description="When it is due; empty: each development at once.")
    zone: Short = Field("UTC", description="The IANA time zone of the schedule.")
    channels: list[Short] = Field(["folder"], max_length=10, description="Where it goes.")
    recipients: Annotated[list[Address], BeforeValidator(_separated)] = Field(
        [], max_length=100, description="Mail addresses, for the channel email."
    )
    language: Literal["en", "nb"] = Field("en", description="The language of its frame.")
    write: bool = Field(
        False,  # noqa: FBT003 - pydantic's place for a default
        description="Whether to write it into digests.yaml.",
    )


@dataclass(frozen=True, slots=True)
class Proposal:
    """An edition as digests.yaml would have it."""

    id: str
    yaml: str
    written: bool = False  # whether it stands in the file now
    heeds_judged: bool = True  # False: the filter shows what was rejected or known; this never does


def propose(saved: SavedFilter, wish: Wish) -> Proposal:
    """Return what is to be added to digests.yaml."""
    return _proposal(saved, wish, _entry(saved, wish))


def add_edition(watch: Watch, saved: SavedFilter, wish: Wish) -> Proposal:
    """Add an edition to digests.yaml; raises InvalidFilesError, EditError: nothing is written."""
    entry = _entry(saved, wish)
    edition_keeping.add(watch, entry)
    return replace(_proposal(saved, wish, entry), written=True)


def _proposal(saved: SavedFilter, wish: Wish, entry: Mapping[str, object]) -> Proposal:
    heeds = Question.of(saved.query).judged == "open"
    return Proposal(wish.id, "\n".join(written(entry)) + "\n", heeds_judged=heeds)


def _entry(saved: SavedFilter, wish: Wish) -> dict[str, object]:
    due: dict[str, object] = (
        {"schedule": wish.schedule} if wish.schedule else {"alert": {"most_an_hour": 4}}
    )
    due |= {"zone": wish.zone}
    rest = {
        "channels": wish.channels,
        "recipients": wish.recipients,
        "language": wish.language if wish.language != "en" else None,
    }
    return edition_entry(wish.id, wish.title, due, saved.filter, rest)


def channels(watch: Watch) -> tuple[str, ...]:
    """Return the ids of the channels by which editions go."""
    return tuple(name for name in watch.channels if name != CHANNEL)


def wished(saved: SavedFilter) -> Wish:
    """Return what an edition of a filter could be called."""
    name = re.sub(r"[^a-z0-9]+", "-", saved.name.lower()).strip("-")[:40].strip("-")
    return Wish(id=name or f"filter-{saved.id}", title=saved.name, schedule="weekdays 07:00")
