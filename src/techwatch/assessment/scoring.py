"""Add up a table of weights over the signals of an item, and keep the reasons."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from techwatch.model import Feature

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMED = 5  # words that a reason names


@dataclass(frozen=True, slots=True)
class Table:
    """A judgement: what each signal adds to its log-odds, and the log-odds of no signal at all."""

    name: str
    bias: float
    weights: Mapping[str, float]
    words: Mapping[str, float] = field(default_factory=dict)  # what each term adds


def score(table: Table, signals: Mapping[str, float], words: Mapping[str, float]) -> float:
    """Return the table's judgement of signals and words as a probability."""
    total = table.bias + _sum(table.weights, signals) + _sum(table.words, words)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def _sum(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    return sum(weights.get(name, 0.0) * value for name, value in values.items())


def features(
    table: Table,
    signals: Mapping[str, float],
    words: Mapping[str, float],
    sentences: Mapping[str, str],
) -> tuple[Feature, ...]:
    """Return what contributed, the heaviest first; all words together are one of them."""
    found = [
        Feature(f"{table.name}.{name}", value, table.weights[name], sentences.get(name, name))
        for name, value in signals.items()
        if table.weights.get(name)
    ]
    if any(table.words.get(term) for term in words):
        total = round(_sum(table.words, words), 4)
        found.append(Feature(f"{table.name}.words", total, 1.0, _strongest(table, words)))
    return tuple(sorted(found, key=lambda f: (-abs(f.value * f.weight), f.name)))


def _strongest(table: Table, words: Mapping[str, float]) -> str:
    """Name the words that counted most, for and against."""
    worth = {term: table.words.get(term, 0.0) * value for term, value in words.items()}
    most = sorted((t for t in worth if worth[t]), key=lambda t: (-abs(worth[t]), t))[:_NAMED]
    told = ", ".join(f"“{t.partition(' ')[2]}” {worth[t]:+.1f}" for t in most)
    return f"words that labelled news taught: {told}"
