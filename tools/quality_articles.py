"""Measure what a body does to verdicts, on labelled news whose bodies are put together.

    python tools/quality_articles.py [--seed 1]

The labelled items have no bodies. Each gets one: its own summary as the lead, then the summaries of
five other items as background about others. Printed are the shares of items whose verdict is the
reader's, among three kinds (flagged or not, and the same of five), in four settings: as they are;
with that body beside the summary; with a summary that says nothing; with the body beside such a
summary.
"""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from labelled import DEV_ITEMS, Bench, Labelled, load_items

from techwatch.model import Field, Verdict

if TYPE_CHECKING:
    from techwatch.model import Item

NOTHING = "Read more."
LEAST = 80  # characters of a summary that is worth taking away
OTHERS = 5


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args().seed
    if not DEV_ITEMS.exists():
        print(f"skipped, no labelled items at {DEV_ITEMS}")
        return
    bench, items = Bench.make(), [one for one in load_items() if len(one.item.summary) >= LEAST]
    bodies = [_body(one, items, random.Random(f"{seed}{n}")) for n, one in enumerate(items)]  # noqa: S311
    plain = [judge(bench, one.item) for one in items]
    thin = [replace(one.item, summary=NOTHING) for one in items]
    print(f"{len(items)} labelled items with a summary of {LEAST} characters or more")
    show("as they are", items, plain, plain)
    pairs = list(zip(items, bodies, strict=True))
    show("with a body", items, [judge(bench, replace(o.item, body=b)) for o, b in pairs], plain)
    show("no summary", items, [judge(bench, one) for one in thin], plain)
    given = [replace(one, body=body) for one, body in zip(thin, bodies, strict=True)]
    show("no summary, a body", items, [judge(bench, one) for one in given], plain)


def judge(bench: Bench, item: Item) -> Verdict:
    """Judge an item, its body included, against the baseline alone."""
    texts = {Field.TITLE: item.title, Field.SUMMARY: item.summary, Field.BODY: item.body}
    return bench.assess(bench.assessor.read(item, bench.matcher.mentions(texts))).verdict


def show(name: str, items: list[Labelled], got: list[Verdict], plain: list[Verdict]) -> None:
    """Print one row."""
    count = len(items)
    same = sum(a is one.verdict for a, one in zip(got, items, strict=True)) / count
    flagged = sum(a.flagged is one.verdict.flagged for a, one in zip(got, items, strict=True))
    moved = sum(a is not b for a, b in zip(got, plain, strict=True))
    print(
        f"{name:20} right {same:.3f}  flagged rightly {flagged / count:.3f}  "
        f"other than as they are {moved}"
    )


def _body(own: Labelled, items: list[Labelled], dice: random.Random) -> str:
    others = [one for one in dice.sample(items, OTHERS + 1) if one is not own][:OTHERS]
    return " ".join([own.item.summary, *(one.item.summary for one in others)])


if __name__ == "__main__":
    sys.exit(main())
