"""How the reading of articles goes, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.model import ArticleState

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOLD = {
    ArticleState.READ: "read",
    ArticleState.WAITING: "waiting",
    ArticleState.REFUSED: "refused by robots.txt",
    ArticleState.NONE: "without an article",
    ArticleState.FAILED: "failed",
}


def told(counts: Mapping[ArticleState, int]) -> str:
    """Say what became of articles, such as "12 read, 2 refused by robots.txt"; empty for none."""
    return ", ".join(
        f"{counts[state]} {word}" for state, word in _TOLD.items() if counts.get(state)
    )
