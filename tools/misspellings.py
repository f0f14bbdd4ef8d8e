"""Misspelt names in real sentences: how many of them the matcher finds. For measuring only."""

from __future__ import annotations

import gzip
import json
import random
import re
import string
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from techwatch.matching.typos import ONE_EDIT_LETTERS
from techwatch.model import EntityKind, Field

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techwatch.matching import Matcher
    from techwatch.model import Baseline, Name

VARIANTS = 20  # of each name
KINDS = ("letter dropped", "letter added", "letter changed", "letters swapped")
OWN_SENTENCES = (
    "Officials told {} to wait until spring",
    "A report on {} was published in Oslo on Tuesday",
    "Lawyers for {} declined to comment on the matter",
    "Investors in Asia ask what comes next for {}",
    "The mayor and a man from {} opened the bridge",
)
# In a headline that isn't in headline case: a lone capitalised word after a preposition.
_PLACE_FOR_A_NAME = re.compile(r"(?<=[a-z] )(for|with|from|by) [A-Z][a-z]{4,}(?![\w'’-]| [A-Z])")
_MOST_CAPITALS = 0.4  # share of a headline's words


@dataclass
class Recall:
    """What was found of the misspelt names, by what was done to them."""

    found: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    missed: list[tuple[str, str]] = field(default_factory=list)  # name, as misspelt

    def add(self, kind: str, name: str, slip: str, *, found: bool) -> None:
        """Count one."""
        self.found[kind].append(found)
        if not found:
            self.missed.append((name, slip))

    def share(self, kind: str | None = None) -> float:
        """Return the share found, of one kind or of all."""
        all_ = [one for k, ones in self.found.items() if kind in {None, k} for one in ones]
        return sum(all_) / len(all_)


def sentences(stream: Path, most: int = 500) -> tuple[str, ...]:
    """Take headlines of the stream in which a name is left out; our own where it is absent."""
    if not stream.is_file():
        return OWN_SENTENCES
    found: list[str] = []
    with gzip.open(stream, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            title = row["title"].replace("{", "").replace("}", "")
            words = re.findall(r"[A-Za-z]{4,}", title)
            capitals = sum(word[0].isupper() for word in words)
            if row["lang"].startswith("en") and capitals <= _MOST_CAPITALS * len(words):
                template, count = _PLACE_FOR_A_NAME.subn(r"\1 {}", title, count=1)
                if count:
                    found.append(template)
            if len(found) == most:
                break
    return tuple(found) or OWN_SENTENCES


def names(baseline: Baseline) -> Iterator[tuple[str, Name]]:
    """Give the names that may be misspelt, with their entity's id: letters only, a word of 5."""
    for entity in baseline.entities.values():
        for name in entity.names:
            words = name.text.split()
            if (
                entity.kind is not EntityKind.PLACE
                and name.fuzzy
                and not (name.weak or name.exact_case)
                and name.text.isascii()
                and all(map(str.isalpha, words))
                and max(map(len, words)) >= ONE_EDIT_LETTERS
            ):
                yield entity.id, name


def misspelt(name: str, random_: random.Random) -> tuple[str, str]:
    """Make one random edit in a word of five letters or more; return its kind and the result.

    Any letter may be hit, the first too. A name that comes out as it was is tried again.
    """
    words = [m.span() for m in re.finditer(r"\w+", name) if len(m[0]) >= ONE_EDIT_LETTERS]
    places = [at for start, end in words for at in range(start, end)]
    while True:
        kind, at = random_.choice(KINDS), random_.choice(places)
        slip = _edited(name, at, kind, random_.choice(string.ascii_lowercase))
        if slip is not None and slip.lower() != name.lower():
            return kind, slip


def _edited(name: str, at: int, kind: str, letter: str) -> str | None:
    """Edit a name at a letter; None where that can't be done."""
    if kind == "letter dropped":
        return name[:at] + name[at + 1 :]
    if kind == "letter added":
        return name[:at] + (letter if at else letter.upper()) + name[at:]
    if kind == "letter changed":
        return name[:at] + (letter.upper() if name[at].isupper() else letter) + name[at + 1 :]
    pair = name[at : at + 2]
    if not pair[1:].isalpha():
        return None
    swapped = pair[::-1]
    if pair[0].isupper() and pair[1].islower():
        swapped = swapped.capitalize()
    return name[:at] + swapped + name[at + 2 :]


def measure(
    matcher: Matcher, baseline: Baseline, templates: tuple[str, ...], seed: int = 1
) -> Recall:
    """Misspell every name in VARIANTS ways, each in a sentence, and look for its entity."""
    random_ = random.Random(seed)  # noqa: S311 - no secret
    recall = Recall()
    for entity_id, name in names(baseline):
        for _ in range(VARIANTS):
            kind, slip = misspelt(name.text, random_)
            text = random_.choice(templates).format(slip)
            found = {mention.entity_id for mention in matcher.mentions({Field.TITLE: text})}
            recall.add(kind, name.text, slip, found=entity_id in found)
    return recall
