from __future__ import annotations

import gzip
import tracemalloc
import zlib
from typing import TYPE_CHECKING, Any

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from techwatch.feeds.unpacking import CorruptError, OversizeError, unpacker

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 20_000_000
PACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


def unpack(encoding: str, body: bytes, step: int, limit: int = LIMIT) -> bytes:
    unpacking = unpacker(encoding, limit)
    for start in range(0, len(body), step):
        unpacking.feed(body[start : start + step])
    return unpacking.finish()


@given(
    encoding=st.sampled_from(sorted(PACK)),
    piece=st.binary(max_size=400),
    times=st.sampled_from([1, 2, 500]),
    step=st.sampled_from([1, 7, 500, 100_000]),
)
@settings(deadline=None)
def test_unpacking_gives_what_was_packed(
    encoding: str, piece: bytes, times: int, step: int
) -> None:
    body = piece * times
    assert unpack(encoding, PACK[encoding](body), step) == body


@pytest.mark.parametrize("encoding", PACK)
def test_a_body_may_be_as_large_as_the_limit_and_no_larger(encoding: str) -> None:
    packed = PACK[encoding](bytes(100_000))
    assert len(unpack(encoding, packed, 1000, limit=100_000)) == 100_000
    with pytest.raises(OversizeError):
        unpack(encoding, packed, 1000, limit=99_999)


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_an_empty_body_is_empty(encoding: str) -> None:
    assert unpacker(encoding, LIMIT).finish() == b""


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_bodies_of_several_members_are_read_whole(encoding: str) -> None:
    body = PACK[encoding](b"one ") + PACK[encoding](b"two")
    assert unpack(encoding, body, 7) == b"one two"
    assert unpack(encoding, body, 7000) == b"one two"


def test_zeros_after_gzip_are_padding() -> None:
    assert unpack("gzip", gzip.compress(b"x") + bytes(512), 10_000) == b"x"


def stream(encoding: str, megabytes: int) -> bytes:
    """Pack that many megabytes of zeros without ever holding them."""
    packers: dict[str, Any] = {
        "gzip": zlib.compressobj(9, wbits=31),
        "br": brotli.Compressor(quality=5),
        "zstd": zstandard.ZstdCompressor().compressobj(),
    }
    packer = packers[encoding]
    pack = packer.process if encoding == "br" else packer.compress
    end = packer.finish if encoding == "br" else packer.flush
    return b"".join([*(pack(bytes(1_000_000)) for _ in range(megabytes)), end()])


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_a_bomb_is_stopped_before_it_fills_the_memory(encoding: str) -> None:
    bomb = stream(encoding, 300)
    assert len(bomb) < 400_000
    tracemalloc.start()
    with pytest.raises(OversizeError):
        unpack(encoding, bomb, 65_536, limit=5_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30_000_000


def test_a_window_larger_than_http_allows_is_refused() -> None:
    # A frame that says it needs 128 MB of memory to be unpacked (RFC 8878, 3.1.1.1.2).
    frame = b"\x28\xb5\x2f\xfd" + b"\x00" + bytes([17 << 3]) + b"\x01\x00\x00"
    with pytest.raises(CorruptError):
        unpack("zstd", frame, 100)


@pytest.mark.parametrize("encoding", ["deflate", "gzip, gzip", "compress", "x" * 100])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(CorruptError, match="not asked for"):
        unpacker(encoding, LIMIT)
