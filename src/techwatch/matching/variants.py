"""Which of several emerging names are short for others: a surname, or the initials of a body."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_INITIAL = re.compile(r"\b[A-Z](?=[a-z])")
_ACRONYM = re.compile(r"[A-Z]{3,6}")
_SHORTEST = 4  # letters of a surname that is taken for one


class Seen(NamedTuple):
    """How a name is written, of what kind it is, and beside whom it stands."""

    surface: str
    kind: str  # actor or law
    near: frozenset[str]  # entity ids


def initials(surface: str) -> str:
    """Return the initials of a name's capitalised words: MSS of Ministry of State Security."""
    return "".join(_INITIAL.findall(surface))


def short_for(names: Mapping[str, Seen]) -> dict[str, str]:
    """Return the keys of short names, each with the key of the one longer name that it means.

    A short name means a longer one of its kind if that is the only one that has such initials, or
    that ends in it and stands near one of the same entities; else it stays a name of its own.
    """
    by_initials: dict[str, list[str]] = defaultdict(list)
    by_last_word: dict[str, list[str]] = defaultdict(list)
    for key, seen in names.items():
        words = key.split()
        if len(words) > 1:
            by_initials[initials(seen.surface)].append(key)
            by_last_word[words[-1]].append(key)
    found = {}
    for key, seen in names.items():
        if _ACRONYM.fullmatch(seen.surface):
            meant = by_initials.get(seen.surface, [])
        elif key.isalpha() and len(key) >= _SHORTEST:
            meant = [k for k in by_last_word.get(key, ()) if names[k].near & seen.near]
        else:
            continue
        meant = [k for k in meant if names[k].kind == seen.kind and k != key]
        if len(meant) == 1:
            found[key] = meant[0]
    return found
