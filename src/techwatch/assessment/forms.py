"""The form of a headline: what shows that it is written about news rather than is news."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techwatch.model import Field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techwatch.assessment.told import Passage, Told

# Lists of the vocabulary with words of such forms; any of them makes a commentary.
COMMENTARY = ("explainer", "essay", "reaction", "poll", "profile", "outsider")
_LONG = 18  # words: sentences of accounts and of digests, seldom headlines
_QUOTE = re.compile(r"[‘“'\"「《].{3,}[’”'\"」》]")


def forms(
    passages: Sequence[Passage], told: Sequence[Told], words: Mapping[str, float]
) -> dict[str, float]:
    """Return the signals of form: those of the headline, and commentary that tells no step."""
    title = " ".join(p.text for p in passages if p.field is Field.TITLE).strip()
    commentary = bool(words.get("commentary_in_title"))
    in_title = bool(told) and told[0].event.field is Field.TITLE
    return {
        "question": float("?" in title or "？" in title),
        "quote": float(bool(_QUOTE.search(title))),
        "long": float(len(title.split()) >= _LONG),
        "full_stop": float(title.endswith(".")),
        "commentary_alone": float(commentary and not (told and told[0].is_step)),
        "commentary_on_text": float(commentary and not in_title),
    }
