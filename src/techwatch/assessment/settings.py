"""What can be set about the assessment.

A plain dataclass, checked by pydantic where settings are read: `techwatch check` on a text starts
without pydantic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from techwatch.bounds import Between


@dataclass(frozen=True, slots=True)
class AssessmentSettings:
    """How readily items are called relevant, and how near two tellings of one event stand."""

    relevance_cutoff: Annotated[
        float,
        Between(0, 1),
        "An item scored below this is unrelated; five sixths are asked of a plain step.",
    ] = 0.6
    development_cutoff: Annotated[
        float,
        Between(0, 1),
        "A relevant item scored below this brings nothing new; half is asked of a plain step.",
    ] = 0.65
    story_cutoff: Annotated[
        float, Between(0, 1), "An item joins the likeliest story scored at least this."
    ] = 0.17
    story_days: Annotated[
        int, Between(1, 90), "An item joins no story that has been quiet for more days."
    ] = 7
    restated_days: Annotated[
        int,
        Between(0, 365),
        "A step of the baseline told within so many days of its date is that step.",
    ] = 30
    repeat_days: Annotated[
        int,
        Between(0, 90),
        "A step that another story told is known if it is told alike within so many days.",
    ] = 7
    repeat_likeness: Annotated[
        float, Between(0, 1), "So alike must two headlines be to tell the same step."
    ] = 0.4
    body_limit: Annotated[
        int,
        Between(0),
        "So many characters of an item's body are read where its summary says too little.",
    ] = 200
