"""The list of feeds, config/feeds.yaml: its schema, reading it, and editing it by program.

An edit changes the lines of the feed it concerns and no other: comments, order and spelling of
the rest stay byte for byte.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, Field, ValidationError, field_validator

from techwatch import yamledit, yamlfile
from techwatch.errors import InvalidFilesError, NotFoundError, Problem
from techwatch.feeds.schema import FeedEntry, key
from techwatch.text import web_link

if TYPE_CHECKING:
    from pathlib import Path

    from techwatch.model import Feed

__all__ = ["Catalogue", "FeedEntry", "add", "key", "load", "pause", "remove"]

_INDENT = "  "


class Catalogue(BaseModel, frozen=True, extra="forbid"):
    """The file feeds.yaml."""

    feeds: tuple[FeedEntry, ...] = Field(default=(), description="The feeds that are polled.")

    @field_validator("feeds", mode="before")
    @classmethod
    def _none_yet(cls, feeds: object) -> object:
        return () if feeds is None else feeds


def load(path: Path) -> tuple[Feed, ...]:
    """Read the list of feeds; raises InvalidFilesError with every problem and its line."""
    return _feeds(yamlfile.read(path))


def add(path: Path, *new: Feed) -> None:
    """Add feeds at the end of the list, all or none.

    Raises InvalidFilesError if one is there already, or if one or the file is not valid; the file
    is as it was then.
    """
    lines, feeds = _open(path)
    known = {key(feed.url) for feed in feeds}
    repeated = [feed.url for feed in new if key(feed.url) in known]
    if repeated:
        raise InvalidFilesError(
            Problem(str(path), _line_of(path, url), f"{url} is in the list already")
            for url in repeated
        )
    nodes = _list_node(lines, path)
    if nodes and nodes.value:
        at, indent = yamledit.last_line(nodes) + 1, " " * nodes.start_mark.column
    else:
        at, indent = _start_list(lines), _INDENT
    yamledit.insert(lines, at, [line for feed in new for line in _written(feed, indent, path)])
    _write(path, lines)


def remove(path: Path, url: str) -> Feed:
    """Take a feed off the list and return it; raises NotFoundError, or InvalidFilesError.

    Comments before and after it stay; one inside its lines goes with it.
    """
    lines, feed, node = _find(path, url)
    del lines[node.start_mark.line : yamledit.last_line(node) + 1]
    _write(path, lines)
    return feed


def pause(path: Path, url: str, *, paused: bool) -> Feed:
    """Have a feed kept but not polled, or polled again; returns it as it is then.

    Raises NotFoundError, or InvalidFilesError.
    """
    lines, feed, node = _find(path, url)
    if feed.paused == paused:
        return feed
    written = str(paused).lower()
    values = [value for name, value in node.value if name.value == "paused"]
    if values:
        begin, end = values[0].start_mark, values[0].end_mark
        line = lines[begin.line]
        lines[begin.line] = line[: begin.column] + written + line[end.column :]
    elif node.flow_style:
        end = node.end_mark
        line = lines[end.line]
        lines[end.line] = f"{line[: end.column - 1]}, paused: {written}{line[end.column - 1 :]}"
    else:
        indent = " " * node.value[0][0].start_mark.column
        yamledit.insert(lines, yamledit.last_line(node) + 1, [f"{indent}paused: {written}"])
    _write(path, lines)
    return replace(feed, paused=paused)


def _find(path: Path, url: str) -> tuple[list[str], Feed, yaml.MappingNode]:
    """Return the lines of the file, the feed with an address, and its node."""
    lines, feeds = _open(path)
    places = [place for place, feed in enumerate(feeds) if key(feed.url) == key(url)]
    nodes = _list_node(lines, path)
    if not places or nodes is None:
        raise NotFoundError("feed", url, f"{path} lists {len(feeds)} others")
    return lines, feeds[places[0]], nodes.value[places[0]]


def _feeds(document: yamlfile.YamlDocument) -> tuple[Feed, ...]:
    problems = _repeated(document)
    try:
        catalogue = yamlfile.validate(document, Catalogue)
    except InvalidFilesError as error:
        raise InvalidFilesError([*error.problems, *problems]) from error
    if problems:
        raise InvalidFilesError(problems)
    return tuple(entry.feed() for entry in catalogue.feeds)


def _repeated(document: yamlfile.YamlDocument) -> list[Problem]:
    """List the feeds that stand there a second time."""
    first: dict[str, int] = {}
    problems = []
    for place, url in _urls(document.data):
        line = document.line(("feeds", place, "url"))
        if first.setdefault(key(url), line) != line:
            message = f"feeds.{place}.url: {url} stands in line {first[key(url)]} already"
            problems.append(Problem(document.name, line, message))
    return problems


def _urls(data: Any) -> list[tuple[int, str]]:  # noqa: ANN401 - checked here, step by step
    feeds = data.get("feeds") if isinstance(data, dict) else None
    entries = enumerate(feeds) if isinstance(feeds, list) else ()
    urls = [(place, entry.get("url")) for place, entry in entries if isinstance(entry, dict)]
    return [(place, url) for place, url in urls if isinstance(url, str) and web_link(url)]


def _open(path: Path) -> tuple[list[str], tuple[Feed, ...]]:
    """Return the lines of the file, each with its own ending, and the feeds in it."""
    feeds = load(path)
    return yamledit.read_lines(path), feeds


def _line_of(path: Path, url: str) -> int:
    document = yamlfile.read(path)
    places = [place for place, known in _urls(document.data) if key(known) == key(url)]
    return document.line(("feeds", *places[:1]))


def _list_node(lines: list[str], path: Path) -> yaml.SequenceNode | None:
    """Return the node of the list; raises InvalidFilesError if its feeds share lines."""
    root = yaml.compose("".join(lines), Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    for name, value in pairs:
        if name.value != "feeds" or not isinstance(value, yaml.SequenceNode):
            continue
        if value.flow_style and value.value:
            message = "the list stands in brackets; write one feed under the other to edit it"
            raise InvalidFilesError([Problem(str(path), name.start_mark.line + 1, message)])
        return value
    return None


def _start_list(lines: list[str]) -> int:
    """Make a list without feeds one that can be added to; returns where the first one goes."""
    for number, line in enumerate(lines):
        if line.startswith("feeds:"):
            comment = line.partition(" #")[2]
            lines[number] = f"feeds:  #{comment}" if comment else "feeds:\n"
            return number + 1
    yamledit.insert(lines, len(lines), ["feeds:"])
    return len(lines)


def _written(feed: Feed, indent: str, path: Path) -> list[str]:
    """Write a feed as lines without endings; values that are as their default are left out."""
    try:
        entry = FeedEntry.of(feed)
    except ValidationError as error:
        problems = [yamlfile.message(one, FeedEntry) for one in error.errors()]
        raise InvalidFilesError(Problem(str(path), 0, one) for one in problems) from error
    values = entry.model_dump(mode="json", exclude_defaults=True)
    return yamledit.entry(values, indent)


def _write(path: Path, lines: list[str]) -> None:
    """Replace the file by a valid one, at once and as a whole."""
    text = "".join(lines)
    _feeds(yamlfile.parse(text, str(path)))
    yamledit.replace_file(path, text)
