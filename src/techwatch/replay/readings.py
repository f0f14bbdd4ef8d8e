"""The part of a replay that needs nothing but the item and the baseline: it may be done anywhere.

Most items of a stream are off the topic, and with that they are done; of the others it is read
what they say, to be judged in their turn by `ordering`.
"""

from __future__ import annotations

import functools
import hashlib
import json
import pickle
import platform
import threading
import unicodedata
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import techwatch
from techwatch.errors import ReplayError
from techwatch.judging import Judge
from techwatch.replay import archive, outcomes
from techwatch.replay.repetitions import Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from techwatch.assessment.reading import Reading
    from techwatch.assessment.settings import AssessmentSettings
    from techwatch.matching.settings import MatchingSettings
    from techwatch.model import Baseline, Verdict
    from techwatch.replay.windows import Entry

UNDATED = "undated"
_LIBRARIES = ("ahocorasick-rs", "opencc", "rapidfuzz")  # whose version may change what is found
_one_at_a_time = threading.Lock()  # the threads of one worker share a judge, which remembers


class Result(NamedTuple):
    """What a replay says of a line."""

    item_id: str
    text: str  # a line of JSON, without its end
    verdict: Verdict
    day: str  # of its publication, UTC, or UNDATED
    outcome: Outcome | None  # None where it tells no story


class Waiting(NamedTuple):
    """A line that is read, and judged in its turn."""

    line: archive.Line
    reading: Reading


class Recipe(NamedTuple):
    """Of what a process makes a judge of its own."""

    made_of: bytes  # pickled: baseline, settings of matching and of assessment
    program: str  # which techwatch, on which libraries: others may judge otherwise
    independent: bool = False  # judge each item against the baseline alone

    @classmethod
    def of(
        cls,
        baseline: Baseline,
        matching: MatchingSettings,
        assessment: AssessmentSettings,
        *,
        independent: bool = False,
    ) -> Recipe:
        """Write down what a judge is made of."""
        made_of = pickle.dumps((baseline, matching, assessment), pickle.HIGHEST_PROTOCOL)
        return cls(made_of, program(), independent)


def read_by(
    recipe: Recipe, entries: Sequence[Entry], repeated: Collection[int]
) -> list[Result | Waiting]:
    """Read lines in any process; raises ReplayError where this one runs another program."""
    if recipe.program != program():
        raise ReplayError(
            f"a worker runs {program()}, but this is {recipe.program}: install the same on both"
        )
    with _one_at_a_time:
        return read(entries, judge_of(recipe.made_of), repeated, independent=recipe.independent)


def read(
    entries: Sequence[Entry], by: Judge, repeated: Collection[int], *, independent: bool
) -> list[Result | Waiting]:
    """Read lines; those that need no turn are judged.

    Those whose number is among the `repeated` wait, whatever they say: an earlier text of the item
    may have told something.
    """
    return [_read(e, by, again=e.number in repeated, independent=independent) for e in entries]


def _read(entry: Entry, by: Judge, *, again: bool, independent: bool) -> Result | Waiting:
    line = archive.parse(entry.text, "", 0)
    if not isinstance(line, archive.Line):
        raise ReplayError(f"a line that could be read can't be read any more: {line}")
    if line.item.published is None and entry.at is not None:
        line = replace(line, at=entry.at)
    if independent:
        return result(Outcome(line, by.alone(line.item), None), by.baseline)
    reading = by.read(line.item, by.mentions(line.item, line.feed.tags))
    settled = None if again else by.settled(reading)
    if settled is None:
        return Waiting(line, reading)
    return result(Outcome(line, settled, None), by.baseline)


def result(outcome: Outcome, baseline: Baseline) -> Result:
    """Put an outcome into what is written and counted of it."""
    record = outcomes.record(outcome, baseline)
    published = outcome.line.item.published
    return Result(
        item_id=outcome.line.item.id,
        text=json.dumps(record, ensure_ascii=False),
        verdict=outcome.assessment.verdict,
        day=published.date().isoformat() if published else UNDATED,
        outcome=None if outcome.story_id is None else outcome,
    )


@functools.lru_cache(maxsize=2)
def judge_of(made_of: bytes) -> Judge:
    """Return the judge of a recipe, compiled once a process."""
    return Judge.of(*pickle.loads(made_of))  # noqa: S301 - from the process that asks for the work


@functools.cache
def program() -> str:
    """Name what decides how an item is judged, beside baseline and settings.

    The version and a hash of every file of techwatch, Python's, its Unicode data's and those of the
    libraries that find names.
    """
    here = Path(techwatch.__file__).parent
    code = hashlib.sha256()
    for path in sorted(here.rglob("*")):
        if path.suffix in {".py", ".tsv"}:
            code.update(path.read_bytes())
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in _LIBRARIES)
    return (
        f"techwatch {techwatch.__version__} ({code.hexdigest()[:12]}) on Python "
        f"{platform.python_version()}, Unicode {unicodedata.unidata_version}, {versions}"
    )
