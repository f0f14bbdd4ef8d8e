"""What a publisher answers to a request: decided over plain values, sent by `publisher`."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# Without a charset: a document says its own, and a wrong one here would overrule it.
CONTENT_TYPES = MappingProxyType(
    {
        ".rss": "application/rss+xml",
        ".rdf": "application/rdf+xml",
        ".atom": "application/atom+xml",
        ".xml": "application/xml",
        ".json": "application/feed+json",
        ".html": "text/html",
    }
)
_WORTH_PACKING = 512  # bytes; below, gzip saves nothing


@dataclass(frozen=True, slots=True)
class Published:
    """A document as a publisher offers it."""

    name: str
    content: bytes
    modified: datetime  # aware, whole seconds, as Last-Modified can say no more

    def etag(self, *, packed: bool) -> str:
        """Return the strong validator: other bytes on the wire, other tag (RFC 9110, 8.8.3.3)."""
        return f'"{_digest(self.content)}{"-gzip" if packed else ""}"'


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a publisher misbehaves on one document. What is left out stays as it should be."""

    status: int | None = None  # instead of 200 or 304
    headers: Mapping[str, str] = field(default_factory=dict)  # added, or in place of its own
    body: bytes | None = None  # instead of the document
    delay: float = 0.0  # seconds of silence before the answer
    drip: bytes = b""  # sent again and again without end, instead of a body
    pause: float = 0.05  # seconds between two drips
    hang_up: bool = False  # close the connection instead of answering
    times: int | None = None  # for so many requests, then well again; None: for good

    @classmethod
    def redirect(cls, to: str, status: int = 302) -> Behaviour:
        """Send the reader elsewhere."""
        return cls(status=status, headers={"Location": to}, body=b"")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, ready to send."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


NOT_FOUND = Answer(404, {"Content-Type": "text/plain; charset=utf-8"}, b"no such document\n")


def answer(document: Published, request: Mapping[str, str]) -> Answer:
    """Answer a GET as HTTP asks for; the keys of the request's headers are in lower case."""
    packed = _packed_for(document, request.get("accept-encoding", ""))
    headers = {
        "ETag": document.etag(packed=packed),
        "Last-Modified": format_datetime(document.modified, usegmt=True),
        "Vary": "Accept-Encoding",
    }
    if _unchanged(document, request):
        return Answer(304, headers)
    headers["Content-Type"] = content_type(document.name)
    if not packed:
        return Answer(200, headers, document.content)
    return Answer(200, headers | {"Content-Encoding": "gzip"}, _pack(document.content))


def misbehaved(right: Answer, behaviour: Behaviour) -> Answer:
    """Change a right answer into the one that a behaviour asks for."""
    if behaviour.status is None and behaviour.body is None and not behaviour.drip:
        return Answer(right.status, right.headers | dict(behaviour.headers), right.body)
    status = behaviour.status or 200
    body = behaviour.body if behaviour.body is not None else f"status {status}\n".encode()
    plain = {"Content-Type": right.headers.get("Content-Type", "text/plain")}
    return Answer(status, plain | dict(behaviour.headers), body)


def content_type(name: str) -> str:
    """Return the media type that a document's name promises."""
    return CONTENT_TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream")


def _unchanged(document: Published, request: Mapping[str, str]) -> bool:
    """Whether the reader has it already; an ETag outweighs a date (RFC 9110, 13.2.2)."""
    tags = request.get("if-none-match")
    if tags is not None:
        shown = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return bool(shown & {"*", document.etag(packed=False), document.etag(packed=True)})
    since = _date(request.get("if-modified-since", ""))
    return since is not None and document.modified <= since


def _date(text: str) -> datetime | None:
    """Read an HTTP date; one that can't be read, or names no zone, counts as none."""
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else None


def _packed_for(document: Published, accepted: str) -> bool:
    codings = {part.replace(" ", "").lower() for part in accepted.split(",")}
    refused = {"gzip;q=0", "gzip;q=0.0", "gzip;q=0.00", "gzip;q=0.000"}
    wanted = any(c == "gzip" or c.startswith("gzip;") for c in codings) and not codings & refused
    return wanted and len(document.content) >= _WORTH_PACKING


@lru_cache(maxsize=256)
def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:20]


@lru_cache(maxsize=256)
def _pack(content: bytes) -> bytes:
    # Without a time in its head: the same document is the same bytes, as its strong tag promises.
    return gzip.compress(content, compresslevel=5, mtime=0)
