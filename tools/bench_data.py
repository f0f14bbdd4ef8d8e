"""What is measured with: names, made up beyond those of the baseline, and items."""

from __future__ import annotations

import gzip
import itertools
import json
import random
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from techwatch.baseline.loading import load
from techwatch.model import Baseline, Field
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NAMES_AN_ENTITY = 5
MADE_UP = "made_up_"  # how the ids of such entities begin
NAMES_A_FILE = 5_000
SYLLABLES = (
    "ba", "bei", "chang", "co", "da", "dong", "fen", "gu", "hai", "jin", "ka", "ling", "lo", "mei",
    "min", "nu", "ping", "qiao", "ra", "shan", "su", "ti", "va", "wen", "xi", "yuan", "zhong", "zu",
)  # fmt: skip
Item = dict[Field, str]


def made_up_names(count: int, random_: random.Random) -> list[str]:
    """Give different names that no text holds by intent, capitalised, of one or two words."""
    names: dict[str, None] = {}
    while len(names) < count:
        words = random_.choice((1, 1, 2))
        name = " ".join(
            "".join(random_.choices(SYLLABLES, k=random_.randint(2, 4))).capitalize()
            for _ in range(words)
        )
        names[name] = None
    return list(names)


def batched(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Cut a list into pieces of a size."""
    return (names[start : start + size] for start in range(0, len(names), size))


def names_of(baseline: Baseline) -> list[str]:
    """List the names of all entities."""
    return [name.text for entity in baseline.entities.values() for name in entity.names]


def some_names(whole: Baseline, count: int) -> Baseline:
    """Keep entities with at most so many names: the real ones first, of each kind alike."""
    real = [e for e in whole.entities.values() if not e.id.startswith(MADE_UP)]
    made_up = [e for e in whole.entities.values() if e.id.startswith(MADE_UP)]
    step = max(1, -(-sum(len(e.names) for e in real) // count))
    chosen = [e for first in range(step) for e in real[first::step]] + made_up
    ends = itertools.accumulate(len(entity.names) for entity in chosen)
    kept = sum(end <= count for end in ends)
    return replace(whole, entities={entity.id: entity for entity in chosen[:kept]})


def write_filled_up(folder: Path, directory: Path, size: int) -> None:
    """Copy a baseline and add files of made-up entities until it has so many names."""
    shutil.copytree(folder, directory)
    have = names_of(load(folder))
    names = made_up_names(max(0, size - len(have)), random.Random(1))  # noqa: S311 - no secret
    known = {fold(name).text for name in have}
    names = [name for name in names if fold(name).text not in known]
    for number, part in enumerate(batched(names, NAMES_A_FILE)):
        path = directory / "actors" / f"made-up-{number:03}.yaml"
        path.write_text("".join(_entries(part, number)), encoding="utf-8")


def _entries(names: Sequence[str], file: int) -> Iterator[str]:
    for number, group in enumerate(batched(names, NAMES_AN_ENTITY)):
        yield f"- id: {MADE_UP}{file}_{number}\n  kind: actor\n  type: company\n"
        yield f"  name: {group[0]}\n  country: cn\n  names:\n    en:\n"
        yield from (f"      - {name}\n" for name in group)


def stored_items(path: Path, count: int) -> list[Item]:
    """Read items of real feeds."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in itertools.islice(lines, count)]
    return [{Field.TITLE: row["title"], Field.SUMMARY: row.get("summary") or ""} for row in rows]


def made_up_items(baseline: Baseline, count: int) -> list[Item]:
    """Make items of about 280 characters; one in ten names an entity."""
    random_ = random.Random(2)  # noqa: S311 - no secret
    known = names_of(baseline)
    words = [name.lower() for name in made_up_names(5_000, random_)]
    items = []
    for _ in range(count):
        text = random_.choices(words, k=40)
        if random_.random() < 0.1:
            text[20] = random_.choice(known)
        items.append({Field.TITLE: " ".join(text[:9]), Field.SUMMARY: " ".join(text[9:])})
    return items


def texts_of_length(items: Sequence[Item], length: int, most: int) -> list[Item]:
    """Cut the items' prose, in order, into at most so many texts of a length."""
    prose = " ".join(text for item in items for text in item.values())
    count = min(most, len(prose) // length)
    return [{Field.BODY: prose[n * length : (n + 1) * length]} for n in range(count)]
