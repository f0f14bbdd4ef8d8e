"""Measure the verdicts and stories against labelled news beside the project.

usage: quality.py [--quick]

Judges every item independently against the baseline, as the labels do; scores with the scorers
that come with the data; beside it, in the same run, a keyword alert (any name mentioned, flagged)
for comparison. The weights are fitted to these labels, so the figures that count are those of
the cross-validation, which judges every week with weights fitted to other weeks. Skips with the
reason where the data are absent. docs/quality.md says more.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import plain
from fit_weights import Fitted, fit_all
from labelled import (
    BACKGROUND,
    DEV_ITEMS,
    DEV_STORIES,
    SCORE,
    SCORE_STORIES,
    STREAM,
    Bench,
    Labelled,
    as_item,
    lines,
    load_background,
    load_items,
)

from techwatch.assessment import AssessmentSettings, weights
from techwatch.judging import Judge
from techwatch.matching import MatchingSettings
from techwatch.model import EntityKind, Feed, FeedState, PollOutcome, Verdict
from techwatch.pipeline import judge as judge_all
from techwatch.storage import Store, sqlite_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from techwatch.assessment import Reading
    from techwatch.model import Item, Judged

FOLDS = 5
RIDGE = 2.0
SAMPLE = 5000  # items of the stream that are timed


@dataclass(frozen=True)
class Prediction:
    """What a system says of an item, in the scorer's words."""

    id: str
    verdict: str
    actors: list[str]
    laws: list[str]
    score: float


def judge(bench: Bench, labelled: Labelled) -> Prediction:
    """Judge one item as the program does."""
    reading = bench.read(labelled)
    assessment = bench.assess(reading)
    actors, laws = named(bench, reading)
    return Prediction(labelled.item.id, assessment.verdict.value, actors, laws, assessment.score)


def alert(bench: Bench, labelled: Labelled) -> Prediction:
    """Judge one item as a keyword alert does: any name of an actor or law is an alarm."""
    actors, laws = named(bench, bench.read(labelled))
    hits = len(actors) + len(laws)
    verdict = Verdict.NOVEL if hits else Verdict.UNRELATED
    return Prediction(labelled.item.id, verdict.value, actors, laws, min(hits, 10) / 10)


def named(bench: Bench, reading: Reading) -> tuple[list[str], list[str]]:
    """Split the entities of a reading into actors and laws."""
    kinds = {i: bench.baseline.entities[i].kind for i in reading.entity_ids}
    actors = [i for i, kind in kinds.items() if kind is EntityKind.ACTOR]
    return actors, [i for i, kind in kinds.items() if kind is EntityKind.LAW]


def cross_validated(bench: Bench, items: Sequence[Labelled]) -> list[Prediction]:
    """Judge every week with weights fitted to other weeks only."""
    found = []
    for held_out in folds(items):
        unseen = {item.week for item in held_out}
        fitted = fit_all([item for item in items if item.week not in unseen], bench, RIDGE)
        with using(fitted):
            found += [judge(bench, item) for item in held_out]
    return found


def plainly(items: Sequence[Labelled]) -> list[Prediction]:
    """Judge every week with a plain classifier that learnt from other weeks only."""
    return [
        Prediction(item.item.id, verdict, [], [], flagged)
        for held_out in folds(items)
        for item, verdict, flagged in plain.classified(items, held_out)
    ]


def folds(items: Sequence[Labelled]) -> list[list[Labelled]]:
    """Deal whole weeks into folds, in turn."""
    weeks = sorted({item.week for item in items})
    fold = {week: i % FOLDS for i, week in enumerate(weeks)}
    return [[item for item in items if fold[item.week] == n] for n in range(FOLDS)]


class using:  # noqa: N801 - reads as a word: with using(fitted)
    """Put fitted tables in the place of the frozen ones for a while."""

    def __init__(self, fitted: Fitted) -> None:
        self._tables = {
            "RELEVANCE": fitted.relevance,
            "DEVELOPMENT": fitted.development,
            "IMPORTANCE": fitted.importance,
            "RARITY": fitted.rarity,
        }
        self._before = {name: getattr(weights, name) for name in self._tables}

    def __enter__(self) -> None:
        """Put them in."""
        for name, table in self._tables.items():
            setattr(weights, name, table)

    def __exit__(self, *_: object) -> None:
        """Put the frozen ones back."""
        for name, table in self._before.items():
            setattr(weights, name, table)


def score(items: Sequence[Labelled], predictions: Sequence[Prediction]) -> dict[str, Any]:
    """Run the scorer that comes with the data."""
    wanted = {item.item.id for item in items}
    with tempfile.TemporaryDirectory() as folder:
        gold, predicted = Path(folder, "gold.jsonl"), Path(folder, "predicted.jsonl")
        write(gold, (item.raw for item in items))
        write(predicted, (dataclasses.asdict(p) for p in predictions if p.id in wanted))
        printed = run(SCORE, gold, predicted, "--json")
    result: dict[str, Any] = json.loads(printed)
    return result


def run(script: Path, *arguments: Path | str) -> str:
    """Run a scorer in a process of its own and return what it prints."""
    command = [sys.executable, str(script), *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - the scorer beside the data


def write(path: Path, rows: Iterator[Mapping[str, Any]] | Sequence[Mapping[str, Any]]) -> None:
    """Write JSON lines."""
    path.write_text("".join(json.dumps(row, default=str) + "\n" for row in rows))


def group(bench: Bench, items: Sequence[Item]) -> dict[str, str]:
    """Group items into stories as the service does: by the same step, in a store of its own."""
    by = Judge.of(bench.baseline, MatchingSettings(), AssessmentSettings())
    feeds = {url: Feed(url, url, "en") for url in sorted({item.feed_url for item in items})}
    now = datetime.now(UTC)
    label: dict[str, str] = {}

    def note(judged: Judged) -> None:
        label[judged.stored.item.id] = judged.story_id or judged.stored.item.id

    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(sqlite_url(Path(folder, "stories.db")))
        store.feeds.watch(list(feeds.values()), now)
        for url, feed in feeds.items():
            own = tuple(item for item in items if item.feed_url == url)
            store.feeds.record(PollOutcome(FeedState(feed), "document", own), now)
        judge_all(store, by, lambda: now, note)
        store.close()
    return label


# ------------------------------------------------------------------------------- printing


def row(name: str, result: Mapping[str, Any]) -> str:
    """Print one system's figures as a line of the table."""
    flagged, verdict = result["flagged"], result["verdict"]
    figures = (
        flagged["p"], flagged["r"], flagged["f1"], result["relevant"]["f1"],
        verdict["escalating"], verdict["easing"], verdict["novel"], verdict["known"],
        verdict["accuracy"], result["ranking"]["average_precision"],
        result["actors"]["f1"], result["laws"]["f1"],
    )  # fmt: skip
    return f"| {name} | {result['items']} | " + " | ".join(f"{f:.3f}" for f in figures) + " |"


HEAD = (
    "| system | items | flagged p | r | F1 | relevant F1 | escalating | easing | novel | known "
    "| accuracy | AP | actors | laws |\n" + "| --- |" + " ---: |" * 13
)


def verdicts(bench: Bench, *, quick: bool) -> None:
    """Print the table of verdicts."""
    if not DEV_ITEMS.exists():
        print(f"verdicts: skipped, no labelled items at {DEV_ITEMS}")
        return
    items = load_items()
    print(HEAD)
    systems: dict[str, Callable[[], list[Prediction]]] = {
        "keyword alert": lambda: [alert(bench, item) for item in items],
        "techwatch, frozen weights": lambda: [judge(bench, item) for item in items],
    }
    if not quick:
        systems["techwatch, weeks unseen by the weights"] = lambda: cross_validated(bench, items)
        if reason := plain.missing():
            print(f"plain classifier: skipped, {reason}", file=sys.stderr)
        else:
            systems["plain classifier, weeks unseen"] = lambda: plainly(items)
    for name, system in systems.items():
        predictions = system()
        for part, chosen in parts(items).items():
            result = score(chosen, predictions)["all"]
            print(row(f"{name}, {part}", result))


def parts(items: Sequence[Labelled]) -> dict[str, list[Labelled]]:
    """Split the items as they are reported; rules were written beside the even weeks only."""
    return {
        "all": list(items),
        "even weeks": [i for i in items if i.week[1] % 2 == 0],
        "odd weeks": [i for i in items if i.week[1] % 2],
        "English": [i for i in items if i.item.language == "en"],
        "Chinese": [i for i in items if i.item.language == "zh"],
    }


def story_figures(bench: Bench) -> None:
    """Print how well items are grouped."""
    if not DEV_STORIES.exists():
        print(f"stories: skipped, no labelled stories at {DEV_STORIES}")
        return
    items = [as_item(raw, n) for n, raw in enumerate(lines(DEV_STORIES))]
    label = group(bench, items)
    with tempfile.TemporaryDirectory() as folder:
        predicted = Path(folder, "stories.jsonl")
        write(predicted, [{"id": i, "story": s} for i, s in label.items()])
        print(run(SCORE_STORIES, DEV_STORIES, predicted))


def false_alarms(bench: Bench) -> None:
    """Print what is flagged among headlines that don't speak of China."""
    if not BACKGROUND.exists():
        print(f"false alarms: skipped, no background at {BACKGROUND}")
        return
    background = load_background()
    for part, items in (("fitted beside", background[::2]), ("unseen", background[1::2])):
        flagged = sum(Verdict(judge(bench, i).verdict).flagged for i in items)
        told = sum(any(named(bench, bench.read(i))) for i in items)
        print(f"background, {part}: {flagged} false alarms of {len(items)}; keyword alert {told}")


def speed(bench: Bench) -> None:
    """Print how many items of the stream a core judges in a second, and how many are told."""
    if not STREAM.exists():
        print(f"speed: skipped, no stream at {STREAM}")
        return
    raws = [raw for raw, _ in zip(lines(STREAM), range(SAMPLE), strict=False)]
    items = [Labelled(as_item(raw, n), raw) for n, raw in enumerate(raws)]
    start = time.process_time()
    flagged = sum(Verdict(judge(bench, item).verdict).flagged for item in items)
    took = time.process_time() - start
    print(f"stream: {len(items) / took:,.0f} items/s, {flagged} of {len(items)} flagged")


def main() -> None:
    """Measure everything that there is data for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="no cross-validation")
    options = parser.parse_args()
    bench = Bench.make()
    verdicts(bench, quick=options.quick)
    false_alarms(bench)
    story_figures(bench)
    speed(bench)


if __name__ == "__main__":
    main()
