"""Outlines in order, and what was chosen of them, renewed a few at a time. Pure.

A development changes every few seconds while feeds bring news, and twenty thousand stay as they
are: to sort, count and filter them all again would have whoever asks next wait for it.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right, insort
from collections import Counter, OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from techwatch.web.views.outlines import Asked, Key, Outline, Values, is_asked_for, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

_Place = tuple[float, str]
MOST_LISTS = 100
_INSTANT = timedelta(microseconds=1)  # a time until when something counts is not in


@dataclass(frozen=True, slots=True)
class Shelf:
    """Developments for readers of one language."""

    by_id: dict[str, Outline]  # not to be changed
    places: Sequence[_Place]  # when each became a development, and its id; oldest first

    @classmethod
    def of(cls, outlines: dict[str, Outline]) -> Shelf:
        """Put outlines, by id, in order."""
        return cls(outlines, sorted(_place(one) for one in outlines.values()))

    @property
    def known_until(self) -> datetime | None:
        """From when on none is known; None: there is none at all."""
        return self.by_id[self.places[-1][1]].created_at + _INSTANT if self.places else None

    def replaced(self, ids: Iterable[str], fresh: dict[str, Outline]) -> Shelf:
        """Return one without these, and with the fresh ones; this one stays as it is."""
        by_id, places = dict(self.by_id), list(self.places)
        for i in ids:
            if (old := by_id.pop(i, None)) is not None:
                del places[bisect_left(places, _place(old))]
        for one in fresh.values():
            insort(places, _place(one))
        return Shelf(by_id | fresh, places)

    def between(self, since: datetime | None, until: datetime | None) -> list[Outline]:
        """Return those that became developments from a time on, before another; oldest first."""
        start = bisect_left(self.places, (since.timestamp(), "")) if since else 0
        stop = bisect_left(self.places, (until.timestamp(), "")) if until else None
        return [self.by_id[name] for _, name in self.places[start:stop]]


def _place(one: Outline) -> _Place:
    return one.created_at.timestamp(), one.id


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was asked for: all keys in order, and how many there are by verdict."""

    keys: Sequence[Key]
    counts: Mapping[str, int]
    known_until: datetime | None = None  # from then on none was known, whatever was asked for

    def page(self, after: Key | None, limit: int) -> tuple[Key, ...]:
        """Return a page of keys, those that come after one."""
        start = bisect_right(self.keys, after) if after is not None else 0
        return tuple(self.keys[start : start + limit])

    def replaced(self, gone: Iterable[Outline], come: Iterable[Outline], asked: Asked) -> Chosen:
        """Return it without some, which were among them, and with others."""
        gone, come = list(gone), list(come)
        if not gone and not come:
            return self
        keys, counts = list(self.keys), Counter(self.counts)
        for one in gone:
            del keys[bisect_left(keys, key_of(one, asked.order))]
            counts[one.facets.verdict] -= 1
        for one in come:
            insort(keys, key_of(one, asked.order))
            counts[one.facets.verdict] += 1
        return Chosen(keys, +counts)


def choose(shelf: Shelf, quiet: frozenset[str], asked: Asked) -> Chosen:
    """Choose what is asked for; `quiet` are those that people rejected or knew."""
    found = [
        one for one in shelf.between(asked.since, asked.until) if is_asked_for(one, quiet, asked)
    ]
    counts: Counter[str] = Counter(one.facets.verdict for one in found)
    return Chosen(sorted(key_of(one, asked.order) for one in found), counts)


@dataclass(frozen=True, slots=True)
class Shelves:
    """What is known at one moment: shelves by language, and which are quiet."""

    by_language: Mapping[str, Shelf]
    quiet: frozenset[str] = frozenset()

    def among(self, ids: Iterable[str], language: str, asked: Asked) -> list[Outline]:
        """Return those of some developments that are asked for."""
        known = self.by_language[language].by_id
        found = [one for i in ids if (one := known.get(i)) is not None]
        return [one for one in found if is_asked_for(one, self.quiet, asked)]


class Lists:
    """What was chosen of shelves, the lists asked for last; for any number of threads."""

    def __init__(self, lists: Iterable[tuple[tuple[str, Asked], Chosen]] = ()) -> None:
        self._lists: OrderedDict[tuple[str, Asked], Chosen] = OrderedDict(lists)
        self._lock = threading.Lock()

    def chosen(self, shelves: Shelves, language: str, asked: Asked) -> Chosen:
        """Return what is asked for, for readers of a language."""
        key = language, asked
        with self._lock:
            if (found := self._lists.get(key)) is not None:
                self._lists.move_to_end(key)
                return found
        made = choose(shelves.by_language[language], shelves.quiet, asked)
        with self._lock:
            self._lists[key] = made
            while len(self._lists) > MOST_LISTS:
                self._lists.popitem(last=False)
        return made

    def renewed(self, before: Shelves, after: Shelves, ids: Iterable[str]) -> Lists:
        """Return the same lists of other shelves, in which these developments are others."""
        touched = tuple(ids)
        with self._lock:
            lists = tuple(self._lists.items())
        return Lists(
            (
                (language, asked),
                chosen.replaced(
                    before.among(touched, language, asked),
                    after.among(touched, language, asked),
                    asked,
                ),
            )
            for (language, asked), chosen in lists
        )


class Tally:
    """How often values stand in outlines."""

    def __init__(self, outlines: Iterable[Outline] = ()) -> None:
        self._counters: tuple[Counter[str], ...] = tuple(Counter() for _ in range(4))
        self._add(outlines, 1)

    def replaced(self, gone: Iterable[Outline], come: Iterable[Outline]) -> Tally:
        """Return one without some, and with others; this one stays as it is."""
        made = Tally()
        for own, counter in zip(made._counters, self._counters, strict=True):
            own.update(counter)
        made._add(gone, -1)
        made._add(come, 1)
        return made

    def values(self) -> Values:
        """Return the values, the most frequent first."""
        return Values(*map(_frequent, self._counters))

    def _add(self, outlines: Iterable[Outline], times: int) -> None:
        for one in outlines:
            of = one.facets
            powers = (of.jurisdiction,) if of.jurisdiction else ()
            values = (of.publishers, of.tags, of.languages, powers)
            for counter, found in zip(self._counters, values, strict=True):
                for value in found:
                    counter[value] += times


def _frequent(counter: Counter[str]) -> tuple[str, ...]:
    counted = ((-n, value) for value, n in counter.items() if n > 0)
    return tuple(value for _, value in sorted(counted))
