"""What a query that finds nothing might leave out. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from techwatch.search.query import All, Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.search.query import Node, Query


def looser(query: Query) -> Iterator[tuple[str, Query]]:
    """Give queries that ask for one thing less, each with what is different, in words."""
    if query.since is not None:
        yield "without since:", replace(query, since=None)
    if query.until is not None:
        yield "without until:", replace(query, until=None)
    for number, having in enumerate(query.having):
        rest = query.having[:number] + query.having[number + 1 :]
        name = f"{'-' * having.negated}{having.name}:{','.join(having.values)}"
        yield f"without {name}", replace(query, having=rest)
    if query.unwanted:
        yield "with what NOT leaves out", replace(query, unwanted=())
    wanted = query.wanted
    if isinstance(wanted, All):
        for part in wanted.parts:
            rest_ = tuple(other for other in wanted.parts if other is not part)
            yield f"without {told(part)}", replace(query, wanted=_all(rest_))
    if isinstance(wanted, Phrase) and wanted.title:
        yield (
            "in the text too, not in headlines only",
            replace(query, wanted=replace(wanted, title=False)),
        )
    if isinstance(wanted, Phrase) and len(wanted.words) > 1 and wanted.words[0].isascii():
        apart = tuple(Phrase((word,), title=wanted.title) for word in wanted.words)
        yield "with the words anywhere, not in a row", replace(query, wanted=All(apart))
    if isinstance(wanted, Phrase) and not wanted.begins and wanted.words[-1].isascii():
        begun = replace(wanted, begins=True)
        yield f"with {told(wanted)}*, which finds what begins so", replace(query, wanted=begun)


def told(node: Node) -> str:
    """Name a part of a query."""
    return f"“{joined(node)}”" if isinstance(node, Phrase) else "one of its groups"


def joined(phrase: Phrase) -> str:
    """Write the words of a phrase as they stand in a text: pairs of Chinese overlap."""
    text = ""
    for word in phrase.words:
        if text and not word.isascii() and text[-1] == word[0]:
            text += word[1:]
        else:
            text += f" {word}" if text else word
    return text


def _all(parts: tuple[Node, ...]) -> Node:
    return parts[0] if len(parts) == 1 else All(parts)
