"""Mend XML that is nearly right, so that the strict parser can read it.

The strict parser gives better text than a lenient one (which turns `AT&T` into `AT&T;` and loses
the title of a cut entry), so what breaks most feeds is mended first: stray ampersands and angle
brackets, HTML's entities, control characters, a missing end, something after the end. What is
then still broken is looked for entry by entry, so that one bad entry costs the others nothing.
Every step is linear in the text.
"""

from __future__ import annotations

import html
import re
from html.entities import html5
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SKIPPED = r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
_AMPERSAND = re.compile(
    rf"{_SKIPPED}|<(?![A-Za-z_:/!?])|&(?:#(?P<decimal>\d{{1,7}});|#[xX](?P<hex>[0-9a-fA-F]{{1,6}});"
    r"|(?P<name>[A-Za-z][A-Za-z0-9]{1,31});)?",
    re.DOTALL,
)
_TAG = re.compile(rf"{_SKIPPED}|<(?P<end>/?)(?P<name>[\w:.-]+)(?P<rest>[^<>]*)>", re.DOTALL)
_ENTRY = re.compile(r"<((?:\w+:)?(?:item|entry))[\s>]")
_ROOT = re.compile(r"<((?:\w+:)?(?:rss|feed|RDF))[\s>]")
_CHANNEL = re.compile(r"<(/?(?:\w+:)?channel)[\s>]")
_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}


class Mended(NamedTuple):
    """The text as it should be, and a sentence for each kind of repair."""

    text: str
    damage: tuple[str, ...]


def mend(text: str) -> Mended:
    """Mend what can be mended; the text comes back as it was where nothing is known to be wrong."""
    damage = []
    cleaned = _CONTROL.sub("", text)
    if cleaned != text:
        damage.append("held control characters; they were dropped")
    escaped = _AMPERSAND.sub(_reference, cleaned)
    if escaped != cleaned:
        damage.append(
            "held bare ampersands or brackets, or HTML's entities; they were read as text"
        )
    ended = _trim(escaped)
    if ended != escaped:
        damage.append("went on after its end; the rest was dropped")
    closed = _close(ended)
    if closed != ended:
        damage.append("broke off before its end; what was whole was read")
    return Mended(closed, tuple(damage))


def isolate(text: str) -> Mended:
    """Rebuild each entry that is not well-formed from those of its elements that are."""
    starts = list(_ENTRY.finditer(text))
    root = _ROOT.search(text)
    if root is None or not starts:
        return Mended(text, ())
    head = text[: starts[0].start()]
    borders = [*(start.start() for start in starts[1:]), len(text)]
    rebuilt = 0
    entries = []
    for start, border in zip(starts, borders, strict=True):
        entry = _ended(text[start.start() : border], start[1])
        if not well_formed(entry):
            entry = f"<{start[1]}>{''.join(_leaves(entry))}</{start[1]}>"
            rebuilt += 1
        entries.append(entry)
    damage = (f"entries that are no XML, of which the whole parts were read: {rebuilt}",)
    return Mended(head + "".join(entries) + _end(head, root[1]), damage if rebuilt else ())


def well_formed(fragment: str) -> bool:
    """Whether a piece of XML is well-formed; prefixes need no declaration here."""
    try:
        expat.ParserCreate().Parse(f"<x>{fragment}</x>", True)  # noqa: FBT003 - C function
    except expat.ExpatError:
        return False
    return True


def _ended(chunk: str, name: str) -> str:
    """Cut what follows an entry's end tag."""
    end = chunk.find(f"</{name}")
    return chunk[: chunk.find(">", end) + 1] if end >= 0 else chunk


def _leaves(entry: str) -> Iterator[str]:
    """Yield the elements of an entry that are whole and hold text only."""
    opened = None
    for tag in _TAG.finditer(entry):
        if tag["name"] is None:
            continue
        alone = tag["rest"].endswith("/")
        closes = tag["end"] and opened is not None and opened["name"] == tag["name"]
        start = tag.start() if alone else opened.start() if closes and opened else None
        if start is not None and well_formed(entry[start : tag.end()]):
            yield entry[start : tag.end()]
        opened = None if alone or tag["end"] else tag


def _reference(match: re.Match[str]) -> str:
    """Return what should stand for an ampersand and what follows it."""
    found = match[0]
    if found == "<":
        return "&lt;"
    if found.startswith("<") or match["name"] in _XML_ENTITIES:
        return found
    if match["decimal"] or match["hex"]:
        return html.escape(html.unescape(found), quote=False)
    character = html5.get(f"{match['name']};")
    return html.escape(character or found, quote=False)


def _trim(text: str) -> str:
    """Drop what servers append to a document, such as a script."""
    root = _ROOT.search(text)
    last = text.rfind(f"</{root[1]}") if root else -1
    end = text.find(">", last) + 1 if last >= 0 else 0
    return text[:end] if end and text[end:].strip() else text


def _close(text: str) -> str:
    """Give a document that broke off its end; the last entry keeps its whole elements only."""
    root = _ROOT.search(text)
    if root is None or text.rfind(f"</{root[1]}") > 0:
        return text
    entries = list(_ENTRY.finditer(text))
    if not entries:
        return text
    last = entries[-1]
    end = _end(text[: last.start()], root[1])
    whole, entry_open = _whole_part(text[last.start() :])
    if not whole:
        return text[: last.start()] + end
    closing = f"</{last[1]}>" if entry_open else ""
    return text[: last.start() + whole] + closing + end


def _end(head: str, root: str) -> str:
    """Return the end tags of what is still open before an entry."""
    channels = _CHANNEL.findall(head)
    still_open = channels and not channels[-1].startswith("/")
    return f"</{channels[-1]}></{root}>" if still_open else f"</{root}>"


def _whole_part(tail: str) -> tuple[int, bool]:
    """Return how much of an entry's text is whole, and whether the entry is still open there."""
    depth = whole = 0
    for tag in _TAG.finditer(tail):
        if tag["name"] is None:
            continue
        alone = tag["rest"].endswith("/")
        depth += 0 if alone else -1 if tag["end"] else 1
        if depth <= 0:
            return tag.end(), False
        if depth == 1 and (alone or tag["end"]):
            whole = tag.end()
    return whole, True
