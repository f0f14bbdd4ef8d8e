"""List the names that the baseline lacks in labelled news and in the stream, to be judged by eye.

Three gates are compared: items that were flagged, items that are on topic (what the program uses),
and every item that names an actor or a law. Nobody labelled the names, so that precision is a
count by hand: of those listed, how many name an actor or a law, and how many are of use.
`--sample N` draws N names at random instead of the first ones.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from labelled import DEV_ITEMS, STREAM, Bench, Labelled, as_item, lines, load_items

from techwatch.baseline.wordlist import dictionary
from techwatch.matching.emerging import EmergingNames
from techwatch.model import EntityKind, Field, Verdict

if TYPE_CHECKING:
    from techwatch.model import Assessment, Sighting

GATES = ("flagged", "on topic", "named")
_WIDTH = 120


def main() -> None:
    """Judge the items, find the names, print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gate", choices=GATES, default="on topic")
    parser.add_argument("--most", type=int, default=50, help="names printed of each set")
    parser.add_argument("--sample", type=int, help="names drawn at random instead")
    parser.add_argument("--stream", type=int, default=None, help="only so many of the stream")
    options = parser.parse_args()
    for title, path in (("labelled news", DEV_ITEMS), ("stream", STREAM)):
        if not path.exists():
            print(f"{title}: {path} is absent, skipped")
            continue
        items = load_items() if path == DEV_ITEMS else _stream(options.stream)
        _report(title, items, options)


def _stream(most: int | None) -> list[Labelled]:
    return [Labelled(as_item(raw, n), raw) for n, raw in enumerate(lines(STREAM))][:most]


def _report(title: str, items: list[Labelled], options: argparse.Namespace) -> None:
    bench = Bench.make()
    names = EmergingNames(bench.baseline, dictionary)
    found: dict[str, list[tuple[Sighting, Labelled]]] = defaultdict(list)
    passed, spent = Counter[str](), 0.0
    for labelled in items:
        assessment = bench.assess(bench.read(labelled))
        gates = [gate for gate in GATES if _passes(assessment, gate, bench)]
        passed.update(gates)
        if options.gate in gates:
            texts = {Field.TITLE: labelled.item.title, Field.SUMMARY: labelled.item.summary}
            start = time.process_time()
            sightings = names.find(texts, labelled.item.language, assessment.mentions)
            spent += time.process_time() - start
            for sighting in sightings:
                found[sighting.key].append((sighting, labelled))
    counted = ", ".join(f"{gate} {passed[gate]}" for gate in GATES)
    each = 1e6 * spent / max(1, passed[options.gate])
    print(f"\n{title}: {len(items)} items ({counted}); {len(found)} names in items {options.gate}")
    print(f"{each:,.0f} microseconds of processor time an item, the word lists' reading included")
    ranked = sorted(found.values(), key=lambda group: (-len(group), group[0][0].key))
    if options.sample:
        ranked = random.Random(0).sample(ranked, min(options.sample, len(ranked)))  # noqa: S311
    for group in ranked[: options.sample or options.most]:
        sighting = group[0][0]
        print(
            f"{len(group):3}  {sighting.kind:5}  {sighting.surface}  [{', '.join(sighting.near)}]  "
            f"{sighting.sentence}"[:_WIDTH]
        )


def _passes(assessment: Assessment, gate: str, bench: Bench) -> bool:
    if gate == "flagged":
        return assessment.verdict.flagged
    if gate == "on topic":
        return assessment.verdict is not Verdict.UNRELATED
    entities = bench.baseline.entities
    return any(entities[m.entity_id].kind is not EntityKind.PLACE for m in assessment.mentions)


if __name__ == "__main__":
    main()
