"""Finds the sentences that modules of techwatch say and pages of the desk show.

Errors, problems of files, conditions of feeds, faults: they are written in English where they are
found out, many of them stored. Pages recognise them by their form, to say them in the reader's
language (`techwatch.web.telling`); this lists the forms, for `make messages`.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTEXT = "told"  # tells them from what pages say themselves
SOURCE = Path(__file__).parents[1] / "src" / "techwatch"
# Whose sentences come to pages. What only commands say is not translated.
SAID_BY = (
    "web/**/*.py", "judgements.py", "feed_keeping.py", "edition_keeping.py", "installation.py",
    "feed_checks.py", "reading_pages.py", "cases.py",
    "issues.py", "emerging.py", "faults.py", "status.py", "watch.py", "searching.py",
    "acceptance.py", "delivering.py", "errors.py", "yamlfile.py", "phrases.py", "comparing.py",
    "feeds/*.py", "search/*.py", "baseline/*.py",
    "digests/editions.py", "digests/cron.py", "digests/editing.py", "digests/schedule.py",
    "digests/delivery/*.py",
    "storage/asked.py", "storage/feeds.py", "storage/hooks.py", "storage/judgements.py",
    "storage/judging.py", "storage/ledger.py", "storage/reading.py", "storage/saved.py",
    "storage/search.py", "storage/teaching.py", "storage/database.py",
    "storage/sqlite.py", "storage/digests.py", "storage/judging_transaction.py",
    "storage/logins.py", "storage/people.py", "storage/search_developments.py",
    "matching/scoring.py", "matching/described.py", "assessment/weights.py",
    "assessment/scoring.py", "assessment/wrong_names.py", "assessment/pairs.py",
)  # fmt: skip
_NEVER = (  # read by whoever starts it, or nowhere on a page
    "web/settings.py", "web/serving.py", "*_settings.py", "feeds/hub_client.py",
    "feeds/extraction.py", "feeds/articles.py", "feeds/encoding.py", "web/describing.py",
)  # fmt: skip
_NO_SENTENCES = frozenset({"account %(account_id)s", "address %(address)s", "token %(token_id)s"})
_CALLS = re.compile(r"\w*Error|Problem|[Ff]ault|Wait|HTTPException|_?[Ww]rong|Row|Feature")
_NAMES = frozenset(
    {"message", "advice", "why", "moved", "refused", "wrong", "told", "reason", "said", "missed"}
    | {"ended", "room", "damage", "how"}
)
_WORD = re.compile(r"[^\W\d_]{3,}")
# Put together elsewhere than in one place.
OTHERS = (
    "no %(what)s %(name)s",
    "no %(what)s %(name)s: %(advice)s",
    "the kind of event: %(name)s",
    "by %(who)s",
    "no actor or law of the baseline, and no matter of Chinese technology policy",
    "too little ties it to Chinese technology policy",
    "nothing is wanted beside %(part)s",
    # What is put into others.
    "once",
    "%(failures)s times in a row",
    "ahead of",
    "behind",
    "one slip",
    "with other punctuation",
    "with other spaces between its words",
    "%(edits)s slips",
    "due",
    "sending",
    "sent",
    "failed",
    "uncertain",
    "dropped",
    "read",
    "teach",
    "feeds",
    "baseline",
    "filters",
    "admin",
)


def sentences() -> Iterator[tuple[Path, int, str]]:
    """Give each form that a sentence has: its file, its line, and the form as a message.

    What is put into it stands there as "%(name)s".
    """
    for pattern in SAID_BY:
        for path in sorted(SOURCE.glob(pattern)):
            if not any(path.match(never) for never in _NEVER):
                for line, form in _of(ast.parse(path.read_text(encoding="utf-8"))):
                    yield path, line, form


def _of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        for value in _values(node):
            for text in _texts(value):
                form = _form(text)
                if _is_said(form) or (value is _missing(node) and form):
                    yield text.lineno, form


def _values(node: ast.AST) -> list[ast.expr]:
    """Return what stands where a sentence is said: in an error, or in a variable called so."""
    match node:
        case ast.Call():
            return _arguments(node)
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            pairs = zip(names, values, strict=True)
            return [value for name, value in pairs if _is_named(name)]
        case ast.Assign(targets=[name]) | ast.AugAssign(target=name) if _is_named(name):
            return [node.value]
        case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value):
            return [value]
    return []


def _arguments(call: ast.Call) -> list[ast.expr]:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else _called(call.func)
    gathers = called == "append" and _is_named(getattr(call.func, "value", None))
    if gathers or called == "__init__" or _CALLS.fullmatch(called):
        return [*call.args, *(keyword.value for keyword in call.keywords)]
    return []


def _called(value: ast.AST | None) -> str:
    return value.id if isinstance(value, ast.Name) else ""


def _is_named(value: ast.AST | None) -> bool:
    return _called(value) in _NAMES


def _texts(value: ast.expr) -> Iterator[ast.Constant | ast.JoinedStr]:
    match value:
        case ast.Constant(value=str()) | ast.JoinedStr():
            yield value  # type: ignore[misc]
        case ast.IfExp():
            yield from _texts(value.body)
            yield from _texts(value.orelse)
        case ast.Tuple():
            for one in value.elts:
                yield from _texts(one)


def _form(text: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(text, ast.Constant):
        return str(text.value)
    form, names = "", list[str]()
    for part in text.values:
        if isinstance(part, ast.FormattedValue):
            name = _name(part.value)
            names.append(name)
            count = names.count(name)
            form += f"%({name}{count if count > 1 else ''})s"
        elif isinstance(part, ast.Constant):
            form += str(part.value)
    return form


def _name(value: ast.expr) -> str:
    """Name what is put into a sentence, after what it is called there."""
    match value:
        case ast.Name():
            return value.id.strip("_").lower()
        case ast.Attribute():
            return value.attr.strip("_").lower()
        case ast.Subscript() | ast.Starred():
            return _name(value.value)
        case ast.Call(args=[first, *_]):
            return _name(first)
        case ast.BinOp() | ast.BoolOp():
            return _name(getattr(value, "left", None) or value.values[0])  # type: ignore[attr-defined]
    return "value"


def _is_said(form: str) -> bool:
    """Whether it is a sentence or a part of one, and no id, address or format."""
    plain = re.sub(r"%\(\w+\)s", "_", form)
    code = form.startswith(("http", "<", "mailto", "__")) or "\n" in form or form in _NO_SENTENCES
    return " " in plain.strip() and _WORD.search(plain) is not None and not code


def _missing(node: ast.AST) -> ast.expr | None:
    """Return what is said to be missing, if that may be one word: NotFoundError("story", …)."""
    found = isinstance(node, ast.Call) and _called(node.func) == "NotFoundError"
    return node.args[0] if found and isinstance(node, ast.Call) else None
