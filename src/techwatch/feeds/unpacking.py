"""Unpack HTTP bodies piece by piece, within a limit.

A few kilobytes can unpack to gigabytes, so every step here has bounded output: the most that is
held is the limit and one step of at most 8 MB.
"""

from __future__ import annotations

import zlib
from typing import Any, Protocol

import brotli
import zstandard

ACCEPTED = "gzip, br, zstd"
_STEP = 65_536  # bytes unpacked at a time
_ZSTD_SLICE = 256  # bytes packed; a block takes 4 and unpacks to at most 128 KB: 8 MB
_ZSTD_WINDOW = 8 << 20  # what RFC 9659 allows over HTTP


class OversizeError(ValueError):
    """The body is larger than allowed, packed or unpacked."""


class CorruptError(ValueError):
    """The body can't be unpacked, or broke off."""


class Unpacker(Protocol):
    """Takes a body in pieces."""

    def feed(self, data: bytes) -> None:
        """Take a piece; raises OversizeError or CorruptError."""

    def finish(self) -> bytes:
        """Return the whole body; raises CorruptError if it broke off."""


def unpacker(encoding: str, limit: int) -> Unpacker:
    """Return the unpacker for a Content-Encoding; raises CorruptError for one we don't know."""
    known: dict[str, type[Plain | Gzip | Brotli | Zstd]] = {
        "": Plain,
        "identity": Plain,
        "gzip": Gzip,
        "x-gzip": Gzip,
        "br": Brotli,
        "zstd": Zstd,
    }
    name = encoding.strip().lower()
    if name not in known:
        message = f"is packed as {name[:40]!r}, which was not asked for"
        raise CorruptError(message)
    return known[name](limit)


class Plain:
    """A body as it is."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._body = bytearray()

    def feed(self, data: bytes) -> None:
        """Take a piece."""
        if len(self._body) + len(data) > self._limit:
            message = f"is larger than {self._limit:,} bytes"
            raise OversizeError(message)
        self._body += data

    def finish(self) -> bytes:
        """Return the whole."""
        return bytes(self._body)


class Gzip(Plain):
    """gzip, RFC 1952: one member after another."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self._member = zlib.decompressobj(wbits=31)
        self._begun = False

    def feed(self, data: bytes) -> None:
        """Take a packed piece."""
        while data:
            if self._member.eof:
                if data.startswith(b"\0"):
                    return  # padding after the last member
                self._member = zlib.decompressobj(wbits=31)
            self._begun = True
            super().feed(self._step(data))
            data = self._member.unused_data if self._member.eof else self._member.unconsumed_tail

    def _step(self, data: bytes) -> bytes:
        try:
            return self._member.decompress(data, _STEP)
        except zlib.error as error:
            raise CorruptError(str(error)) from error

    def finish(self) -> bytes:
        """Return the whole."""
        while self._begun and not self._member.eof:
            left = self._step(b"")  # a step may have held output back
            if not left:
                raise CorruptError(_BROKE_OFF)
            super().feed(left)
        return super().finish()


class Brotli(Plain):
    """Brotli, RFC 7932."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self._stream: Any = brotli.Decompressor()
        self._begun = False

    def feed(self, data: bytes) -> None:
        """Take a packed piece."""
        self._begun = True
        piece = self._step(data)
        while piece:  # can_accept_more_data() is true while output is still held back
            super().feed(piece)
            piece = b"" if self._stream.is_finished() else self._step(b"")

    def _step(self, data: bytes) -> bytes:
        try:
            unpacked: bytes = self._stream.process(data, output_buffer_limit=_STEP)
        except brotli.error as error:
            raise CorruptError(str(error)) from error
        return unpacked

    def finish(self) -> bytes:
        """Return the whole."""
        if self._begun and not self._stream.is_finished():
            raise CorruptError(_BROKE_OFF)
        return super().finish()


class Zstd(Plain):
    """Zstandard, RFC 8878: one frame after another."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self._context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._frame = self._context.decompressobj()
        self._begun = False

    def feed(self, data: bytes) -> None:
        """Take a packed piece."""
        while data:
            if self._frame.eof:
                self._frame = self._context.decompressobj()
            self._begun = True
            super().feed(self._step(data[:_ZSTD_SLICE]))
            data = self._frame.unused_data + data[_ZSTD_SLICE:]

    def _step(self, data: bytes) -> bytes:
        try:
            return self._frame.decompress(data)
        except zstandard.ZstdError as error:
            raise CorruptError(str(error)) from error

    def finish(self) -> bytes:
        """Return the whole."""
        if self._begun and not self._frame.eof:
            raise CorruptError(_BROKE_OFF)
        return super().finish()


_BROKE_OFF = "broke off before its end"
