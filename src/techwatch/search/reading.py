"""Whether an item holds what a query wants, by reading its words. Pure.

What an index is asked once for all items is asked here of few whose words are at hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.search.query import All, Either, Not

if TYPE_CHECKING:
    from techwatch.search.query import Node, Phrase, Query


def holds(query: Query, title: str, text: str) -> bool:
    """Say whether words are those that a query wants; filters and times are not looked at.

    Args:
        query: what is asked for.
        title: the words of the title in a row, as `words.indexed` gives them.
        text: those of the text likewise.
    """
    spaced = (f" {title} ", f" {text} ")
    wanted = query.wanted is None or _holds(query.wanted, spaced)
    return wanted and not any(_holds(node, spaced) for node in query.unwanted)


def _holds(node: Node, spaced: tuple[str, str]) -> bool:
    match node:
        case All(parts):
            return all(_holds(part, spaced) for part in parts)
        case Either(parts):
            return any(_holds(part, spaced) for part in parts)
        case Not(part):
            return not _holds(part, spaced)
    sought = _sought(node)
    return any(sought in words for words in (spaced[:1] if node.title else spaced))


def _sought(phrase: Phrase) -> str:
    return f" {' '.join(phrase.words)}" + ("" if phrase.begins else " ")
