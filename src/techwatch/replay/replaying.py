"""Judge the lines of an archive one after the other, by the same step that judges feeds' items."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.model import StoredItem
from techwatch.pipeline import judge_item
from techwatch.storage import memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from techwatch.judging import Judge
    from techwatch.model import Assessment
    from techwatch.replay.archive import Line
    from techwatch.storage import Judging


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line with its verdict."""

    line: Line
    assessment: Assessment
    story_id: str | None  # None: tells no event, or was judged alone


def alone(lines: Sequence[Line], by: Judge) -> Iterator[Outcome]:
    """Judge each line against the baseline alone, as if nothing had been reported since."""
    for line in lines:
        yield Outcome(line, by.alone(line.item), None)


def together(
    lines: Sequence[Line],
    by: Judge,
    remembering: Callable[[], memory.Remembering] = memory.remembering,
) -> Iterator[Outcome]:
    """Judge the lines in their order, each against the baseline and what the earlier ones told.

    Stories and standings are those of a store in memory that is gone afterwards. A line with the
    id of an earlier one is a repetition, which changes nothing, or, with another text, an edit.
    """
    history = _History(lines)
    with remembering() as judging:
        for line in lines:
            yield history.repeated(line) or history.note(_judge(line, history, by, judging))


def as_arrived(
    lines: Sequence[Line],
    by: Judge,
    remembering: Callable[[], memory.Remembering] = memory.remembering,
) -> Iterator[Outcome]:
    """Judge as `together` does lines that don't stand in the order of time.

    What an earlier telling that arrives late changes is settled, as the pipeline does; each
    outcome is the last one.
    """
    history, found, latest = _History(lines), [], {}
    with remembering() as judging:
        for place, line in enumerate(lines):
            found.append(history.repeated(line) or history.note(_judge(line, history, by, judging)))
            latest[line.item.id] = place
            for stored in judging.settling():
                judged = judge_item(
                    stored, by.mentions(stored.item, stored.feed.tags), by, judging, line.at
                )
                at = latest[stored.item.id]
                found[at] = Outcome(found[at].line, judged.assessment, judged.story_id)
    yield from found


def _judge(line: Line, history: _History, by: Judge, judging: Judging) -> Outcome:
    revision = history.revision(line)
    first_at = history.first_at(line)
    stored = StoredItem(line.item, line.feed, revision, first_at, line.at)
    judged = judge_item(stored, by.mentions(line.item, line.feed.tags), by, judging, line.at)
    return Outcome(line, judged.assessment, judged.story_id)


class _History:
    """What is remembered of ids that occur more than once, and of no others."""

    def __init__(self, lines: Sequence[Line]) -> None:
        counts = Counter(line.item.id for line in lines)
        self._again = {item_id for item_id, count in counts.items() if count > 1}
        self._newest: dict[str, Outcome] = {}
        self._revisions: Counter[str] = Counter()
        self._first_at: dict[str, datetime] = {}

    def repeated(self, line: Line) -> Outcome | None:
        """Return the outcome of the same text before, if it was the item's last."""
        newest = self._newest.get(line.item.id)
        if newest is None or newest.line.item.content_hash != line.item.content_hash:
            return None
        return Outcome(line, newest.assessment, newest.story_id)

    def revision(self, line: Line) -> int:
        """Number the item's text, from 1."""
        if line.item.id not in self._again:
            return 1
        self._revisions[line.item.id] += 1
        return self._revisions[line.item.id]

    def first_at(self, line: Line) -> datetime:
        """Return when the item was first seen."""
        if line.item.id not in self._again:
            return line.at
        return self._first_at.setdefault(line.item.id, line.at)

    def note(self, outcome: Outcome) -> Outcome:
        """Remember an outcome that may be repeated."""
        if outcome.line.item.id in self._again:
            self._newest[outcome.line.item.id] = outcome
        return outcome
