"""The part of a replay that depends on what came before: item by item, in the order of time.

What is carried from window to window is a store in memory: open stories, standings, and the texts
of ids that come again. What no later item is compared with is dropped as time goes on, so that the
length of the archive doesn't matter.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from techwatch.model import StoredItem
from techwatch.pipeline import judge_reading
from techwatch.replay.readings import Waiting
from techwatch.replay.repetitions import History, Outcome
from techwatch.storage import memory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from techwatch.assessment.reading import Reading
    from techwatch.judging import Judge
    from techwatch.replay.archive import Line
    from techwatch.storage import Judging

Settled = TypeVar("Settled")  # what needs no turn, and is passed on

FORGETTING = timedelta(days=30)  # how often what is no longer needed is dropped


def in_order(
    found: Iterable[Settled | Waiting],
    by: Judge,
    repeated: Mapping[int, int],
    forgetting: timedelta = FORGETTING,
) -> Iterator[Settled | Outcome]:
    """Judge what waits, in the given order, which must be that of time; pass on the rest.

    `repeated` says how often ids occur, of those that occur more than once, by their numbers.
    """
    history = History(repeated)
    settings = by.settings
    days = max(settings.story_days, settings.restated_days, settings.repeat_days) + 2
    next_time: datetime | None = None
    with memory.remembering() as judging:
        for one in found:
            if not isinstance(one, Waiting):
                yield one
                continue
            yield _judged(one, history, by, judging)
            at = one.line.at
            if next_time is None or at >= next_time:
                judging.forget(at, timedelta(days=days), history.pending)
                next_time = at + forgetting


def as_arrived(
    found: Iterable[Settled | Waiting], by: Judge, repeated: Mapping[int, int]
) -> Iterator[Settled | Outcome]:
    """Judge what doesn't come in the order of time; holds all of it until the end.

    What an earlier telling that arrives late changes is settled, as the pipeline does; each
    outcome is the last one. What was read of an item is remembered: nothing is read twice.
    """
    history, outcomes = History(repeated), list[Settled | Outcome]()
    latest: dict[str, tuple[int, Waiting]] = {}  # where an item's last line is, and its text
    with memory.remembering() as judging:
        for one in found:
            if not isinstance(one, Waiting):
                outcomes.append(one)
                continue
            latest[one.line.item.id] = (len(outcomes), _text(one, latest))
            outcomes.append(_judged(one, history, by, judging))
            for stored in judging.settling():
                place, waiting = latest[stored.item.id]
                judged = judge_reading(stored, waiting.reading, by, judging, one.line.at)
                line = waiting.line
                outcomes[place] = Outcome(line, judged.assessment, judged.story_id)
    yield from outcomes


def _text(one: Waiting, latest: Mapping[str, tuple[int, Waiting]]) -> Waiting:
    """Give a line the reading of the one before, where it repeats it: that is what is stored."""
    _, before = latest.get(one.line.item.id, (0, one))
    if before.line.item.content_hash == one.line.item.content_hash:
        return Waiting(one.line, before.reading)
    return one


def _judged(one: Waiting, history: History, by: Judge, judging: Judging) -> Outcome:
    def judge(revision: int, first_at: datetime) -> Outcome:
        return _step(one.line, one.reading, (revision, first_at), by, judging)

    return history.judged(one.line, judge)


def _step(
    line: Line, reading: Reading, text: tuple[int, datetime], by: Judge, judging: Judging
) -> Outcome:
    """Judge one line; `text` is the number of its text, and when its item was first seen."""
    revision, first_at = text
    stored = StoredItem(line.item, line.feed, revision, first_at, line.at)
    judged = judge_reading(stored, reading, by, judging, line.at)
    return Outcome(line, judged.assessment, judged.story_id)
