"""Years that lie before an item's own: what is told of them is past."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techwatch.assessment.lexicon import Found, Kind, Word
from techwatch.model import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

# "In 2019", "of 2019", "i 2019", "2019年"; a bare number may be a model or an amount.
_YEAR = re.compile(
    r"\b(?:in|of|i|fra)\s+(?P<year>(?:19|20)\d\d)\b(?![-–/]\d)"
    r"|(?<!\d)(?P<nian>(?:19|20)\d\d)\s*年(?!前|代)",
    re.IGNORECASE,
)


def past_years(text: str, language: str, published: datetime | None) -> Iterator[Found]:
    """Yield a marker of the past for every year before that of publication; none without one."""
    if published is None:
        return
    for match in _YEAR.finditer(text):
        year = match["year"] or match["nian"]
        if int(year) < published.year:
            yield Found(Word(Kind.MARKER, Mode.PAST.value, language), match.start(), match.end())
