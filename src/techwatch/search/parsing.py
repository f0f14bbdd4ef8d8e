"""Reading a query as a person writes it. Pure; errors say where, and what is allowed there.

Of OR and words side by side OR holds closer, as in web search: `huawei chip OR phone` asks for
Huawei with either.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from techwatch.errors import QueryError
from techwatch.model import Verdict
from techwatch.search.moments import moment
from techwatch.search.query import All, Either, Having, Not, Phrase, Query
from techwatch.search.words import look_for

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.search.query import Node

LONGEST = 1_000  # characters of a query
MOST_TERMS = 60  # words, phrases and filters of a query
_DEEPEST = 20  # parentheses in parentheses

FILTERS = ("entity", "verdict", "feed", "lang", "since", "until")
_KNOWN = ", ".join(f"{name}:" for name in (*FILTERS, "title"))
_VERDICTS = (*(verdict.value for verdict in Verdict), "flagged")
# As keyboards for Chinese and word processors write them.
_PLAIN = str.maketrans("（）：＂“”„«»「」", '():""""""""')
_PIECE = re.compile(r'\s+|[()]|"[^"]*"?|[^\s()"]+')
_NAMED = re.compile(r"([a-z]+):", re.IGNORECASE)
_JOINERS = frozenset({"OR", "AND", "NOT"})


class _Filter(NamedTuple):
    name: str
    value: str
    at: int


class _Piece(NamedTuple):
    text: str
    at: int  # from 0


def parse(text: str, now: datetime) -> Query:
    """Read a query.

    Args:
        text: as it was typed.
        now: aware; days are those of its zone, and ages count back from it.

    Raises:
        QueryError: with the place in the query and what is allowed.
    """
    if len(text) > LONGEST:
        raise QueryError(text, LONGEST, f"a query has at most {LONGEST:,} characters")
    return _Reading(text, now).query()


class _Reading:
    """One query being read, piece by piece."""

    def __init__(self, text: str, now: datetime) -> None:
        self._text = text
        self._now = now
        found = _PIECE.finditer(text.translate(_PLAIN))
        self._pieces = [_Piece(m.group(), m.start()) for m in found if not m.group().isspace()]
        self._next = 0
        self._terms = 0
        self._depth = 0
        self._phrases: list[Phrase] = []

    def query(self) -> Query:
        """Read all of it."""
        query = Query()
        wanted: list[Node] = []
        unwanted: list[Node] = []
        for part, negated in self._parts():
            if isinstance(part, _Filter):
                query = self._narrowed(query, part, negated=negated)
            else:
                (unwanted if negated else wanted).append(part)
        return replace(
            query,
            wanted=_joined(wanted),
            unwanted=tuple(unwanted),
            words=tuple(dict.fromkeys(self._phrases)),
        )

    def _parts(self) -> list[tuple[Node | _Filter, bool]]:
        """Read what stands side by side, up to the end or a closing parenthesis."""
        parts: list[tuple[Node | _Filter, bool]] = []
        while (piece := self._peek()) and piece.text != ")":
            if piece.text == "AND" and parts and self._next + 1 < len(self._pieces):
                self._next += 1
            parts.append(self._alternatives())
        if piece and self._depth == 0:
            raise self._wrong(piece.at, "no parenthesis is open here")
        return parts

    def _alternatives(self) -> tuple[Node | _Filter, bool]:
        """Read one part, or several with OR between them."""
        first_at = self._pieces[self._next].at
        found = [(first_at, self._part())]
        while (piece := self._peek()) and piece.text == "OR":
            self._next += 1
            at = self._pieces[self._next].at if self._peek() else len(self._text)
            found.append((at, self._part()))
        if len(found) == 1:
            return found[0][1]
        nodes = []
        for at, (part, negated) in found:
            if isinstance(part, _Filter):
                raise self._wrong(at, "a filter can't stand beside OR; give a list: verdict:a,b")
            if negated:
                raise self._wrong(at, "NOT can't stand beside OR")
            nodes.append(part)
        return Either(tuple(nodes)), False

    def _part(self) -> tuple[Node | _Filter, bool]:
        """Read one part; tells whether it is unwanted."""
        negated, kept = False, len(self._phrases)
        while (piece := self._peek()) and (piece.text in {"NOT", "-"} or piece.text[:1] == "-"):
            negated = not negated
            if piece.text == "NOT" or len(piece.text) == 1:
                self._next += 1
            else:
                self._pieces[self._next] = _Piece(piece.text[1:], piece.at + 1)
        part = self._single()
        if negated:
            del self._phrases[kept:]
        return part, negated

    def _single(self) -> Node | _Filter:
        piece = self._peek()
        if piece is None or piece.text == ")" or piece.text in _JOINERS:
            at = piece.at if piece else len(self._text)
            raise self._wrong(at, "a word, a phrase in quotes, a filter or ( is missing here")
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise self._wrong(piece.at, f"a query has at most {MOST_TERMS} parts")
        self._next += 1
        if piece.text == "(":
            return self._group(piece.at)
        if piece.text[0] == '"':
            return self._quoted(piece)
        if named := _NAMED.match(piece.text):
            return self._named(named.group(1).lower(), piece, named.end())
        return self._phrase(piece.text, piece.at)

    def _group(self, at: int) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._wrong(at, f"parentheses stand at most {_DEEPEST} deep")
        parts = self._parts()
        if self._peek() is None:
            raise self._wrong(at, "this parenthesis is not closed")
        self._next += 1
        self._depth -= 1
        nodes: list[Node] = []
        for part, negated in parts:
            if isinstance(part, _Filter):
                raise self._wrong(part.at, "a filter can't stand in parentheses")
            nodes.append(Not(part) if negated else part)
        if all(isinstance(node, Not) for node in nodes):
            raise self._wrong(at, "parentheses need a word that is wanted")
        return _joined(nodes) or All(())

    def _quoted(self, piece: _Piece, *, title: bool = False) -> Phrase:
        if len(piece.text) < 2 or piece.text[-1] != '"':  # noqa: PLR2004 - two quotes
            raise self._wrong(piece.at, "this quote is not closed")
        text = piece.text[1:-1]
        follows = self._peek()
        begins = follows is not None and follows == ("*", piece.at + len(piece.text))
        if begins:
            self._next += 1
        return self._phrase(text + "*" * begins, piece.at, title=title)

    def _named(self, name: str, piece: _Piece, end: int) -> Node | _Filter:
        """Read what begins with a name and a colon; its value may stand in quotes."""
        if name not in {*FILTERS, "title"}:
            message = f"there is no {name}: here; there are {_KNOWN}"
            raise self._wrong(piece.at, f"{message}. To find it as text put it in quotes")
        value = piece.text[end:]
        follows = self._peek()
        adjoins = follows is not None and follows.at == piece.at + len(piece.text)
        if not value and follows and adjoins and follows.text[0] == '"':
            self._next += 1
            if name == "title":
                return self._quoted(follows, title=True)
            value = follows.text.strip('"')
        if not value.strip():
            raise self._wrong(piece.at + end, f"{name}: needs a value right after it")
        if name == "title":
            return self._phrase(value, piece.at + end, title=True)
        return _Filter(name, value.strip(), piece.at + end)

    def _phrase(self, text: str, at: int, *, title: bool = False) -> Phrase:
        words, begins = look_for(text)
        if not words:
            raise self._wrong(at, "there is no letter or digit to look for")
        phrase = Phrase(words, begins or text.endswith("*"), title)
        self._phrases.append(phrase)
        return phrase

    def _narrowed(self, query: Query, found: _Filter, *, negated: bool) -> Query:
        if found.name in {"since", "until"}:
            if negated:
                other = "until" if found.name == "since" else "since"
                raise self._wrong(found.at, f"no NOT before {found.name}:; use {other}:")
            return self._within(query, found)
        values = tuple(value.strip() for value in found.value.split(",") if value.strip())
        if not values:
            raise self._wrong(found.at, f"{found.name}: needs a value right after it")
        if found.name == "verdict":
            values = self._verdicts(values, found.at)
        return replace(query, having=(*query.having, Having(found.name, values, negated)))

    def _within(self, query: Query, found: _Filter) -> Query:
        try:
            begin, end = moment(found.value, self._now)
        except ValueError as error:
            raise self._wrong(found.at, str(error)) from None
        if found.name == "since":
            return replace(query, since=max(begin, query.since or begin))
        return replace(query, until=min(end, query.until or end))

    def _verdicts(self, values: tuple[str, ...], at: int) -> tuple[str, ...]:
        wanted: dict[str, None] = {}
        for value in values:
            if value not in _VERDICTS:
                known = ", ".join(_VERDICTS)
                raise self._wrong(at, f"no verdict is called {value}; there are {known}")
            flagged = [verdict.value for verdict in Verdict if verdict.flagged]
            wanted |= dict.fromkeys(flagged if value == "flagged" else [value])
        return tuple(wanted)

    def _peek(self) -> _Piece | None:
        return self._pieces[self._next] if self._next < len(self._pieces) else None

    def _wrong(self, at: int, message: str) -> QueryError:
        return QueryError(self._text, at, message)


def _joined(nodes: list[Node]) -> Node | None:
    if len(nodes) > 1:
        return All(tuple(nodes))
    return nodes[0] if nodes else None
