"""All developments in outline, held in memory by the desk, and those shown lately in full.

A page ranks and filters by what no index of the database orders: the score of the item that leads
for these readers, who tells it, of whom. So the outlines are held here, and what changed is read
again before a page is made, by the time at which verdicts were stored. Nothing is written, and
judging pays nothing. The alternative, a table of outlines kept up to date where stories change,
would have every telling of a story read all the others.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from techwatch.collector import paused
from techwatch.digests.development import development, lead
from techwatch.errors import TechwatchError
from techwatch.web.views.choices import Choices, choices
from techwatch.web.views.outlines import Outline, led_by, outline
from techwatch.web.views.shelf import Lists, Shelf, Shelves, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from techwatch.model import Baseline, Development
    from techwatch.storage.board import Mark
    from techwatch.watch import Watch
    from techwatch.web.views.outlines import Asked
    from techwatch.web.views.shelf import Chosen

LANGUAGES = ("en", "nb")  # of readers: which headline leads depends on it
MOST = 50_000  # developments that are listed; older ones are found by search
_EVERY = 1.0  # seconds between two looks at what changed
_REBUILT_EVERY = 1800.0  # seconds: feeds get other names, old items go
_BACK = timedelta(minutes=5)  # a transaction may be seen so much later than the time it notes
_CHUNK = 1000  # developments that are read at a time
_MOST_FULL = 5_000

_Read = tuple[dict[str, dict[str, Outline]], dict[str, str]]  # by language and id; by item

log: structlog.stdlib.BoundLogger = structlog.get_logger("techwatch.web")


@dataclass(frozen=True)
class _State:
    """What is known at one moment; a later one is another object."""

    baseline: Baseline
    shelves: Shelves
    stories: dict[str, str]  # by the item that tells them; for who renews it
    tally: Tally
    choices: Mapping[str, Choices]  # what filters may name, by the language of readers
    judged: tuple[int, int] = (0, 0)
    lists: Lists = field(default_factory=Lists)


class Board:
    """The developments as the desk lists them; for any number of threads."""

    def __init__(self, now: Callable[[], Watch]) -> None:
        """Make it; `now` gives techwatch by the baseline as its files are."""
        self._now = now
        self._state: _State | None = None
        self._marks: frozenset[Mark] = frozenset()
        self._full: OrderedDict[tuple[str, str], Development] = OrderedDict()
        self._refreshing = threading.Lock()
        self._holding = threading.Lock()  # what is held in full is changed by one at a time
        self._looked = self._rebuilt = float("-inf")
        self._since: datetime | None = None
        self._generation = 0  # of what is held in full

    def chosen(self, language: str, asked: Asked) -> Chosen:
        """Return which developments are asked for, for readers of a language."""
        state = self._current()
        found = state.lists.chosen(state.shelves, language, asked)
        return replace(found, known_until=state.shelves.by_language[language].known_until)

    def warm(self) -> None:
        """Read all of it meanwhile, so that the first page need not wait for it."""
        threading.Thread(target=self._warm, name="board", daemon=True).start()

    def outlines(self, language: str) -> Mapping[str, Outline]:
        """Return all outlines by id."""
        return self._current().shelves.by_language[language].by_id

    def choices(self, language: str = "en") -> Choices:
        """Return what filters may name, for readers of a language."""
        state = self._state if time.monotonic() - self._looked < _EVERY else None
        return (state or self._current()).choices[language]

    def full(self, ids: Sequence[str], language: str) -> tuple[Development, ...]:
        """Return developments in full, in the order given; those that are gone are left out."""
        known = {i: one for i in ids if (one := self._full.get((i, language))) is not None}
        if missing := [i for i in ids if i not in known]:
            generation, baseline = self._generation, self._watch.baseline
            told = self._watch.store.board.told(missing, partial(lead, language=language))
            made = {i: development(one, baseline, language) for i, one in told.items()}
            known |= made
            with self._holding:
                if generation == self._generation:  # else some of them may have changed meanwhile
                    self._full.update({(i, language): one for i, one in made.items()})
                while len(self._full) > _MOST_FULL:
                    self._full.popitem(last=False)
        return tuple(known[i] for i in ids if i in known)

    @property
    def _watch(self) -> Watch:
        return self._now()

    # ------------------------------------------------------------------ keeping up

    def _current(self) -> _State:
        """Return what is known now.

        Who asks while another one looks takes what was known, unless people judged since: that is
        seen at once, by whoever asks after it was said.
        """
        state, judged = self._state, self._watch.store.board.judgements_stamp()
        known = state is not None and state.judged == judged
        if state is not None and known and time.monotonic() - self._looked < _EVERY:
            return state
        if not self._refreshing.acquire(blocking=not known):
            return self._state or self._current()
        try:
            state = self._state or self._build()
            judged = self._watch.store.board.judgements_stamp()
            taught = judged != state.judged
            if taught or time.monotonic() - self._looked >= _EVERY:
                state = self._renewed(state, judged)
            self._state = state
            return state
        finally:
            self._refreshing.release()

    def _warm(self) -> None:
        try:
            self._current()
        except TechwatchError as error:  # the first page tells it
            log.warning("developments not read", error=str(error))

    def _build(self) -> _State:
        """Read all of it anew."""
        self._since, self._rebuilt = self._watch.clock(), time.monotonic()
        baseline = self._watch.baseline
        with paused():
            outlines, stories = self._read(self._watch.store.board.newest(MOST), baseline)
            shelves = Shelves({language: Shelf.of(own) for language, own in outlines.items()})
            tally = Tally(outlines[LANGUAGES[0]].values())
            return _State(baseline, shelves, stories, tally, _choices(baseline, tally))

    def _rebuild(self) -> None:
        """Read all of it anew while pages go on to show what is known."""
        try:
            state = self._build()
        except TechwatchError as error:
            log.warning("developments not read anew", error=str(error))
            return
        with self._refreshing:
            self._marks = frozenset()
            self._forget(None)
            self._state = self._renewed(state, self._watch.store.board.judgements_stamp())

    def _renewed(self, state: _State, judged: tuple[int, int]) -> _State:
        """Read again what changed since the last look, or what people had judged again.

        `judged` was read before: what people say meanwhile is heeded at the next look.
        """
        self._looked = time.monotonic()
        old = self._looked - self._rebuilt > _REBUILT_EVERY
        if old or state.baseline is not self._watch.baseline:
            self._rebuilt = self._looked  # one is enough
            threading.Thread(target=self._rebuild, name="board", daemon=True).start()
        now, taught = self._watch.clock(), judged != state.judged
        marks = frozenset(
            self._watch.store.board.judged_since((self._since or now) - _BACK, taught=taught)
        )
        fresh, self._marks, self._since = marks - self._marks, marks, now
        ids = {mark.story_id for mark in fresh} | {state.stories.get(m.item_id) for m in fresh}
        touched = sorted(i for i in ids if i is not None)
        renewed = self._replaced(state, touched) if touched else state
        return self._heeding(renewed, judged) if taught else renewed

    def _replaced(self, state: _State, ids: Sequence[str]) -> _State:
        """Read developments again; lists are mended where these stand, or stood."""
        outlines, stories = self._read(ids, state.baseline)
        self._forget(ids)
        state.stories.update(stories)
        before = state.shelves
        of = {name: own.replaced(ids, outlines[name]) for name, own in before.by_language.items()}
        after = Shelves(of, before.quiet)
        first = LANGUAGES[0]
        known = before.by_language[first].by_id
        gone = [known[i] for i in ids if i in known]
        tally = state.tally.replaced(gone, outlines[first].values())
        found = _choices(state.baseline, tally)
        return replace(
            state,
            shelves=after,
            tally=tally,
            choices=state.choices if found == state.choices else found,
            lists=state.lists.renewed(before, after, ids),
        )

    def _heeding(self, state: _State, judged: tuple[int, int]) -> _State:
        """Heed at once what people judged."""
        before, quiet = state.shelves, self._watch.store.board.quiet()
        after = Shelves(before.by_language, quiet)
        lists = state.lists.renewed(before, after, quiet ^ before.quiet)
        return replace(state, judged=judged, shelves=after, lists=lists)

    def _forget(self, ids: Iterable[str] | None) -> None:
        """Drop what is held in full of these developments; None: of all."""
        with self._holding:
            self._generation += 1
            if ids is None:
                self._full.clear()
                return
            for key in itertools.product(ids, LANGUAGES):
                self._full.pop(key, None)

    def _read(self, ids: Sequence[str], baseline: Baseline) -> _Read:
        outlines: dict[str, dict[str, Outline]] = {language: {} for language in LANGUAGES}
        stories: dict[str, str] = {}
        for start in range(0, len(ids), _CHUNK):
            found = list(self._watch.store.board.listed(ids[start : start + _CHUNK]))
            leading = {(one.id, lang): led_by(one, lang) for one in found for lang in LANGUAGES}
            said = self._watch.store.board.said(sorted({item.item_id for item in leading.values()}))
            for one in found:
                stories |= {telling.item_id: one.id for telling in one.tellings}
                same: dict[str, Outline] = {}  # most are led by one item, whoever reads
                for language in LANGUAGES:
                    item = leading[one.id, language]
                    if item.item_id not in same:
                        same[item.item_id] = outline(one, item, said.get(item.item_id), baseline)
                    outlines[language][one.id] = same[item.item_id]
        return outlines, stories


def _choices(baseline: Baseline, tally: Tally) -> Mapping[str, Choices]:
    found = tally.values()
    return {language: choices(baseline, found, language) for language in LANGUAGES}
