"""Add up a table of weights over the signals of an item, and keep the reasons."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.model import Feature

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Table:
    """A judgement: what each signal adds to its log-odds, and the log-odds of no signal at all."""

    name: str
    bias: float
    weights: Mapping[str, float]


def score(table: Table, signals: Mapping[str, float]) -> float:
    """Return the table's judgement as a probability."""
    total = table.bias + sum(
        weight * signals[name] for name, weight in table.weights.items() if name in signals
    )
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def features(
    table: Table, signals: Mapping[str, float], sentences: Mapping[str, str]
) -> tuple[Feature, ...]:
    """Return what contributed, the heaviest first."""
    found = [
        Feature(f"{table.name}.{name}", signals[name], weight, sentences.get(name, name))
        for name, weight in table.weights.items()
        if name in signals and weight
    ]
    return tuple(sorted(found, key=lambda f: (-abs(f.value * f.weight), f.name)))
