"""Fit the weights of techwatch.assessment.pairs to labelled stories; measure across spells.

usage: fit_stories.py [--write]

Every pair of labelled items no more than a week apart is an example: one event or not. A pair of a
large story counts less, so that one story told eighteen times doesn't decide. Prints how well
items are grouped with weights fitted to the other spell, in several orders of arrival; --write
puts the weights of both spells into pairs.py and prints the cutoff for the settings.
"""

from __future__ import annotations

import argparse
import itertools
import math
import random
import re
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from labelled import DEV_STORIES, Bench, as_item, lines

from techwatch.assessment import pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techwatch.model import Signs

PAIRS = Path(__file__).parents[1] / "src/techwatch/assessment/pairs.py"
FIGURES = re.compile(r"^BIAS = .*?^}$", re.MULTILINE | re.DOTALL)
RIDGE = 30.0  # found by fitting one spell and scoring the other: less carries over worse
WEEK = 7
ORDERS = 3
CUTOFFS = [n / 100 for n in range(8, 32, 2)]
SPELL = "2023-01-15"  # between the two spells

Item = tuple[str, str, "Signs"]  # day, story, signs
Table = dict[str, float]


def load() -> list[Item]:
    """Read the signs of the labelled items."""
    bench = Bench.make()
    found = []
    for n, raw in enumerate(lines(DEV_STORIES)):
        item = as_item(raw, n)
        signs = bench.assessor.read(item, bench.mentions(item)).signs
        found.append((raw["published"][:10], raw["story"], signs))
    return found


def days(a: Item, b: Item) -> float:
    """Return how many days lie between two items."""
    return abs(_ordinal(a[0]) - _ordinal(b[0]))


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def fit(items: Sequence[Item], ridge: float = RIDGE) -> Table:
    """Fit a logistic regression by Newton's method; "" is the bias, which bears no penalty."""
    size = Counter(story for _, story, _ in items)
    rows: list[tuple[dict[str, float], float, float]] = []
    for a, b in itertools.combinations(items, 2):
        if days(a, b) <= WEEK:
            same = a[1] == b[1]
            weight = 1 / math.sqrt(size[a[1]] - 1) if same else 1.0
            rows.append((pairs.compare(a[2], b[2], days(a, b)), float(same), weight))
    names = [*sorted(pairs.WEIGHTS), ""]
    vectors = [[*(values.get(n, 0.0) for n in names[:-1]), 1.0] for values, _, _ in rows]
    weights = [0.0] * len(names)
    for _ in range(12):
        slope, curve = _derivatives(vectors, rows, weights, ridge)
        step = _solve(curve, slope)
        weights = [w - s for w, s in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-4:
            break
    return dict(zip(names, weights, strict=True))


def _derivatives(
    vectors: Sequence[list[float]],
    rows: Sequence[tuple[dict[str, float], float, float]],
    weights: Sequence[float],
    ridge: float,
) -> tuple[list[float], list[list[float]]]:
    size = len(weights)
    slope = [ridge * w for w in weights[:-1]] + [0.0]
    curve = [[ridge * (i == j < size - 1) for j in range(size)] for i in range(size)]
    for vector, (values, truth, weight) in zip(vectors, rows, strict=True):
        filled = [(i, v) for i, v in enumerate(vector) if v]
        total = held(values) + sum(weights[i] * v for i, v in filled)
        sure = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
        bend = weight * max(sure * (1 - sure), 1e-9)
        for i, v in filled:
            slope[i] += weight * (sure - truth) * v
            row = curve[i]
            for j, other in filled:
                row[j] += bend * v * other
    return slope, curve


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve linear equations by elimination."""
    size = len(right)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(size):
            if r != i and rows[r][i]:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [x - factor * y for x, y in zip(rows[r], rows[i], strict=True)]
    return [rows[i][-1] / rows[i][i] for i in range(size)]


def held(values: Mapping[str, float]) -> float:
    """Return what the signs say whose weights are not fitted."""
    return sum(weight * values[name] for name, weight in pairs.HELD.items())


def likelihoods(items: Sequence[Item], table: Table) -> dict[tuple[int, int], float]:
    """Return how surely each two items tell one event."""
    found = {}
    for (i, a), (j, b) in itertools.combinations(enumerate(items), 2):
        values = pairs.compare(a[2], b[2], days(a, b))
        total = table[""] + held(values) + sum(w * values[n] for n, w in table.items() if n)
        found[i, j] = found[j, i] = 1 / (1 + math.exp(-total))
    return found


def group(
    items: Sequence[Item], sure: Mapping[tuple[int, int], float], cutoff: float, seed: int
) -> list[int]:
    """Group items as the service does, those of one day in any order."""
    shuffled = random.Random(seed)  # noqa: S311 - an order, no secret
    order = sorted(range(len(items)), key=lambda i: (items[i][0], shuffled.random()))
    stories: list[list[int]] = []
    label = [0] * len(items)
    for i in order:
        best, chosen = cutoff, -1
        for n, story in enumerate(stories):
            if days(items[i], items[story[-1]]) <= WEEK:
                found = sum(sure[i, j] for j in story) / len(story)
                if found >= best:
                    best, chosen = found, n
        if chosen < 0:
            stories.append([])
        stories[chosen].append(i)
        label[i] = chosen if chosen >= 0 else len(stories) - 1
    return label


def score(gold: Sequence[str], label: Sequence[int]) -> tuple[float, float]:
    """Return B-cubed F1 and first-story F1, as the scorer that comes with the data does."""
    size = len(gold)
    golds, labels = Counter(gold), Counter(label)
    both = Counter(zip(gold, label, strict=True))
    precise = sum(both[pair] / labels[pair[1]] for pair in zip(gold, label, strict=True)) / size
    recall = sum(both[pair] / golds[pair[0]] for pair in zip(gold, label, strict=True)) / size
    firsts = {gold.index(story) for story in golds}
    claims = {list(label).index(story) for story in labels}
    first = 2 * len(firsts & claims) / (len(firsts) + len(claims))
    return 2 * precise * recall / (precise + recall), first


def measure(items: Sequence[Item], table: Table, cutoff: float) -> tuple[float, float]:
    """Return both figures, the mean of several orders of arrival."""
    gold, sure = [item[1] for item in items], likelihoods(items, table)
    found = [score(gold, group(items, sure, cutoff, seed)) for seed in range(ORDERS)]
    return sum(f[0] for f in found) / ORDERS, sum(f[1] for f in found) / ORDERS


def best_cutoff(items: Sequence[Item], table: Table) -> float:
    """Return the middle of the cutoffs that do nearly as well as the best."""
    sums = {cutoff: sum(measure(items, table, cutoff)) for cutoff in CUTOFFS}
    good = [cutoff for cutoff, value in sums.items() if value >= max(sums.values()) - 0.015]
    return round(sum(good) / len(good), 2)


def main() -> None:
    """Fit, measure across the spells, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="rewrite pairs.py")
    options = parser.parse_args()
    if not DEV_STORIES.exists():
        sys.exit(f"skipped: no labelled stories at {DEV_STORIES}")
    items = load()
    spells = [[i for i in items if i[0] < SPELL], [i for i in items if i[0] >= SPELL]]
    for train, test in (spells, spells[::-1]):
        table = fit(train)
        cutoff = best_cutoff(train, table)
        b_cubed, first = measure(test, table, cutoff)
        print(f"fitted to {len(train)}, judged on {len(test)}: ", end="")
        print(f"cutoff {cutoff:.2f}  b3 {b_cubed:.3f}  first {first:.3f}")
    table = fit(items)
    print(f"all: cutoff {best_cutoff(items, table):.2f}")
    figures = [f'    "{name}": {table[name]:.2f},\n' for name in pairs.WEIGHTS]
    text = f"BIAS = {table['']:.2f}\nWEIGHTS: Mapping[str, float] = {{\n{''.join(figures)}}}"
    if options.write:
        PAIRS.write_text(FIGURES.sub(lambda _: text, PAIRS.read_text(), count=1))
    else:
        print(text)


if __name__ == "__main__":
    main()
