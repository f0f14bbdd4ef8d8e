"""Refuse documents built to exhaust a parser, before a parser sees them.

Measured on feedparser and expat: a start tag takes time with the square of its attributes (20,000
of them, 209 KB, 3.3 s; one attribute of 2 MB, 20 ms), so attributes are counted, not bytes.
Every pattern here is linear in the text.
"""

from __future__ import annotations

import re

_MOST_ATTRIBUTES = 256
_CROWDED = re.compile(
    r"""<[\w:.-]++(?:\s++[^\s=<>"'/]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'))"""
    f"{{{_MOST_ATTRIBUTES}}}"
)
_DEFINITION = re.compile(r"<!ENTITY\s[^<>]{0,400}", re.IGNORECASE)
# What old feeds define in good faith: one character, or the W3C's list of HTML's letters.
_HARMLESS = re.compile(
    r"""<!ENTITY\s+(?:[\w.-]+\s+(?:"(?:[^"&%]{0,16}|&\#\w{1,8};)"|'(?:[^'&%]{0,16}|&\#\w{1,8};)')"""
    r"""|%\s+[\w.-]+\s+PUBLIC\s+["']-//W3C//[^"']{1,80}["']\s+["']http://www\.w3\.org/[^"']*["'])""",
    re.IGNORECASE,
)


def hostility(text: str) -> str | None:
    """Say why a document is not parsed, or None where it may be."""
    if _CROWDED.search(text):
        return f"a tag has more than {_MOST_ATTRIBUTES} attributes, which would stall the parser"
    prolog = text[: _prolog_end(text)]
    definitions = _DEFINITION.findall(prolog)
    if any(not _HARMLESS.match(definition) for definition in definitions):
        return "it defines entities of its own, which can be built to exhaust the parser"
    return None


def _prolog_end(text: str) -> int:
    """Return where the first element begins; definitions can only stand before it."""
    first = re.search(r"<[A-Za-z_]", text)
    return first.start() if first else len(text)
