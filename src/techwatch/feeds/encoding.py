"""Bytes to text, whatever the labels say.

Labels are wrong often enough (a gb2312 that is GBK, a UTF-8 that is windows-1252, a server's
default charset over a correct XML declaration) that the bytes are asked first: text that is not
UTF-8 hardly ever decodes as UTF-8 by chance.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that one's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"), (b"{\0", "utf-16-le"), (b"\0{", "utf-16-be"))
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_DECLARATION = re.compile(rb"""<\?xml[^<>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")

_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "gb18030",
    "big5": "big5hkscs",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
# Python also knows codecs that are slow or change text on purpose (idna, unicode_escape).
_READABLE = re.compile(r"gb18030|big5hkscs|cp\d{3,4}|euc_\w+|iso8859-\d+|koi8-\w|utf-(8|16|32)\b")
_MOST_DAMAGE = 0.05  # share of the characters outside ASCII that may be unreadable


class Decoded(NamedTuple):
    """A text, the encoding it was read by, and how many characters were lost."""

    text: str
    encoding: str
    lost: int


def decode(content: bytes, content_type: str | None, language: str) -> Decoded:
    """Read bytes as text; never fails. `language` decides where no label helps.

    In order: byte order mark; UTF-8, if it fits; the label of the server, then the document's;
    for Chinese GB 18030 and Big5; windows-1252.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _read(content[len(mark) :], encoding)
    for start, encoding in _WIDE:
        if content.startswith(start):
            return _read(content, encoding)
    for encoding in ("utf-8", *labels(content, content_type), *_guesses(language)):
        read = _read(content, encoding)
        if _fits(read, language):
            return read
    return _read(content, "cp1252")


def labels(content: bytes, content_type: str | None) -> tuple[str, ...]:
    """Return the encodings that the server and the XML declaration name, as Python knows them."""
    named = [m[1] for m in [_CHARSET.search(content_type or "")] if m]
    named += [m[1].decode("ascii") for m in [_DECLARATION.search(content[:1024])] if m]
    known = [_known(name) for name in named]
    return tuple(dict.fromkeys(name for name in known if name))


def _known(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    name = _SUPERSETS.get(name, name)
    return name if _READABLE.match(name) else None


def _guesses(language: str) -> tuple[str, ...]:
    return ("gb18030", "big5hkscs") if language == "zh" else ()


def _read(content: bytes, encoding: str) -> Decoded:
    text = content.decode(encoding, "replace")
    return Decoded(text, encoding, text.count("\ufffd"))


def _fits(read: Decoded, language: str) -> bool:
    """Whether the bytes can be meant so; a cut or a slip may cost a few characters."""
    if read.encoding == "cp1252" and language == "zh":
        return False  # it can read any bytes, and has no Chinese
    if not read.lost:
        return True
    return read.lost < _MOST_DAMAGE * sum(not c.isascii() for c in read.text)
