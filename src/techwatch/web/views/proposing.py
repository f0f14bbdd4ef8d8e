"""Changes of the baseline: proposed, looked at, written."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.baseline import drafting, editing
from techwatch.baseline import proposing as core
from techwatch.baseline.loading import load
from techwatch.comparing import VerdictChange, compare
from techwatch.errors import EditError, InvalidFilesError
from techwatch.judging import Judge
from techwatch.web.views.emerging import Drafted, drafted_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from techwatch.baseline.editing import Change
    from techwatch.errors import Problem
    from techwatch.model import Fact, StoredItem
    from techwatch.watch import Watch

_MENTIONING, _NEWEST = 200, 300  # items that are judged twice: of the entity, and of all
_SECONDS = 10.0  # after which no more are
_comparing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Folder:
    """Whether the baseline can be edited where it lies."""

    writable: bool
    why: str  # it can't; empty if it can


@dataclass(frozen=True, slots=True)
class EntryShown:
    """An entity's entry in its file."""

    entity_id: str
    file: str  # below the baseline's folder
    line: int  # on which it begins, from 1
    text: str  # YAML, a list of one
    state: str  # of the file; a change of it must bring it back


@dataclass(frozen=True, slots=True)
class ProblemShown:
    """One thing wrong, and what would be right."""

    file: str
    line: int  # of the file, from 1; 0: the file as a whole
    in_entry: int | None  # line of the entry, from 1; None: it stands elsewhere
    message: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change does to the verdicts on stored items, each judged alone."""

    items: int  # that were judged both ways
    of: int  # that were chosen: the newest, and the newest that mention the entity
    changes: tuple[VerdictChange, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of an entity's entry, looked at."""

    entity_id: str
    file: str
    text: str  # as proposed
    state: str  # of the file that it was made from
    outdated: bool  # the file was changed since
    diff: str  # unified; empty: nothing would change
    problems: tuple[ProblemShown, ...]  # all there would be; none: it can be written
    comparison: Comparison | None = None  # where it was asked for


def folder(watch: Watch) -> Folder:
    """Say whether the baseline can be edited."""
    why = core.refusal(watch.baseline_dir)
    return Folder(why is None, why or "")


def entry(watch: Watch, entity_id: str) -> EntryShown:
    """Return the entry of an entity; raises NotFoundError."""
    found = core.entry(watch.baseline_dir, entity_id)
    file = found.path.relative_to(watch.baseline_dir).as_posix()
    return EntryShown(entity_id, file, found.line, found.text, found.state)


def with_fact(watch: Watch, fact: Fact, text: str) -> str:
    """Return an entity's entry, as edited, with a fact added.

    Raises NotFoundError, EditError, InvalidFilesError.
    """
    return core.with_fact(watch.baseline_dir, fact, text)


def proposal(
    watch: Watch, entity_id: str, text: str, state: str, *, verdicts: bool = False
) -> Proposal:
    """Look at an entry that is to take the place of an entity's; nothing is written.

    Args:
        watch: techwatch.
        entity_id: whose entry.
        text: the entry as it would be.
        state: of the file, as `entry` gave it.
        verdicts: also say which verdicts on stored items would change.

    Raises NotFoundError, and EditError where another comparison is under way.
    """
    now = entry(watch, entity_id)
    diff, comparison = "", None
    found: tuple[Problem, ...] = ()
    try:
        change = core.changed(watch.baseline_dir, entity_id, text)
    except InvalidFilesError as error:
        found = error.problems
    else:
        diff = change.diff(watch.baseline_dir)
        found = core.problems(watch.baseline_dir, change) if diff else ()
        if verdicts and diff and not found:
            comparison = _compared(watch, entity_id, [change])
    return Proposal(
        entity_id=entity_id,
        file=now.file,
        text=text,
        state=state,
        outdated=state != now.state,
        diff=diff,
        problems=_shown(found, now, text, watch.baseline_dir.name),
        comparison=comparison,
    )


def write(watch: Watch, entity_id: str, text: str, state: str) -> EntryShown:
    """Write an entry; returns it as it stands now.

    Raises EditError where the file changed or can't be written, NotFoundError, and
    InvalidFilesError with all that would be wrong; nothing is changed then.
    """
    core.write(watch.baseline_dir, entity_id, text, state)
    return entry(watch, entity_id)


def write_draft(watch: Watch, key: str, entity_id: str) -> Drafted:
    """Write the draft of an emerging name as a file of its own; raises as `write` does."""
    made = drafted_entry(watch, key, entity_id)
    with core.alone(watch.baseline_dir):
        drafting.write(watch.baseline_dir, made)
    return Drafted(made.entity_id, made.file, made.entry, made.source)


def _shown(
    problems: Iterable[Problem], now: EntryShown, text: str, name: str
) -> tuple[ProblemShown, ...]:
    lines = text.strip("\r\n").count("\n") + 1
    return tuple(
        ProblemShown(
            file=p.file,
            line=p.line,
            in_entry=p.line - now.line + 1
            if p.file == f"{name}/{now.file}" and now.line <= p.line < now.line + lines
            else None,
            message=p.message,
        )
        for p in problems
    )


def _compared(watch: Watch, entity_id: str, changes: Sequence[Change]) -> Comparison:
    if not _comparing.acquire(blocking=False):
        message = "another change is being compared; try again in some seconds"
        raise EditError(message)
    try:
        of = watch.settings
        with editing.as_changed(watch.baseline_dir, changes) as copy:
            new = Judge.of(load(copy), of.matching, of.assessment)
        items = _items(watch, entity_id)
        until, count, found = time.monotonic() + _SECONDS, 0, []
        for stored in items:
            if time.monotonic() > until:
                break
            count += 1
            if change := compare(stored.item, watch.judge, new):
                found.append(change)
        return Comparison(count, len(items), tuple(found))
    finally:
        _comparing.release()


def _items(watch: Watch, entity_id: str) -> list[StoredItem]:
    _, mentioning = watch.store.judging.mentioning(entity_id, _MENTIONING)
    both = (*mentioning, *watch.store.judging.seen_last(_NEWEST))
    return list({stored.item.id: stored for stored in both}.values())
