from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.news import rss

from techwatch.testing import Behaviour

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from techwatch.testing import Publisher

    Run = Callable[..., subprocess.CompletedProcess[str]]

FINE = "EU fines TikTok 530 million euros over data transfers to China"


def test_a_flagged_text_ends_with_0_and_says_why(run: Run) -> None:
    ended = run("check", FINE)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("escalating")
    assert "'TikTok' is tiktok" in ended.stdout
    assert "TikTok (tiktok, product)" in ended.stdout


def test_a_text_without_news_ends_with_1(run: Run) -> None:
    ended = run("check", "Best apple pie recipes for the weekend")
    assert ended.returncode == 1
    assert ended.stdout.startswith("unrelated")


def test_json_holds_the_whole_verdict_with_offsets_into_the_text(run: Run) -> None:
    record = json.loads(run("check", "--json", FINE).stdout)
    assert record["flagged"] is True
    assert record["assessment"]["verdict"] == "escalating"
    for mention in record["assessment"]["mentions"]:
        assert mention["surface"] == FINE[mention["start"] : mention["end"]]
    assert record["assessment"]["features"]


def test_text_beyond_what_is_searched_is_told(run: Run) -> None:
    ended = run("check", "-", stdin=f"{FINE}\n" + "so it goes " * 10_000)
    assert ended.returncode == 0
    assert "9,999 characters at the end of “EU fines TikTok" in ended.stderr
    assert "text_limit" in ended.stderr
    assert run("check", FINE).stderr == ""


def test_text_from_standard_input(run: Run) -> None:
    ended = run("check", "-", stdin=f"{FINE}\nThe Irish regulator found that data was at risk.\n")
    assert ended.returncode == 0
    assert ended.stdout.startswith("escalating")


def test_nothing_to_check_is_a_usage_error(run: Run) -> None:
    for arguments in (("check", " "), ("check", "-")):
        ended = run(*arguments)
        assert ended.returncode == 2
        assert "no text to check" in ended.stderr


def test_chinese(run: Run) -> None:
    record = json.loads(run("check", "--json", "國家網信辦對滴滴處以80.26億元罰款").stdout)
    assert record["assessment"]["verdict"] == "escalating"
    assert {entity["id"] for entity in record["entities"]} >= {"didi"}


def test_a_name_alone_tells_what_is_known(run: Run) -> None:
    for name in ("huawei", "Huawei", "华为", "華為"):
        ended = run("check", name)
        assert ended.returncode == 0, (name, ended.stderr)
        assert "Huawei (huawei, company)" in ended.stdout


def test_a_misspelt_name_gets_suggestions(run: Run) -> None:
    ended = run("check", "huawie")
    assert ended.returncode == 1
    assert "perhaps Huawei (huawei)" in ended.stdout


def test_a_page_is_fetched_and_judged(run: Run, publisher: Publisher) -> None:
    page = f"<html lang=en><head><title>{FINE}</title></head><body><p>More.</p></body></html>"
    publisher.publish("page.html", page.encode())
    ended = run("check", publisher.url("page.html"))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("escalating")


def test_a_page_that_is_not_there_is_a_clear_error(run: Run, publisher: Publisher) -> None:
    publisher.publish("page.html", b"x")
    publisher.misbehave("page.html", Behaviour(status=404))
    ended = run("check", publisher.url("page.html"))
    assert ended.returncode == 2
    assert "the server answered 404" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_what_the_store_holds_is_told(run: Run, publisher: Publisher) -> None:
    publisher.publish("news.rss", rss(FINE))
    assert run("poll").returncode == 0
    assert "The store holds 1 items on tiktok" in run("check", "TikTok").stdout
    assert "The store holds" not in run("check", "--no-store", "TikTok").stdout


def test_explain_tells_evidence_and_story(run: Run, publisher: Publisher) -> None:
    publisher.publish("news.rss", rss(FINE))
    run("poll")
    ended = run("explain", "https://harbour.example/0")
    assert ended.returncode == 0, ended.stderr
    for part in (FINE, "Harbour", "escalating", "Does it concern", "Matches", "Story"):
        assert part in ended.stdout
    assert run("explain", "nothing").returncode == 1
