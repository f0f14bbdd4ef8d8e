"""Today: developments, those since somebody last looked unless the address asks otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from techwatch.model import Development
from techwatch.watch import Watch
from techwatch.web.views.board import Board
from techwatch.web.views.question import PAGE, Question, read, written

_FIRST = timedelta(days=7)  # what somebody sees who never looked


@dataclass(frozen=True, slots=True)
class Developments:
    """A page of developments."""

    developments: tuple[Development, ...]
    total: int  # on all pages
    by_verdict: dict[str, int]  # likewise
    since: datetime | None  # when they became developments; None: from the first on
    until: datetime | None
    looked_at: datetime | None  # until when who asks has seen what is new
    known_until: datetime | None  # what is made from then on is not here yet: seen until then
    next: str | None  # where it goes on: a key, in the API the address


@dataclass(frozen=True, slots=True)
class Looked:
    """Until when somebody has seen what is new."""

    looked_at: datetime | None  # None: never
    before: datetime | None  # what it was, so that it can be taken back


def look(
    watch: Watch, account_id: int | None, until: datetime | None, *, back: bool = False
) -> Looked:
    """Note until when somebody has seen what is new, now at the latest; None: never.

    `back`: also where they have seen more by now, as a second page that was open may tell.
    """
    at = min(until, watch.clock()) if until else None
    before, after = watch.store.saved.looked(account_id, at, back=back)
    return Looked(after, before)


def developments(
    watch: Watch,
    board: Board,
    question: Question,
    looked_at: datetime | None,
    language: str,
    limit: int = PAGE,
) -> Developments:
    """Return a page of what a question asks for, for readers of a language.

    Raises NotFoundError where `after` is none of the keys that pages give.
    """
    asked = question.asked(looked_at or _a_week_ago(watch.clock()))
    place = read(question.after)
    chosen = board.chosen(language, asked)
    keys = chosen.page(place, limit + 1)
    found = board.full([key[-1] for key in keys[:limit]], language)
    return Developments(
        developments=found,
        total=len(chosen.keys),
        by_verdict=dict(chosen.counts),
        since=asked.since,
        until=asked.until,
        looked_at=looked_at,
        known_until=chosen.known_until,
        next=written(keys[limit - 1]) if len(keys) > limit else None,
    )


def _a_week_ago(now: datetime) -> datetime:
    """Return from when on they are shown who never looked; the same for a minute."""
    return now.replace(second=0, microsecond=0) - _FIRST
