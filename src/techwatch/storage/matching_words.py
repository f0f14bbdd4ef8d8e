"""A query as the languages of SQLite's FTS5 and of PostgreSQL's text search write it. Pure.

Words hold letters and digits only, so that nothing in them means anything to either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.search.query import All, Either, Not, Phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from techwatch.search.query import Node


def fts5(wanted: Node | None, unwanted: Sequence[Node]) -> str:
    """Write what is wanted, and not, as FTS5 has it; without anything wanted what is unwanted."""
    without = " OR ".join(f"({_fts5(node)})" for node in unwanted)
    if wanted is None:
        return without
    return f"({_fts5(wanted)}) NOT ({without})" if without else _fts5(wanted)


def tsquery(wanted: Node | None, unwanted: Sequence[Node]) -> str:
    """Write the same as PostgreSQL has it."""
    without = " | ".join(f"({_tsquery(node)})" for node in unwanted)
    if wanted is None:
        return without
    return f"({_tsquery(wanted)}) & !({without})" if without else _tsquery(wanted)


def _fts5(node: Node) -> str:
    match node:
        case Phrase(words, begins, title):
            own = f'"{" ".join(words)}"' + (" *" if begins else "")
            return f"title : {own}" if title else own
        case Either(parts):
            return _beside(parts, " OR ", _fts5)
        case All(parts):
            wanted = [part for part in parts if not isinstance(part, Not)]
            unwanted = [part.part for part in parts if isinstance(part, Not)]
            found = _beside(wanted, " AND ", _fts5)
            return f"({found}) NOT ({_beside(unwanted, ' OR ', _fts5)})" if unwanted else found
        case Not(part):
            message = f"nothing is wanted beside {part}"
            raise ValueError(message)


def _tsquery(node: Node) -> str:
    match node:
        case Phrase(words, begins, title):
            last = (":" if begins or title else "") + "*" * begins + "A" * title
            all_ = ":A" if title else ""
            marked = [f"'{word}'{all_}" for word in words[:-1]] + [f"'{words[-1]}'{last}"]
            return " <-> ".join(marked)
        case Either(parts):
            return _beside(parts, " | ", _tsquery)
        case All(parts):
            return _beside(parts, " & ", _tsquery)
        case Not(part):
            return f"!({_tsquery(part)})"


def _beside(parts: Sequence[Node], joint: str, write: Callable[[Node], str]) -> str:
    return joint.join(f"({write(part)})" for part in parts)
