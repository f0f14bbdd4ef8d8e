"""Check that a change left what is found as it was.

    python tools/same_mentions.py write FILE     before the change
    python tools/same_mentions.py compare FILE   after it; prints what differs, ends with 1 if any

Every mention of every item of the stream is written, with its score and features, and of as many
items into which names were planted, misspelt, split and in other cases. Reads ../shared/data.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench_data import Item, names_of, stored_items

from techwatch.baseline.loading import load
from techwatch.matching import Matcher, MatchingSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
STREAM = ROOT.parent / "shared" / "data" / "stream_2023-01.jsonl.gz"
ODD = ("\u00ad", "\u200b", "-", "  ", "’s", "s", "\u0301", ",", ".", "@", "/", "'", "2", "ß", "…")
SHOWN = 5  # items that differ


def misspelt(name: str, random_: random.Random) -> str:
    """Change up to two letters of a name, or put something odd into it."""
    letters = list(name)
    for _ in range(random_.choice((0, 1, 1, 2))):
        at = random_.randrange(len(letters))
        letters[at] = random_.choice(
            (
                "",
                letters[at] * 2,
                random_.choice("aeistn"),
                letters[at].swapcase(),
                f" {letters[at]}",
            )
        ) + (random_.choice(ODD) if random_.random() < 0.2 else "")
    return "".join(letters)


def planted(items: list[Item], names: list[str]) -> Iterator[Item]:
    """Put names into items; one in seven changes its case as a whole."""
    random_ = random.Random(7)  # noqa: S311 - no secret
    for item in items:
        changed = {}
        for field, text in item.items():
            words = text.split(" ")
            for _ in range(random_.randrange(3)):
                words.insert(
                    random_.randrange(len(words) + 1), misspelt(random_.choice(names), random_)
                )
            case = random_.choice((str, str, str, str, str.lower, str.upper, str.title))
            changed[field] = case(" ".join(words))
        yield changed


def main() -> None:
    """Read the arguments, find, write or compare."""
    parser = argparse.ArgumentParser(description="Check that what is found did not change.")
    parser.add_argument("what", choices=("write", "compare"))
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    if not STREAM.is_file():
        sys.exit(f"same_mentions: skipped, there is no {STREAM}")
    baseline = load(ROOT / "baseline")
    matcher = Matcher(baseline, MatchingSettings())
    items = stored_items(STREAM, 1_000_000)
    items = [*items, *planted(items, names_of(baseline))]
    found = [ascii(matcher.mentions(item)) for item in items]
    if arguments.what == "write":
        arguments.file.write_text("\n".join(found), encoding="ascii")
        print(f"{len(items):,} items written")
        return
    before = arguments.file.read_text(encoding="ascii").split("\n")
    pairs = zip(before, found, items, strict=True)
    differing = [(old, new, item) for old, new, item in pairs if old != new]
    for old, new, item in differing[:SHOWN]:
        print(f"{item}\n  before: {old}\n  now:    {new}")
    print(f"{len(items):,} items, {len(differing):,} differ")
    sys.exit(bool(differing))


if __name__ == "__main__":
    main()
