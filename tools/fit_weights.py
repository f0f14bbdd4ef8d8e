"""Fit the weights of techwatch.assessment.weights to labelled news, and rewrite its figures.

usage: fit_weights.py [--write] [--ridge 2.0]

Without --write it prints what it would write. Plain logistic regression by gradient descent
(Adam, full batch), so that nothing beyond the project is needed; less than a minute. The words of
`words.tsv` are fitted together with the signals.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from labelled import BACKGROUND, DEV_ITEMS, Bench, Labelled, load_background, load_items

from techwatch.assessment import scoring, words
from techwatch.assessment.signals import EVENT
from techwatch.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WEIGHTS = Path(__file__).parents[1] / "src/techwatch/assessment/weights.py"
ROUNDS = 250
STEP = 0.1
LATE_STEP = 0.02  # for the last two fifths of the rounds
NUMBERS = r"(-?\d+\.\d+),\s*(-?\d+\.\d+),\s*(-?\d+\.\d+)"
IMPORTANT = 2  # labelled "yes" or "must read"
COMMON = {words.TITLE: 3, words.SUMMARY: 4}  # a term counts if so many items have it


@dataclass(frozen=True)
class Fitted:
    """The three tables, fitted to some items."""

    relevance: scoring.Table
    development: scoring.Table
    importance: scoring.Table
    rarity: Mapping[str, float]  # of each term


def fit(
    name: str, examples: Sequence[tuple[Mapping[str, float], bool]], ridge: float
) -> scoring.Table:
    """Fit a logistic regression with an L2 penalty on all weights but the bias."""
    names = sorted({signal for values, _ in examples for signal in values})
    place = {signal: i for i, signal in enumerate(names)}
    rows = [([(place[s], v) for s, v in values.items()], float(y)) for values, y in examples]
    size = len(names) + 1
    weights, speed, square = [0.0] * size, [0.0] * size, [0.0] * size
    for turn in range(1, ROUNDS + 1):
        slope = _slope(rows, weights, ridge)
        rate = STEP if turn < ROUNDS * 0.6 else LATE_STEP
        for i, g in enumerate(slope):
            speed[i] = 0.9 * speed[i] + 0.1 * g
            square[i] = 0.99 * square[i] + 0.01 * g * g
            momentum = speed[i] / (1 - 0.9**turn)
            weights[i] -= rate * momentum / (math.sqrt(square[i] / (1 - 0.99**turn)) + 1e-8)
    rounded = {signal: _round(weights[i]) for signal, i in place.items()}
    terms = {term: worth for term, worth in rounded.items() if " " in term}
    signals = {signal: worth for signal, worth in rounded.items() if signal not in terms}
    return scoring.Table(name, _round(weights[-1]), signals, terms)


def _slope(
    rows: Sequence[tuple[list[tuple[int, float]], float]], weights: list[float], ridge: float
) -> list[float]:
    slope = [ridge * w for w in weights]
    slope[-1] = 0.0
    for values, truth in rows:
        total = weights[-1] + sum(weights[i] * v for i, v in values)
        error = 1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - truth
        slope[-1] += error
        for i, v in values:
            slope[i] += error * v
    return slope


def _round(weight: float) -> float:
    """Round to 0.05: finer figures would claim more than a thousand labels can tell."""
    return round(weight * 20) / 20


def fit_all(items: Sequence[Labelled], bench: Bench, ridge: float) -> Fitted:
    """Fit the three tables; items that no rule looks at are left out.

    Half of the background, headlines that don't speak of China, is added as unrelated, so that
    the tables know what most of a stream is; the other half is kept for measuring.
    """
    news = _seen(items, bench)
    rarity = _rarity([item for item, _ in news])
    seen = [
        (i, {**s, **words.values(i.item.title, i.item.summary, rarity)})
        for i, s in (*news, *_background(bench))
    ]
    relevant = [(i, s) for i, s in seen if i.verdict is not Verdict.UNRELATED]
    return Fitted(
        fit("relevance", [(s, i.verdict is not Verdict.UNRELATED) for i, s in seen], ridge),
        fit("development", [(s, i.verdict.flagged) for i, s in relevant], ridge),
        fit("importance", [(s, i.importance >= IMPORTANT) for i, s in seen], ridge),
        rarity,
    )


def _rarity(items: Sequence[Labelled]) -> dict[str, float]:
    """Return the inverse document frequency of every term that is common enough to learn from."""
    found = Counter(t for i in items for t in words.all_terms(i.item.title, i.item.summary))
    return {
        term: round(math.log((1 + len(items)) / (1 + count)) + 1, 2)
        for term, count in sorted(found.items())
        if count >= next(least for field, least in COMMON.items() if term.startswith(field))
    }


def _seen(items: Sequence[Labelled], bench: Bench) -> list[tuple[Labelled, Mapping[str, float]]]:
    read = [(item, bench.read(item).signals) for item in items]
    return [(item, signals) for item, signals in read if signals]


@cache
def _background(bench: Bench) -> tuple[tuple[Labelled, Mapping[str, float]], ...]:
    return tuple(_seen(load_background()[::2], bench)) if BACKGROUND.exists() else ()


def rewrite(source: str, fitted: Fitted) -> str:
    """Put the fitted figures into the text of weights.py."""
    tables = (fitted.relevance, fitted.development, fitted.importance)

    def figures(signal: str) -> str:
        return ", ".join(f"{table.weights.get(signal, 0.0):.2f}" for table in tables)

    def row(match: re.Match[str]) -> str:
        return f'Row("{match[1]}", {figures(match[1])}'

    def event(match: re.Match[str]) -> str:
        return f'    "{match[1]}": ({figures(EVENT + match[1])}),'

    source = re.sub(rf'Row\(\s*"(\w+)",\s*{NUMBERS}', row, source)
    bias = ", ".join(f"{table.bias:.2f}" for table in tables)
    source = re.sub(rf'BIAS = Row\("", {NUMBERS}', f'BIAS = Row("", {bias}', source)
    return re.sub(rf'^    "(\w+)": \({NUMBERS}\),$', event, source, flags=re.MULTILINE)


def as_words(fitted: Fitted) -> str:
    """Put the fitted terms into the text of words.tsv."""
    tables = (fitted.relevance, fitted.development, fitted.importance)
    lines = [
        "\t".join((term, f"{rare:.2f}", *(f"{t.words.get(term, 0.0):.2f}" for t in tables)))
        for term, rare in fitted.rarity.items()
    ]
    return "\n".join(("term\trarity\trelevance\tdevelopment\timportance", *lines, ""))


def main() -> None:
    """Fit on all labelled items and print or write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="rewrite weights.py")
    parser.add_argument("--ridge", type=float, default=2.0, help="the L2 penalty")
    options = parser.parse_args()
    if not DEV_ITEMS.exists():
        sys.exit(f"skipped: no labelled items at {DEV_ITEMS}")
    fitted = fit_all(load_items(), Bench.make(), options.ridge)
    text = rewrite(WEIGHTS.read_text(), fitted)
    if options.write:
        WEIGHTS.write_text(text)
        words.PATH.write_text(as_words(fitted), encoding="utf-8")
    else:
        print(text, as_words(fitted), sep="\n")


if __name__ == "__main__":
    main()
