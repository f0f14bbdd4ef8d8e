"""What an edited entry must not be: several entries, one of another id, or a trick on readers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from techwatch import yamlfile
from techwatch.errors import InvalidFilesError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST = 100_000  # characters of an entry
_DEEPEST = 12  # lists and mappings in one another; the schema has four
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def refuse(text: str, entity_id: str, line: int, shown: str) -> None:
    """Refuse what is not one entry of an entity, or is built to exhaust who reads it.

    Args:
        text: as it is to be put into the file.
        entity_id: the id that it must have.
        line: of the file, from 1, at which it would begin.
        shown: the file, as problems name it.

    Raises InvalidFilesError with lines of the file.
    """
    if len(text) > LONGEST:
        raise InvalidFilesError([Problem(shown, line, f"is longer than {LONGEST} characters")])
    found = [*_unseen(text, line, shown)] or [*_tricks(text, line, shown)]
    if found:
        raise InvalidFilesError(found)
    found_ids = list(ids(text, shown, line - 1))
    if found_ids != [entity_id]:
        message = f"should be one entry, beginning with -, with the id {entity_id!r}"
        raise InvalidFilesError([Problem(shown, line, message)])


def _unseen(text: str, first: int, shown: str) -> Iterator[Problem]:
    for number, own in enumerate(text.split("\n")):
        if _UNSEEN.search(own):
            message = "holds a tab, or a character that can't be seen; use spaces"
            yield Problem(shown, first + number, message)


def _tricks(text: str, first: int, shown: str) -> Iterator[Problem]:
    """Find what the schema never needs: it is told from the parser's events, which take no room."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            line = first + (event.start_mark.line if event.start_mark else 0)
            if getattr(event, "anchor", None):
                yield Problem(shown, line, "names or repeats a part by & or *: write it out")
            if depth > _DEEPEST:
                yield Problem(shown, line, "lists within lists, deeper than any entry needs")
                return
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line if error.problem_mark else 0
        yield Problem(shown, first + at, f"not YAML: {error.problem}")
    except yaml.YAMLError as error:
        yield Problem(shown, first, f"not YAML: {error}")


def ids(text: str, shown: str, lines_before: int = 0) -> Iterable[object]:
    """Return the ids of the entries of a text; raises InvalidFilesError with lines of the file."""
    try:
        data = yamlfile.parse(text, shown).data
    except InvalidFilesError as error:
        moved = [Problem(p.file, p.line + lines_before, p.message) for p in error.problems]
        raise InvalidFilesError(moved) from error
    entries = data if isinstance(data, list) else ()
    return [one.get("id") if isinstance(one, dict) else None for one in entries]
