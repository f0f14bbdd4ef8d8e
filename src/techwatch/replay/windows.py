"""Archives of any size by time: files are read once, and their lines kept in windows of days.

What doesn't fit into memory is spilled, a file a window, packed, into a folder that is gone at the
end. One window stands in memory at a time, so that ten years take no more than their densest one;
beside it eight bytes an item, by which it is known which ids come again.
"""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple, Self

import zstandard

from techwatch.errors import Problem
from techwatch.replay import archive, outcomes
from techwatch.replay.repetitions import Numbers, number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType
    from typing import Any

_MARK = b"\xef\xbb\xbf"  # that some programs write at the beginning of a file
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNDATED = None  # in the place of a window's number
_ALL = 0
IN_MEMORY = 64_000_000  # bytes of text that are kept in memory before any are spilled


class Entry(NamedTuple):
    """A line of an archive, not read yet, and its place in the order."""

    at: datetime | None  # None: undated
    item_id: str
    content_hash: str
    text: bytes
    number: int  # of its id, by which repetitions are told


class Order(NamedTuple):
    """Which lines are taken, and in which order."""

    first: datetime | None = None  # lines before this are left out, undated ones too
    last: datetime | None = None
    by_time: bool = True  # else as they stand in the files
    days: float = 7.0  # of a window


class Windows:
    """The lines of some files by time; use it as a context manager."""

    def __init__(self, order: Order, in_memory: int = IN_MEMORY) -> None:
        self.problems: list[Problem] = []
        self.undated = 0
        self.outside = 0  # lines left out because they are of another time
        self.count = 0
        self.labels: dict[str, dict[str, Any]] = {}  # by id: what a reader says, where one does
        self.last = _EPOCH  # the last moment that is dated
        self._order = order
        self._in_memory = in_memory
        self._numbers = Numbers()
        self._held: dict[int | None, list[Entry]] = {}
        self._bytes = 0
        self._spilled: dict[int | None, Path] = {}
        self._folder: TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def read(self, path: Path, told: Callable[[int], None] = lambda _: None) -> None:
        """Read a file; lines that can't be read become problems.

        `told` is told now and then how many bytes of it were read.
        """
        for number, content in archive.numbered(path, self.problems, told):
            line = archive.parse(content, str(path), number)
            if isinstance(line, Problem):
                self.problems.append(line)
            elif line is not None:
                self._add(line, content.removeprefix(_MARK) if number == 1 else content)

    def repeated(self) -> Mapping[int, int]:
        """Return the numbers of ids that occur more than once, and how often."""
        return self._numbers.repeated()

    def entries(self) -> Iterator[list[Entry]]:
        """Give the lines window by window, in order; those without a time as of the last moment."""
        if not self._order.by_time:
            yield from ([self._dated(e) for e in batch] for batch in self._batches(_ALL))
            return
        dated = sorted(key for key in {*self._held, *self._spilled} if key is not None)
        for keys in (*((key,) for key in dated[:-1]), (*dated[-1:], _UNDATED)):
            found = (self._dated(e) for key in keys for batch in self._batches(key) for e in batch)
            yield sorted(found, key=_place)

    def _add(self, line: archive.Line, content: bytes) -> None:
        order, item = self._order, line.item
        if item.published is None:
            if order.first or order.last:
                self.outside += 1
                return
            self.undated += 1
        elif (order.first and item.published < order.first) or (
            order.last and item.published > order.last
        ):
            self.outside += 1
            return
        else:
            self.last = max(self.last, item.published)
        self._label(line)
        number = number_of(item.id)
        self._numbers.add(number)
        self.count += 1
        self._hold(Entry(item.published, item.id, item.content_hash, content, number))

    def _label(self, line: archive.Line) -> None:
        if label := outcomes.label(line.raw):
            self.labels[line.item.id] = label
        else:
            self.labels.pop(line.item.id, None)

    def _hold(self, entry: Entry) -> None:
        key: int | None = _ALL
        if self._order.by_time:
            days = timedelta(days=self._order.days)
            key = _UNDATED if entry.at is None else (entry.at - _EPOCH) // days
        self._held.setdefault(key, []).append(entry)
        self._bytes += len(entry.text)
        if self._bytes > self._in_memory:
            self._spill()

    def _spill(self) -> None:
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="techwatch-replay-")
        for key, entries in self._held.items():
            path = self._spilled.setdefault(key, Path(self._folder.name) / str(len(self._spilled)))
            packed = zstandard.compress(pickle.dumps(entries, pickle.HIGHEST_PROTOCOL), 1)
            with path.open("ab") as file:
                file.write(len(packed).to_bytes(8, "big") + packed)
        self._held, self._bytes = {}, 0

    def _batches(self, key: int | None) -> Iterator[list[Entry]]:
        if key in self._spilled:
            with self._spilled[key].open("rb") as file:
                while head := file.read(8):
                    packed = file.read(int.from_bytes(head, "big"))
                    yield pickle.loads(zstandard.decompress(packed))  # noqa: S301 - our own
        yield self._held.get(key, [])

    def _dated(self, entry: Entry) -> Entry:
        return entry if entry.at is not None else entry._replace(at=self.last)


def _place(entry: Entry) -> tuple[datetime, str, str]:
    return entry.at or _EPOCH, entry.item_id, entry.content_hash
