"""Judge lines that are all in memory, in this process: what `archives` does at any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.replay import ordering
from techwatch.replay.readings import Waiting
from techwatch.replay.repetitions import Numbers, Outcome, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from techwatch.judging import Judge
    from techwatch.replay.archive import Line

__all__ = ["Outcome", "alone", "as_arrived", "together"]


def alone(lines: Sequence[Line], by: Judge) -> Iterator[Outcome]:
    """Judge each line against the baseline alone, as if nothing had been reported since."""
    for line in lines:
        yield Outcome(line, by.alone(line.item), None)


def together(lines: Sequence[Line], by: Judge) -> Iterator[Outcome]:
    """Judge the lines in their order, each against the baseline and what the earlier ones told.

    Stories and standings are those of a store in memory that is gone afterwards. A line with the
    id of an earlier one is a repetition, which changes nothing, or, with another text, an edit.
    """
    return ordering.in_order(_read(lines, by), by, _repeated(lines))


def as_arrived(lines: Sequence[Line], by: Judge) -> Iterator[Outcome]:
    """Judge as `together` does lines that don't stand in the order of time.

    What an earlier telling that arrives late changes is settled, as the pipeline does; each
    outcome is the last one.
    """
    return ordering.as_arrived(_read(lines, by), by, _repeated(lines))


def _read(lines: Sequence[Line], by: Judge) -> Iterator[Waiting]:
    """Read every line; none is left out, though it be off the topic."""
    for line in lines:
        yield Waiting(line, by.read(line.item, by.mentions(line.item, line.feed.tags)))


def _repeated(lines: Sequence[Line]) -> Mapping[int, int]:
    numbers = Numbers()
    for line in lines:
        numbers.add(number_of(line.item.id))
    return numbers.repeated()
