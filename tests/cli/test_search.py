from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.news import rss

from techwatch.cli.search import marked
from techwatch.search.query import Phrase

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from techwatch.testing import Publisher

    Run = Callable[..., subprocess.CompletedProcess[str]]

FINE = "EU fines TikTok 530 million euros over data transfers to China"
CHIPS = "美國限制芯片出口"
PIE = "Best apple pie recipes for the weekend"


@pytest.fixture
def archive(run: Run, publisher: Publisher) -> Run:
    publisher.publish("news.rss", rss(FINE, CHIPS, PIE))
    assert run("poll").returncode == 0
    return run


def test_items_are_told_with_time_verdict_publisher_title_and_link(archive: Run) -> None:
    ended = archive("search", "tiktok", '"data transfers"')
    assert ended.returncode == 0, ended.stderr
    first, link = ended.stdout.splitlines()
    for part in ("2026-03-01", "escalating *", "Harbour: EU fines TikTok 530 million"):
        assert part in first
    assert link.strip() == "https://harbour.example/0"
    assert "1 item" in ended.stderr


def test_json_goes_on_after_a_key(archive: Run) -> None:
    first, second, third = map(
        json.loads, archive("search", "as told", "--json").stdout.splitlines()
    )
    assert [first["title"], second["title"], third["title"]] == [PIE, CHIPS, FINE]
    assert (third["verdict"], third["development"]) == ("escalating", True)
    rest = archive("search", "as told", "--json", "--limit", "1", "--after", first["key"])
    assert [json.loads(line) for line in rest.stdout.splitlines()] == [second]
    assert "3 items, 1 shown" in rest.stderr


def test_two_characters_of_either_script_find_a_chinese_headline(archive: Run) -> None:
    for asked in ("芯片", "美国 出口", "晶片 OR 芯片", "title:美"):
        assert CHIPS in archive("search", asked).stdout, asked


def test_developments_are_found_by_what_tells_them(archive: Run) -> None:
    ended = archive("search", "--developments", "told")
    assert FINE in ended.stdout
    assert PIE not in ended.stdout
    [record] = map(
        json.loads, archive("search", "--developments", "tiktok", "--json").stdout.splitlines()
    )
    assert (record["title"], record["verdict"], record["found"]) == (FINE, "escalating", 1)


def test_nothing_found_says_what_would_be(archive: Run) -> None:
    ended = archive("search", "tiktok pie since:2026-03-01")
    assert ended.returncode == 1
    assert ended.stdout == ""
    for hint in ("nothing found", "without “tiktok”: 1 item", "without “pie”: 1 item"):
        assert hint in ended.stderr
    assert (
        "with “recipe”*, which finds what begins so: 1 item" in archive("search", "recipe").stderr
    )
    assert "with the words anywhere" in archive("search", '"fines EU"').stderr
    unknown = archive("search", "entity:huawie")
    assert "the baseline has no entity 'huawie'; perhaps huawei" in unknown.stderr


def test_a_query_that_cannot_be_read_is_shown_with_the_place(archive: Run) -> None:
    ended = archive("search", "芯片 since:yesterday")
    assert ended.returncode == 2
    asked, mark = ended.stderr.splitlines()[1:]
    assert asked == "  芯片 since:yesterday"
    assert mark == "  " + " " * 11 + "^"  # each Chinese character is two columns wide


def test_without_a_database_it_says_what_makes_one(run: Run) -> None:
    ended = run("search", "tiktok")
    assert ended.returncode == 1
    assert "techwatch poll" in ended.stderr


def test_what_was_found_is_set_off() -> None:
    text = marked(FINE, [Phrase(("tiktok",))])
    assert text.replace("\x1b[1m\x1b[4mTikTok\x1b[0m", "TikTok") == FINE
    assert "\x1b[1m" in text


def test_check_tells_what_the_archive_has(archive: Run) -> None:
    of_word = archive("check", "recipes")
    assert "The archive has 1 item with recipes" in of_word.stdout
    assert PIE in of_word.stdout
    of_name = archive("check", "TikTok")
    assert "Developments, newest first" in of_name.stdout
    same = archive("check", "Weekend recipes: the best apple pie")
    assert "with all these words" in same.stdout
    assert "archive" not in archive("check", "recipes", "--no-archive").stdout
    assert json.loads(archive("check", "--json", "recipes").stdout)["archive"]["items"] == 1


def test_the_index_is_filled_anew(archive: Run) -> None:
    assert json.loads(archive("db", "reindex", "--json").stdout) == {"items": 3}
    assert CHIPS in archive("search", "芯片").stdout
