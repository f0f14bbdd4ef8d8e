"""Measure which actors and laws the matcher finds in labelled news.

    python tools/quality_matching.py [--errors N] [--data DIRECTORY] [--baseline DIRECTORY]

Prints precision, recall and F1 over (item, entity) pairs, as the data's own scorer counts them,
for all languages and each; before that how many cases of the case file go as noted and how many
misspelt names are found, and last what is found in headlines that speak of something else. With
--errors it lists for each entity what was found wrongly (+) or missed (-).
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import misspellings
from rich.console import Console
from rich.table import Table

from techwatch.baseline.loading import load
from techwatch.matching import Matcher, MatchingSettings
from techwatch.model import Baseline, EntityKind, Field, Mention, Method
from techwatch.text import strip_markup
from techwatch.yamlfile import read

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "tests" / "matching" / "cases.yaml"
STRENGTHS = ("strong", "medium", "weak")
KINDS = {"actors": EntityKind.ACTOR, "laws": EntityKind.LAW}
console = Console(highlight=False, soft_wrap=True)


@dataclass
class Count:
    """Pairs of item and entity: found rightly, found wrongly, missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, gold: set[str], found: set[str]) -> None:
        """Count one item."""
        self.right += len(gold & found)
        self.wrong += len(found - gold)
        self.missed += len(gold - found)

    def row(self) -> list[str]:
        """Give precision, recall and F1 for a table."""
        precision = self.right / max(self.right + self.wrong, 1)
        recall = self.right / max(self.right + self.missed, 1)
        f1 = 2 * self.right / max(2 * self.right + self.wrong + self.missed, 1)
        return [f"{value:.3f}" for value in (precision, recall, f1)]


@dataclass
class Errors:
    """What went wrong, by entity."""

    items: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, row: dict[str, Any], gold: set[str], mentions: list[Mention]) -> None:
        """Note one item's errors."""
        found: dict[str, list[str]] = defaultdict(list)
        for m in mentions:
            found[m.entity_id].append(f"{m.surface!r} {m.method} {m.score:.2f}")
        for entity_id in sorted(found.keys() - gold):
            self.items["+", entity_id].append(f"{row['title']}  <- {found[entity_id][0]}")
        for entity_id in sorted(gold - found.keys()):
            self.items["-", entity_id].append(f"{row['title']} | {row.get('summary') or ''}"[:300])

    def show(self, most: int) -> None:
        """Print them, the commonest first."""
        for (sign, entity_id), titles in sorted(self.items.items(), key=lambda e: -len(e[1])):
            console.print(f"\n{sign} {entity_id} {len(titles)}", style="bold")
            for title in titles[:most]:
                console.print("   ", title, markup=False)


def texts(row: dict[str, Any]) -> dict[Field, str]:
    """Give an item's texts as the pipeline does."""
    return {Field.TITLE: row["title"], Field.SUMMARY: row.get("summary") or ""}


def of_kind(mentions: tuple[Mention, ...], baseline: Baseline, kind: EntityKind) -> list[Mention]:
    """Keep the mentions of one kind of entity."""
    return [m for m in mentions if baseline.entities[m.entity_id].kind is kind]


def measure_labelled(path: Path, matcher: Matcher, baseline: Baseline, most_errors: int) -> None:
    """Print how well the labels are met."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    counts: dict[tuple[str, str], Count] = defaultdict(Count)
    errors = {key: Errors() for key in KINDS}
    for row in rows:
        mentions = matcher.mentions(texts(row))
        for key, kind in KINDS.items():
            chosen = of_kind(mentions, baseline, kind)
            gold = set(row[key])
            for group in ("all", row["lang"]):
                counts[key, group].add(gold, {m.entity_id for m in chosen})
            errors[key].add(row, gold, chosen)
    table = Table("", "items", "precision", "recall", "F1", title=f"{len(rows)} labelled items")
    for (key, group), count in sorted(counts.items()):
        table.add_row(key, group, *count.row())
    console.print(table)
    for key in KINDS:
        if most_errors:
            console.rule(key)
            errors[key].show(most_errors)


def measure_background(path: Path, matcher: Matcher, baseline: Baseline) -> None:
    """Print what is found in headlines that speak of something else."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    found = [
        mention
        for row in rows
        for mention in matcher.mentions(texts(row))
        if baseline.entities[mention.entity_id].kind is not EntityKind.PLACE
    ]
    table = Table("method", "mentions", "commonest", title=f"{len(rows)} items of the background")
    for method in Method:
        surfaces = Counter(m.surface for m in found if m.method is method)
        commonest = ", ".join(f"{surface} {n}" for surface, n in surfaces.most_common(12))
        table.add_row(method, str(surfaces.total()), commonest)
    console.print(table)


def measure_misspellings(data: Path, matcher: Matcher, baseline: Baseline, shown: int) -> None:
    """Print how many misspelt names are found, each in twenty ways and in real sentences."""
    templates = misspellings.sentences(data / "stream_2023-01.jsonl.gz")
    recall = misspellings.measure(matcher, baseline, templates)
    names = len(list(misspellings.names(baseline)))
    title = f"{names} names, {misspellings.VARIANTS} slips each, in {len(templates)} sentences"
    table = Table("slip", "tried", "found", title=title)
    for kind in misspellings.KINDS:
        table.add_row(kind, str(len(recall.found[kind])), f"{recall.share(kind):.3f}")
    table.add_row("all", str(sum(map(len, recall.found.values()))), f"{recall.share():.3f}")
    console.print(table)
    for name, slip in recall.missed[:shown]:
        console.print("   ", f"{name}: {slip}", markup=False)


def measure_cases(path: Path, matcher: Matcher, baseline: Baseline) -> None:
    """Print how many cases of the case file go as noted, by category and strength."""
    table = Table("category", *STRENGTHS, "all", title=f"cases of {path.name} that go as noted")
    totals: dict[str, list[bool]] = defaultdict(list)
    for category, cases in read(path).data.items():
        results: dict[str, list[bool]] = defaultdict(list)
        for case in cases:
            text = strip_markup(case["text"]) if case.get("markup") else case["text"]
            found: dict[str, str] = {}
            for m in matcher.mentions({Field.TITLE: text}):
                if baseline.entities[m.entity_id].kind is not EntityKind.PLACE:
                    found.setdefault(m.entity_id, m.surface)
            for key in (case.get("strength", "strong"), "all"):
                results[key].append(found == case["expect"])
                totals[key].append(found == case["expect"])
        table.add_row(category, *(_share(results[key]) for key in (*STRENGTHS, "all")))
    table.add_row("all", *(_share(totals[key]) for key in (*STRENGTHS, "all")), style="bold")
    console.print(table)


def _share(results: list[bool]) -> str:
    return f"{sum(results)}/{len(results)}" if results else ""


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description="Measure the matcher on labelled news.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--baseline", type=Path, default=ROOT / "baseline")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="examples an entity")
    arguments = parser.parse_args()
    baseline = load(arguments.baseline)
    matcher = Matcher(baseline, MatchingSettings())
    measure_cases(CASES, matcher, baseline)
    measure_misspellings(arguments.data, matcher, baseline, arguments.errors)
    if not arguments.data.is_dir():
        console.print(f"the rest is skipped: no labelled news at {arguments.data}")
        return
    measure_labelled(arguments.data / "dev_items.jsonl", matcher, baseline, arguments.errors)
    measure_background(arguments.data / "background_dev.jsonl.gz", matcher, baseline)


if __name__ == "__main__":
    main()
