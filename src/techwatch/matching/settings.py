"""What can be set about matching.

A plain dataclass, checked by pydantic where settings are read: `techwatch check` on a text starts
without pydantic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from techwatch.bounds import Between


@dataclass(frozen=True, slots=True)
class MatchingSettings:
    """How names are looked for. The last word on each is its description."""

    cutoff: Annotated[float, Between(0, 1), "Mentions that score below this are not counted."] = 0.5
    fuzzy: Annotated[bool, "Whether misspelt names are found too."] = True
    described: Annotated[
        bool, "Whether entities without a title are found by the words that describe them."
    ] = True
    text_limit: Annotated[
        int, Between(100), "Characters of each text that are searched; that there are more is told."
    ] = 100_000
    near: Annotated[
        int, Between(0), "How many characters away from a weak name a word may stand to support it."
    ] = 60
