"""Renews the list of what the desk's pages say, to be translated.

`make messages` reads templates and Python files of the desk, and the sentences of other modules
that pages show (tools/sentences.py). It puts what they say into the files of translations below
`src/techwatch/web/locale/`, drops what is said no more, and lists what no translation says yet.
Lines that begin with `#:` tell where a message stands.
"""

from __future__ import annotations

import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

sys.path.insert(0, str(Path(__file__).parent))
import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Message

WEB = Path(__file__).parents[1] / "src" / "techwatch" / "web"
LOCALES = ("nb",)
_METHODS = [("**.html", "jinja2"), ("**.py", "python")]
_OPTIONS = {"**.html": {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}}
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "later": None,
}
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)  # files change with what they say, not with the day
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|{(\w*)}")


def extracted() -> Catalog:
    """Return all that the desk's pages say."""
    catalog = Catalog(project="techwatch", charset="utf-8", creation_date=_LONG_AGO)
    found = extract_from_dir(WEB, _METHODS, _OPTIONS, keywords=_KEYWORDS, comment_tags=("i18n:",))
    for file, line, message, comments, context in found:
        catalog.add(message, None, [(file, line)], auto_comments=comments, context=context)
    for path, line, form in sentences.sentences():
        where = [(os.path.relpath(path, WEB), line)]
        catalog.add(form, None, where, context=sentences.CONTEXT)
    for form in sentences.OTHERS:
        catalog.add(form, None, [("../../../tools/sentences.py", 1)], context=sentences.CONTEXT)
    return catalog


def file_of(locale: str) -> Path:
    """Return the file of translations into a language."""
    return WEB / "locale" / locale / "LC_MESSAGES" / "desk.po"


def read(locale: str) -> Catalog:
    """Read the translations into a language; an empty catalogue where there are none yet."""
    path = file_of(locale)
    if not path.exists():
        return Catalog(locale, project="techwatch", fuzzy=False, creation_date=_LONG_AGO)
    with path.open("rb") as file:
        return read_po(file, locale)


def renew(locale: str, said: Catalog) -> Catalog:
    """Bring the translations into a language up to date, and write them."""
    catalog = read(locale)
    catalog.update(said, no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    catalog.creation_date = catalog.revision_date = _LONG_AGO
    catalog.last_translator = catalog.language_team = "techwatch"
    catalog.version = ""
    catalog.msgid_bugs_address = ""
    catalog.header_comment = "# What the desk says, in another language; see tools/messages.py."
    file_of(locale).parent.mkdir(parents=True, exist_ok=True)
    with file_of(locale).open("wb") as file:
        write_po(file, catalog, width=100, sort_by_file=True, include_lineno=False)
    return catalog


def problems(said: Catalog, translated: Catalog) -> Iterator[str]:
    """Tell what is wrong with translations, a sentence each."""
    here = {_key(message) for message in said if message.id}
    there = {_key(message): message for message in translated if message.id}
    for key in sorted(here - there.keys()):
        yield f"not listed, run make messages: {key}"
    for key in sorted(there.keys() - here):
        yield f"no page says any more, run make messages: {key}"
    for key, message in there.items():
        yield from (f"{key}: {problem}" for problem in _wrong(message))


def _wrong(message: Message) -> Iterator[str]:
    one, *many = _texts(message.id)
    said = _texts(message.string)
    if message.fuzzy:
        yield "fuzzy"
    if not all(said) or len(said) != len(_texts(message.id)):
        yield "not translated"
        return
    known = _placeholders(one).union(*map(_placeholders, many))
    for text in said:
        if not _placeholders(text) <= known:
            yield f"{text!r} has placeholders of its own"
    if _placeholders(said[-1]) != known:
        yield f"{said[-1]!r} lacks placeholders"


def _texts(value: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (value or "",) if value is None or isinstance(value, str) else tuple(value)


def _key(message: Message) -> str:
    return f"{message.context or ''}|{_texts(message.id)[0]}".removeprefix("|")


def _placeholders(text: str) -> frozenset[str]:
    return frozenset(one or other for one, other in _PLACEHOLDER.findall(text))


def main() -> None:
    """Renew all languages, and tell what is still to be done."""
    said = extracted()
    told = [f"{where}: {line}" for where in LOCALES for line in problems(said, renew(where, said))]
    print("\n".join([*told, f"{len(said)} messages, {len(told)} to be looked at"]))
    sys.exit(bool(told))


if __name__ == "__main__":
    main()
