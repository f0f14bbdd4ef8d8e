"""What is remembered of ids that stand in an archive more than once, and of no others."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from techwatch.model import Assessment
    from techwatch.replay.archive import Line

_PARTS = 64  # in which the ids are counted, so that few stand in memory as numbers at once


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line with its verdict."""

    line: Line
    assessment: Assessment
    story_id: str | None  # None: tells no event, or was judged alone


def number_of(item_id: str) -> int:
    """Return the number that stands for an id: 64 bits of a hash.

    Two ids with one number are taken for repetitions that never come: more is remembered than
    need be, and nothing else.
    """
    return int.from_bytes(blake2b(item_id.encode(errors="replace"), digest_size=8).digest(), "big")


class Numbers:
    """Numbers of ids, eight bytes each, to be counted at the end."""

    def __init__(self) -> None:
        self._parts = [array("Q") for _ in range(_PARTS)]

    def add(self, number: int) -> None:
        """Note one occurrence."""
        self._parts[number % _PARTS].append(number)

    def repeated(self) -> dict[int, int]:
        """Return those that occur more than once, and how often."""
        found: dict[int, int] = {}
        for part in self._parts:
            found |= {number: times for number, times in Counter(part).items() if times > 1}
        return found


class History:
    """The texts of repeated ids, each remembered until its last one is judged."""

    def __init__(self, repeated: Mapping[int, int]) -> None:
        """Take how often the numbers of ids occur, of those that occur more than once."""
        self._left = dict(repeated)
        self._newest: dict[str, Outcome] = {}
        self._revisions: Counter[str] = Counter()
        self._first_at: dict[str, datetime] = {}

    @property
    def pending(self) -> tuple[str, ...]:
        """The ids that were seen and come again."""
        return tuple(self._first_at)

    def judged(self, line: Line, judge: Callable[[int, datetime], Outcome]) -> Outcome:
        """Judge a line, or repeat the outcome of the same text before, if it was the item's last.

        `judge` takes the number of the item's text, from 1, and when the item was first seen.
        """
        item_id, number = line.item.id, number_of(line.item.id)
        if number not in self._left:
            return judge(1, line.at)
        newest = self._newest.get(item_id)
        if newest is not None and newest.line.item.content_hash == line.item.content_hash:
            outcome = Outcome(line, newest.assessment, newest.story_id)
        else:
            self._revisions[item_id] += 1
            first_at = self._first_at.setdefault(item_id, line.at)
            outcome = self._newest[item_id] = judge(self._revisions[item_id], first_at)
        self._left[number] -= 1
        if self._left[number] == 0:
            for remembered in (self._newest, self._revisions, self._first_at):
                remembered.pop(item_id, None)
        return outcome
