"""Documents and answers that were built to exhaust whoever reads them."""

from __future__ import annotations

import gzip
import io
import zlib
from functools import cache
from typing import Any

import brotli
import zstandard

MEGABYTE = 1_000_000
RSS = "<rss version='2.0'><channel><title>A</title>{}</channel></rss>"
ITEM = "<item><title>{}</title><guid>{}</guid></item>"


def feed(items: str, prolog: str = "") -> bytes:
    """Write a feed around items."""
    return (prolog + RSS.format(items)).encode()


def laughs() -> bytes:
    """Define entities that grow to a thousand million letters."""
    lines = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10 if n else 'lol'}'>" for n in range(10))
    return feed(ITEM.format("&l9;", 1), f"<!DOCTYPE rss [{lines}]>")


def blowup() -> bytes:
    """Define one long entity and use it often."""
    return feed(ITEM.format("&a;" * 100_000, 1), f"<!DOCTYPE rss [<!ENTITY a '{'x' * 100_000}'>]>")


def external() -> bytes:
    """Ask for a file of the reader's machine."""
    return feed(ITEM.format("&a;", 1), "<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>")


def nested() -> bytes:
    """Open a hundred thousand elements in one another."""
    return feed(f"<item><title>A</title>{'<a>' * 100_000}{'</a>' * 100_000}</item>")


def nested_json() -> bytes:
    """Open a hundred thousand lists in one another."""
    return b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 100_000


def nested_markup() -> bytes:
    """Open a hundred thousand elements in the text of an item."""
    return feed(ITEM.format(f"<![CDATA[{'<b>' * 100_000}bold]]>", 1))


def attributes() -> bytes:
    """Give one element ten thousand attributes."""
    many = " ".join(f"a{n}='1'" for n in range(10_000))
    return feed(f"<item {many}><title>A</title></item>")


def spaces() -> bytes:
    """Declare ten thousand name spaces."""
    return feed(
        "".join(
            f"<item><x{n}:a xmlns:x{n}='u{n}'/><title>{n}</title></item>" for n in range(10_000)
        )
    )


def tiny(count: int) -> bytes:
    """Write so many entries that hold next to nothing."""
    return feed("".join(f"<item><guid>{n}</guid></item>" for n in range(count)))


def titles(count: int) -> bytes:
    """Write so many entries of a title and no more."""
    return feed("".join(f"<item><title>{n}</title></item>" for n in range(count)))


def long_title(megabytes: int) -> bytes:
    """Write one item whose title is that long."""
    return feed(ITEM.format("word " * (megabytes * MEGABYTE // 5), 1))


def ampersands() -> bytes:
    """Write five million ampersands, each to be mended."""
    return feed(ITEM.format("&" * 5 * MEGABYTE, 1))


def unclosed() -> bytes:
    """Open half a million tags that are never closed."""
    return feed("<item><title>" * 500_000)


@cache
def bomb(encoding: str, megabytes: int) -> bytes:
    """Pack a feed of so many megabytes of spaces, without ever holding it."""
    packers: dict[str, Any] = {
        "gzip": zlib.compressobj(9, wbits=31),
        "br": brotli.Compressor(quality=5),
        "zstd": zstandard.ZstdCompressor().compressobj(),
    }
    packer = packers[encoding]
    pack = packer.process if encoding == "br" else packer.compress
    end = packer.finish if encoding == "br" else packer.flush
    piece = b" " * MEGABYTE
    return b"".join([pack(b"<rss>"), *(pack(piece) for _ in range(megabytes)), end()])


def matryoshka() -> bytes:
    """Pack a packed document."""
    inner = io.BytesIO()
    with gzip.GzipFile(fileobj=inner, mode="wb", mtime=0) as packed:
        packed.write(bomb("gzip", 100))
    return inner.getvalue()
