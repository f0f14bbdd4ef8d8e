"""Text as matching sees it: folding with offsets, word characters, markup to text, identity."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

_CJK_START = 0x2E80  # from here on scripts that put no space between words
_FIRST_CJK = chr(_CJK_START)
_HANGUL = range(0xAC00, 0xD7A4)
_IDEOGRAPHS = range(0x4E00, 0xA000)
_UNSEEN = frozenset({"Mn", "Me", "Cf", "Cs"})
_SPACES = re.compile(" {2,}")
_OTHERS = re.compile(r"[^\x00-\x7f]")
_FEW = 12  # different characters of a text that are not ASCII
_SEPARATORS = "-\t\n\r\f\v_\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fb\u00b7/"
_APOSTROPHES = "\u2018\u2019\u201b\u02bc\uff07`\u00b4"
_BLOCK_TAGS = re.compile(
    r"<(?=/?(?:p|div|br|li|ul|ol|tr|td|th|table|h[1-6]|hr|blockquote|section|article|figcaption)\b)",
    re.IGNORECASE,
)
_ASCII_PIECES = {c: " " for c in _SEPARATORS if c.isascii()} | {"`": "'"}
_ASCII_SPACED = bytes(ord(_ASCII_PIECES.get(chr(code), chr(code))) for code in range(256))


class Folded:
    """A folded text that still knows where each character stood.

    `text` is what is searched. `cased` is the same, character by character, but for the letters
    A to Z that stand where the original has no small letter. `offsets[i]` is the index in the
    original of the character that gave `text[i]`; None means that the two are aligned one to one.
    """

    __slots__ = ("_offsets", "_original", "cased", "text")

    def __init__(self, cased: str, original: str, *, shifted: bool) -> None:
        self.cased = cased
        self.text = cased.lower()
        self._original = original
        self._offsets: Sequence[int] | None = () if shifted else None

    @property
    def offsets(self) -> Sequence[int] | None:
        """Where each character stood; found out when first asked, for most texts hold no name."""
        if self._offsets == () and self.text:
            self._offsets = _find_offsets(self._original)
        return self._offsets

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's offsets for `text[start:end]`, end exclusive, end > start."""
        offsets = self.offsets
        if offsets is None:
            return start, end
        return offsets[start], offsets[end - 1] + 1


def fold(text: str) -> Folded:
    """Fold case, width, accents, dashes, white space and traditional characters.

    "Ant-Group" and "ANT  Group" become "ant group", "華為" becomes "华为". What can't be seen
    (zero-width joiners, soft hyphens, direction marks) vanishes, and so do lone surrogates.
    Folding a folded text changes nothing. Time is linear in the length.
    """
    cased, shifted = text, False
    if not text.isascii():
        cased, shifted = _fold_others(text)
    if cased.isascii():
        cased = cased.encode("ascii").translate(_ASCII_SPACED).decode("ascii")
    else:
        for char, piece in _ASCII_PIECES.items():
            cased = cased.replace(char, piece)
    if "  " in cased:
        cased, shifted = _SPACES.sub(" ", cased), True
    return Folded(cased, text, shifted=shifted)


def _fold_others(text: str) -> tuple[str, bool]:
    """Fold what isn't ASCII, but for runs of spaces. Tell whether offsets shift."""
    others = set(_OTHERS.findall(text))
    pieces = [(char, _PIECES[ord(char)]) for char in others]
    shifted = not _UNEVEN.isdisjoint(others)
    if len(pieces) > _FEW:
        return text.translate(_PIECES), shifted
    for char, piece in pieces:  # a curly quote, a dash: faster one by one than letter by letter
        if char != piece:
            text = text.replace(char, piece)
    return text, shifted


def _find_offsets(original: str) -> list[int]:
    """Find where each character of a folded text stood in the original."""
    places: Sequence[int] = range(len(original))
    if not _UNEVEN.isdisjoint(original):
        places = _uneven_places(original)
    folded = original.translate(_PIECES)
    offsets: list[int] = []
    start = 0
    for run in _SPACES.finditer(folded):  # of a run of spaces the first is kept
        offsets += places[start : run.start() + 1]
        start = run.end()
    offsets += places[start:]
    return offsets


def _uneven_places(original: str) -> list[int]:
    """Repeat each place of a text as many times as its character has pieces."""
    places: list[int] = []
    start = 0
    for at in [at for at, char in enumerate(original) if char in _UNEVEN]:
        places += range(start, at)
        places += [at] * len(_PIECES[ord(original[at])])
        start = at + 1
    places += range(start, len(original))
    return places


class _Pieces(dict[int, str]):
    """What each character folds to but for its case, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        piece = _fold_char(char)
        if not char.islower():
            piece = "".join(p.upper() if p.isascii() else p for p in piece)
        if len(piece) != 1:
            _UNEVEN.add(char)
        self[code] = piece
        return piece


_PIECES = _Pieces({code: chr(_ASCII_SPACED[code]) for code in range(128)})
_UNEVEN: set[str] = set()  # characters met so far that fold to none or to several


def _fold_char(char: str) -> str:
    """Fold one character to none, one or several; what comes out folds to itself."""
    before, after = "", char
    while before != after:
        before, after = after, "".join(map(_fold_once, after))
    return after


def _fold_once(char: str) -> str:
    if char in _SEPARATORS or char.isspace():
        return " "
    if char in _APOSTROPHES:
        return "'"
    if ord(char) in _HANGUL:
        return char
    simplified = _simplified().get(char, char) if ord(char) in _IDEOGRAPHS else char
    pieces = unicodedata.normalize("NFKD", simplified).casefold().lower()  # Cherokee folds up
    return "".join(p for p in pieces if unicodedata.category(p) not in _UNSEEN)


@cache
def _simplified() -> dict[str, str]:
    """Map traditional characters to simplified ones, one to one.

    Made from OpenCC's table a character at a time: its conversion by phrases changes lengths and
    breaks names (中興通訊).
    """
    from opencc import OpenCC  # noqa: PLC0415 - 10 ms that texts in Latin script don't pay

    characters = [chr(code) for code in range(0x4E00, 0xA000)]
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {a: b for a, b in zip(characters, converted, strict=True) if a != b and len(b) == 1}


def is_word(char: str) -> bool:
    """Whether a character joins its neighbour into one word: letters and digits, but not CJK."""
    return char.isalnum() and (ord(char) < _CJK_START or ord(char) in _HANGUL)


def joined(one: str, next_: str) -> bool:
    """Whether two characters that stand side by side belong to one word."""
    if not (one.isalnum() and next_.isalnum()):
        return False
    return (one < _FIRST_CJK and next_ < _FIRST_CJK) or (is_word(one) and is_word(next_))


def strip_markup(markup: str) -> str:
    """Turn an HTML fragment into plain text; scripts and styles are dropped, blocks spaced.

    The result is text, never markup: it must be escaped wherever it is shown.
    """
    if "<" not in markup and "&" not in markup:
        return tidy(markup)
    if "<" not in markup:
        return tidy(html.unescape(markup))
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - only texts with markup pay

    markup = markup.replace("<![CDATA[", "").replace("]]>", "")  # to HTML it is a comment
    tree = LexborHTMLParser(_BLOCK_TAGS.sub(" <", markup))
    tree.strip_tags(["script", "style", "template", "noscript", "iframe", "svg"])
    body = tree.body
    return tidy(body.text() if body is not None else "")


def tidy(text: str) -> str:
    """Collapse white space, drop control and direction characters and lone surrogates."""
    if text.isprintable():  # then there is none of them, and no white space but the plain one
        return " ".join(text.split())
    return " ".join(text.translate(_TIDIED).split())


_DIRECTION = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)


class _Tidied(dict[int, str | None]):
    """What becomes of each character; found out when one is first met."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        dropped = unicodedata.category(char) in {"Cc", "Cs", "Cn"} or char in _DIRECTION
        self[code] = " " if char.isspace() else None if dropped else char
        return self[code]


_TIDIED = _Tidied()
_NOT_IN_LINKS = re.compile(r"[\s\x00-\x1f]")


def web_link(link: str | None) -> str | None:
    """Return the link if it is an http or https address of sane length, else None."""
    if not link:
        return None
    link = link.strip()
    if len(link) > 2048 or _NOT_IN_LINKS.search(link):  # noqa: PLR2004
        return None
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    return link if parts.scheme.lower() in {"http", "https"} and parts.netloc else None


def identity(guid: str | None, link: str | None, title: str, summary: str) -> str:
    """Name an entry inside its feed: by guid, else by link, else by its text."""
    if guid and guid.strip():
        return f"guid:{guid.strip()}"
    if link:
        return f"link:{link}"
    return f"text:{content_hash(title, summary)}"


def item_id(feed_url: str, entry_identity: str) -> str:
    """Return the item's id, 16 hex digits; the same everywhere for the same entry."""
    return digest(feed_url, entry_identity)[:16]


def content_hash(*texts: str) -> str:
    """Hash what an item says, 16 hex digits; the same text always gives the same hash."""
    return digest(*(unicodedata.normalize("NFC", text) for text in texts))[:16]


def digest(*parts: str) -> str:
    """Hash strings, each with its length, so that no two lists share a hash by their borders."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        sha.update(len(data).to_bytes(8, "big"))
        sha.update(data)
    return sha.hexdigest()
