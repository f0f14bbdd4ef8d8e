"""From a web page to the text of its article. Pure: bytes in, text out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techwatch.errors import HostileDocumentError, NoArticleError
from techwatch.feeds import encoding
from techwatch.feeds.articles import unsound
from techwatch.feeds.hostile import hostility
from techwatch.text import tidy

if TYPE_CHECKING:
    from techwatch.model import Document, Item

MOST_TEXT = 50_000  # characters of an article; longer ones are cut without a note
_META = re.compile(rb"""<meta[^<>]{0,200}?charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_ENDS = re.compile(r"""[.!?。！？…]["'”’»」』)）]*\s*$""")
_MOST_HEADS = 8  # lines above an article
_HEAD = 4096  # bytes in which a page names its encoding; HTML asks for the first 1024


def article(document: Document, item: Item) -> str:
    """Return the text of the item's article; raises a ParseError.

    Paragraphs stand one after the other, without markup, menus, comments and tables. NoArticleError
    is raised where the page holds none, or another one: nothing is better than noise.
    """
    text = decoded(document, item.language)
    found = _extract(text)[:MOST_TEXT].rstrip()
    why = unsound(found, item.title, item.summary) if found else "the page holds no article"
    if why:
        raise NoArticleError(document.url, why)
    return found


def decoded(document: Document, language: str) -> str:
    """Return a page's markup as text, by the encoding that server or page names.

    `language` decides where neither does. Raises HostileDocumentError.
    """
    text = encoding.decode(document.content, _content_type(document), language).text
    if why := hostility(text):
        raise HostileDocumentError(document.url, why)
    return text


def _extract(text: str) -> str:
    from trafilatura import extract  # noqa: PLC0415 - slow to import, for pages only

    found = extract(
        text.lstrip("\ufeff \t\r\n\0"),
        output_format="txt",
        include_comments=False,
        include_tables=False,
    )
    return tidy(_from_first_sentence(found or ""))


def _from_first_sentence(text: str) -> str:
    """Drop the first lines that end no sentence: headlines, bylines and dates."""
    lines = text.splitlines()
    first = next((n for n, line in enumerate(lines[:_MOST_HEADS]) if _ENDS.search(line)), 0)
    return "\n".join(lines[first:])


def _content_type(document: Document) -> str | None:
    declared = document.content_type or ""
    if "charset" in declared.lower():
        return declared
    named = _META.search(document.content[:_HEAD])
    return f"{declared}; charset={named[1].decode('ascii')}" if named else declared or None
