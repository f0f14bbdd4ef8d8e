from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from techwatch.replay.archive import read

ITEMS = Path(__file__).with_name("items.jsonl")


def write(path: Path, *lines: object) -> Path:
    text = "\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines)
    path.write_text(text, encoding="utf-8")
    return path


def test_lines_are_read_as_items_with_what_they_lack_made_up(tmp_path: Path) -> None:
    full = {
        "id": 7,
        "title": "EU fines TikTok",
        "summary": "A summary.",
        "published": "2024-05-06 09:00",
        "link": "https://www.harbour.example/2",
        "feed": "https://harbour.example/feed",
        "lang": "en-GB",
    }
    bare = {"title": "网信办约谈腾讯"}
    archive = read([write(tmp_path / "a.jsonl", full, "", bare)])
    one, other = archive.lines
    assert (one.item.id, one.item.language) == ("7", "en")
    assert one.item.published == one.at == datetime(2024, 5, 6, 9, tzinfo=UTC)
    assert (one.feed.url, one.feed.publisher) == ("https://harbour.example/feed", "harbour.example")
    assert (other.item.language, other.item.published) == ("zh", None)
    assert len(other.item.id) == 16
    assert other.at == one.at  # undated: at the archive's last moment
    assert archive.undated == 1
    assert archive.problems == ()


def test_an_item_without_an_id_has_the_same_one_wherever_it_stands(tmp_path: Path) -> None:
    line = {"title": "EU fines TikTok", "source": "Harbour"}
    there = read([write(tmp_path / "a.jsonl", {"title": "Other"}, line)]).lines[1]
    here = read([write(tmp_path / "b.jsonl", line)]).lines[0]
    other = read([write(tmp_path / "c.jsonl", line | {"source": "Quay"})]).lines[0]
    assert here.item.id == there.item.id != other.item.id


def test_packed_or_not_by_content_not_by_name(tmp_path: Path) -> None:
    packed = tmp_path / "packed.jsonl"
    packed.write_bytes(gzip.compress(ITEMS.read_bytes()))
    assert read([packed]).lines == read([ITEMS]).lines


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"title": "EU fi', "is not JSON"),
        ('["EU fines TikTok"]', "should be an object"),
        ({"title": 5}, "title should be text, not 5"),
        ({"title": "x", "id": [1]}, "id should be text"),
        ({"title": " ", "summary": None}, "neither title nor summary"),
        ({"title": "x", "published": "yesterday"}, "'yesterday' is no time"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_read(
    tmp_path: Path, line: object, said: str
) -> None:
    path = write(tmp_path / "bad.jsonl", {"title": "one"}, line, {"title": "two"})
    archive = read([path])
    assert [found.item.title for found in archive.lines] == ["one", "two"]
    [problem] = archive.problems
    assert (problem.file, problem.line) == (str(path), 2)
    assert said in problem.message


def test_bytes_that_are_no_text_and_a_broken_archive_are_told(tmp_path: Path) -> None:
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes('{"title": "Oslo forbyr TikTok på mobilen"}\n'.encode("latin-1"))
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(ITEMS.read_bytes() * 50)[:-200])
    not_utf8, broken = read([latin, cut]).problems
    assert "is not UTF-8" in not_utf8.message
    assert "can't be read any further" in broken.message


def test_the_order_is_that_of_time_whatever_the_order_of_files(tmp_path: Path) -> None:
    lines = ITEMS.read_text(encoding="utf-8").splitlines()
    one = write(tmp_path / "one.jsonl", *lines[9:])
    two = write(tmp_path / "two.jsonl", *reversed(lines[:9]))
    assert read([one, two]).in_order().lines == read([ITEMS]).in_order().lines


def test_a_period_holds_both_its_ends_and_nothing_undated() -> None:
    archive = read([ITEMS])
    day = datetime(2024, 5, 6, 8, tzinfo=UTC)
    chosen = archive.between(day, datetime(2024, 5, 7, 10, tzinfo=UTC))
    assert chosen.lines[0].item.published == day
    assert chosen.lines[-1].item.id == "b1"
    assert chosen.outside == len(archive.lines) - len(chosen.lines)
    assert archive.between(None, None) == archive
