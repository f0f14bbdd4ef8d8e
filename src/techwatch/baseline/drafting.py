"""Draft a baseline entry for a name that news brought, and add it as a file of its own.

The draft says no more than the news does: how the name is written, where it was seen, beside whom.
Whoever keeps it writes down what is known of it.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from techwatch import yamledit
from techwatch.baseline.loading import ENTITY_FOLDERS, SOURCES, load
from techwatch.errors import InvalidFilesError, Problem
from techwatch.model import EntityKind
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from techwatch.model import Baseline, EmergingName, SightedItem

_FOLDER = dict(zip((EntityKind.ACTOR, EntityKind.LAW), ENTITY_FOLDERS, strict=True))
_ACRONYM = re.compile(r"[A-Z0-9&]{2,6}")
_ID = re.compile(r"[a-z][a-z0-9_]{0,99}")  # it names a file too
_LANGUAGES = ("en", "zh", "nb")
_MOST_TITLES = 3  # that a draft shows in comments
_MOST_BESIDE = 3  # names of entities in the sentence that says where it was seen


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry and its source, as YAML."""

    entity_id: str
    file: str  # inside the baseline's folder
    entry: str  # a list of one entity
    source: str  # lines for sources.yaml; empty: the source stands there already


def draft(
    name: EmergingName,
    known: Baseline,
    common: Collection[str],
    entity_id: str | None = None,
    country: str | None = None,
) -> Draft:
    """Write the entry of a name; pure.

    Args:
        name: with at least one example; the newest is the source.
        known: the baseline it will be part of.
        common: common words in small letters; a name that is one counts only with support.
        entity_id: of the new entity; None: made of the name.
        country: where it belongs, as the schema writes it; None: not told.

    Raises ValueError, fit for a person, where no id can be made of the name, or the id is taken.
    """
    chosen = entity_id or _slug(name.name, "_")
    if not _ID.fullmatch(chosen):
        of = entity_id or name.name
        message = f"no id can be made of {of!r}: give one with --id, in small Latin letters"
        raise ValueError(message)
    if chosen in known.entities:
        message = f"the baseline has an entity {chosen!r}: give another id with --id"
        raise ValueError(message)
    example = name.examples[0]
    source_id, source = _source(example, known)
    names = _names(name)
    written = [text for texts in names.values() for text in texts]
    acronyms = [text for text in written if _ACRONYM.fullmatch(text)]
    beside = [known.entities[i].name for i in name.near if i in known.entities][:_MOST_BESIDE]
    values: dict[str, object] = {
        "id": chosen,
        "kind": name.kind.value,
        "type": name.type,
        "name": name.name,
        "country": country,
        "weak": [text for text in written if _is_weak(text, written, common)],
        "exact_case": acronyms,
        "no_fuzzy": acronyms,
        "ours": [],
        "documents": [source_id],
    }
    fact = {
        "text": f"Named in the news beside {', '.join(beside) or 'China'}.",
        "source": source_id,
        "date": example.at.date().isoformat(),
    }
    return Draft(
        entity_id=chosen,
        file=f"{_FOLDER[name.kind]}/{chosen}.yaml",
        entry=_entry(name, values, names, fact),
        source=source,
    )


def write(directory: Path, drafted: Draft) -> Path:
    """Add a draft to the baseline in a folder; returns the new file.

    Raises InvalidFilesError if the file exists, or if the baseline would not be valid with it;
    nothing is changed then.
    """
    path = directory / drafted.file
    if path.exists():
        raise InvalidFilesError([Problem(drafted.file, 0, "exists already; give another id")])
    sources = yamledit.read_lines(directory / SOURCES)
    if drafted.source:
        yamledit.insert(sources, len(sources), drafted.source.splitlines())
    text = "".join(sources)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / directory.name
        shutil.copytree(directory, copy)
        (copy / SOURCES).write_text(text, encoding="utf-8")
        (copy / drafted.file).write_text(drafted.entry, encoding="utf-8")
        load(copy)
    if drafted.source:
        yamledit.replace_file(directory / SOURCES, text)
    with path.open("x", encoding="utf-8") as file:
        file.write(drafted.entry)
    return path


def _is_weak(text: str, written: Collection[str], common: Collection[str]) -> bool:
    """Whether a name counts with support only: a common word, or a surname anybody may have."""
    folded = fold(text).text
    return folded in common or any(fold(t).text.endswith(f" {folded}") for t in written)


def _entry(
    name: EmergingName,
    values: Mapping[str, object],
    names: Mapping[str, list[str]],
    fact: Mapping[str, object],
) -> str:
    """Write the entity: its names by language, and comments on what a person should look at."""
    seen = f"{_counted(name.items, 'item')} of {_counted(len(name.publishers), 'publisher')}"
    lines = [
        f"# Drafted from news, {seen}: set type and country, and write down what is known of it.",
        *(f"# {_one_line(example)}" for example in name.examples[:_MOST_TITLES]),
        "",
    ]
    kept = {key: value for key, value in values.items() if value not in (None, [])}
    at = list(kept).index("name") + 1 + ("country" in kept)
    pairs = yamledit.entry(kept, "")
    named = [f"    {language}: {yamledit.scalar(texts)}" for language, texts in names.items()]
    facts = ["  facts:", *yamledit.entry(fact, "    ")]
    return "\n".join([*lines, *pairs[:at], "  names:", *named, *pairs[at:], *facts]) + "\n"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _one_line(example: SightedItem) -> str:
    return " ".join(f"{example.publisher}: {example.title} {example.link or ''}".split())


def _names(name: EmergingName) -> dict[str, list[str]]:
    """Sort the ways in which a name was written by language, the most usual first."""
    found: dict[str, dict[str, str]] = {}
    for text, language in [
        (name.name, name.language),
        *((example.surface, example.language) for example in name.examples),
    ]:
        own = "zh" if not text.isascii() and _ideographic(text) else language
        own = "en" if own not in _LANGUAGES or (own == "zh" and text.isascii()) else own
        found.setdefault(own, {}).setdefault(fold(text).text, text)
    return {
        language: list(found[language].values()) for language in _LANGUAGES if language in found
    }


def _ideographic(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def _source(example: SightedItem, known: Baseline) -> tuple[str, str]:
    """Name the article as a source: its id, and its lines unless the baseline has it."""
    date = example.at.date().isoformat()
    base = f"{_slug(example.publisher, '-') or 'news'}-{date}"
    title = f"{example.title} ({example.link})" if example.link else example.title
    for number in range(1, len(known.sources) + 2):
        source_id = base if number == 1 else f"{base}-{number}"
        there = known.sources.get(source_id)
        if there is None:
            values = {"id": source_id, "title": title, "publisher": example.publisher, "date": date}
            return source_id, "\n".join(yamledit.entry(values, ""))
        if there.title == title:
            return source_id, ""
    raise AssertionError(base)  # there are fewer sources than numbers tried


def _slug(text: str, joint: str) -> str:
    """Write a text in small letters without accents, other characters joined over."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return joint.join(re.findall(r"[a-z0-9]+", plain))
