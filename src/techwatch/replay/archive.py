"""Read archives of items: JSON lines, packed or not, from any number of files."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from techwatch.errors import Problem
from techwatch.feeds.dates import published
from techwatch.feeds.languages import primary
from techwatch.model import Feed, Item
from techwatch.text import content_hash, identity, item_id, web_link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ANY_TIME = datetime(9990, 1, 1, tzinfo=UTC)  # an archive's dates are not held against our clock
_TOLD_EVERY = 1000  # lines
_TEXTS = ("title", "summary", "body", "link", "guid", "published", "feed", "source", "lang")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an archive, read as an item."""

    raw: dict[str, Any]
    item: Item
    feed: Feed
    at: datetime  # when it is judged: published, or for an undated one the archive's last moment


@dataclass(frozen=True, slots=True)
class Archive:
    """What some files hold."""

    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]  # lines that can't be read as items, by file and line
    undated: int
    outside: int = 0  # lines left out because they are of another time

    def between(self, first: datetime | None, last: datetime | None) -> Archive:
        """Return the lines published from `first` up to `last`, both included.

        Undated lines are left out as soon as one of the two is given.
        """
        if first is None and last is None:
            return self
        kept = tuple(
            line
            for line in self.lines
            if line.item.published is not None
            and (first is None or first <= line.item.published)
            and (last is None or line.item.published <= last)
        )
        return Archive(kept, self.problems, 0, len(self.lines) - len(kept))

    def in_order(self) -> Archive:
        """Return the lines by time, then id, then text: the order of files decides nothing."""

        def key(line: Line) -> tuple[datetime, str, str]:
            return line.at, line.item.id, line.item.content_hash

        return replace(self, lines=tuple(sorted(self.lines, key=key)))


def read(paths: Iterable[Path]) -> Archive:
    """Read files in the given order; lines that can't be read become problems, none is raised.

    A line is a JSON object with `title` or `summary`, and optionally `published`, `link`, `feed`
    (its address) or `source` (its publisher), `lang`, `body`, `guid` and `id`. Other keys are
    kept. A line without an id gets the one that a feed's item would get, from feed and link, or
    from the text where there is no link. One without a time is judged at the last moment of the
    archive, after all others.
    """
    found: list[Line] = []
    problems: list[Problem] = []
    for path in paths:
        for number, content in numbered(path, problems):
            line = parse(content, str(path), number)
            if isinstance(line, Problem):
                problems.append(line)
            elif line is not None:
                found.append(line)
    last = max((line.at for line in found if line.item.published), default=_EPOCH)
    undated = sum(line.item.published is None for line in found)
    lines = (line if line.item.published else replace(line, at=last) for line in found)
    return Archive(tuple(lines), tuple(problems), undated)


def numbered(
    path: Path, problems: list[Problem], told: Callable[[int], None] = lambda _: None
) -> Iterator[tuple[int, bytes]]:
    """Give the lines of a file, packed or not, with their numbers from 1.

    Where the file can't be read any further, that is added to the problems. `told` is told every
    some lines how many bytes of the file, as it lies there, were read.
    """
    number = 0
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            with gzip.open(raw) if packed else raw as file:
                for number, content in enumerate(file, 1):
                    if number % _TOLD_EVERY == 0:
                        told(raw.tell())
                    yield number, content
    except (OSError, EOFError, zlib.error) as error:
        said = getattr(error, "strerror", None) or error
        problems.append(Problem(str(path), number, f"can't be read any further: {said}"))


def parse(content: bytes, name: str, number: int) -> Line | Problem | None:
    """Read one line of a file as an item; None for an empty one. An undated one is of 1970."""
    try:
        text = content.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        if not text:
            return None
        raw = json.loads(text)
    except UnicodeDecodeError as error:
        return Problem(name, number, f"is not UTF-8 (byte {error.start})")
    except (ValueError, RecursionError) as error:
        return Problem(name, number, f"is not JSON: {error}")
    if not isinstance(raw, dict):
        return Problem(name, number, 'should be an object: {"title": ..., "published": ...}')
    problem = _wrong(raw)
    return _read(raw) if problem is None else Problem(name, number, problem)


def _wrong(raw: dict[str, Any]) -> str | None:
    """Say what is wrong with a line, if anything."""
    for key in _TEXTS:
        if not isinstance(raw.get(key), str | None):
            return f"{key} should be text, not {json.dumps(raw[key])[:40]}"
    if not isinstance(raw.get("id"), str | int | None):
        return "id should be text"
    if not (raw.get("title") or raw.get("summary") or "").strip():
        return "has neither title nor summary"
    if raw.get("published") and published(raw["published"], None, _ANY_TIME) is None:
        return f"published: {raw['published']!r} is no time; write 2023-01-20 or 2023-01-20T14:05Z"
    return None


def _read(raw: dict[str, Any]) -> Line:
    title, summary, body = (raw.get(key) or "" for key in ("title", "summary", "body"))
    link = web_link(raw.get("link"))
    address = raw.get("feed") or raw.get("source") or ""
    named = identity(raw.get("guid"), link, title, summary)
    when = published(raw["published"], None, _ANY_TIME) if raw.get("published") else None
    language = primary(raw.get("lang") or "") or _guess(title or summary)
    own_id = raw.get("id")
    item = Item(
        id=str(own_id) if own_id not in {None, ""} else item_id(address, named),
        feed_url=address,
        identity=named,
        title=title,
        summary=summary,
        body=body,
        link=link,
        guid=raw.get("guid"),
        published=when,
        language=language,
        content_hash=content_hash(title, summary, body),
    )
    return Line(raw, item, Feed(address, _publisher(raw, link), language), when or _EPOCH)


def _publisher(raw: dict[str, Any], link: str | None) -> str:
    """Name who publishes: as the line says, else the host of feed or link."""
    named = raw.get("source") or raw.get("feed") or link or ""
    host = urlsplit(named).netloc if web_link(named) else ""
    return host.removeprefix("www.") or named


def _guess(text: str) -> str:
    """Tell Chinese by its characters; everything else is read as English."""
    return "zh" if any("\u4e00" <= c <= "\u9fff" for c in text) else "en"
