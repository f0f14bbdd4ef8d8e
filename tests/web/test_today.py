"""Today: what is new, ranked and filtered as digests do, by addresses that can be shared."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import insert, select, text, update
from tests.web.conftest import Browser, opened, serving

from techwatch import judgements
from techwatch.digests.compose import rank
from techwatch.digests.development import development
from techwatch.digests.filtering import facets, passes
from techwatch.model import Decision, EntityKind, Filter, Verdict
from techwatch.storage import tables as t
from techwatch.web.views import coverage
from techwatch.web.views.board import Board
from techwatch.web.views.outlines import Asked
from techwatch.web.views.question import Question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techwatch.model import Development
    from techwatch.watch import Watch

_LIST = "/api/v1/developments"


@pytest.fixture(scope="module")
def served(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Somebody at a desk that no test changes."""
    watch = opened(news, tmp_path_factory.mktemp("served") / "desk", {"login": "none"})
    with (
        serving(watch) as at,
        Browser(base_url=at, follow_redirects=True, timeout=30) as client,
    ):
        client.get("/login")
        yield client


def told(watch: Watch, language: str) -> list[Development]:
    """All developments, as digests compose them one by one."""
    long_ago = watch.clock() - timedelta(days=10_000)
    stories = watch.store.digests.untold("", long_ago)
    return [development(one, watch.baseline, language) for one in stories]


@pytest.mark.parametrize("language", ["en", "nb"])
def test_a_page_ranks_and_filters_as_a_digest_does(at_desk: Watch, language: str) -> None:
    board, all_of_them = Board(lambda: at_desk), told(at_desk, language)
    assert len(all_of_them) > 3
    assert {one.language for one in all_of_them} > {"en"}
    for only in (
        Filter(),
        Filter(verdicts=(Verdict.ESCALATING,)),
        Filter(minimum_score=0.7),
        Filter(entities=(all_of_them[0].entity_ids[0], "nobody")),
        Filter(jurisdictions=("us",)),
        Filter(feeds=(all_of_them[1].publisher,)),
        Filter(languages=("zh",)),
        Filter(kinds=all_of_them[0].kinds, tags=all_of_them[0].tags[:1]),
        Filter(tracks=tuple(d.track for d in all_of_them[:2] if d.track)),
    ):
        keys = board.chosen(language, Asked(filter=only)).keys
        wanted = rank([one for one in all_of_them if passes(one, only)])
        assert [key[-1] for key in keys] == [one.id for one in wanted]
        assert board.full([key[-1] for key in keys], language) == tuple(wanted)
    by_id = {one.id: one for one in all_of_them}
    for i, outline in board.outlines(language).items():
        same = facets(by_id[i])
        assert {*outline.facets.publishers} == {*same.publishers}
        assert replace(outline.facets, publishers=(), languages=()) == replace(
            same, publishers=(), languages=()
        )


def test_an_address_says_all_that_it_asks_for(served: Browser) -> None:
    every = served.get(_LIST).json()["developments"]
    one = next(d for d in every if d["verdict"] == "escalating" and d["jurisdiction"])
    asked = {"verdict": ["escalating", "easing"], "entity": one["entity_ids"][0], "score": "0.1"}
    asked |= {"jurisdiction": one["jurisdiction"], "until": "2199-01-01", "tag": "", "since": ""}
    found = served.get(_LIST, params=asked).json()
    assert one["id"] in [d["id"] for d in found["developments"]]
    assert len(found["developments"]) < len(every)
    page = served.get("/", params=asked).text
    assert re.findall(r'id="d-(\w+)"', page) == [d["id"] for d in found["developments"]]
    assert f'value="{one["jurisdiction"]}" checked' in page
    question = Question.of(_chip(page, "easing"))
    assert [v.value for v in question.verdict] == ["escalating"]


def _chip(page: str, value: str) -> str:
    """Follow the link that leaves one value out."""
    found = re.search(rf'class="chip" href="/\?([^"]*)" title="[^"]*">Verdict: {value}', page)
    assert found
    return found[1].replace("&amp;", "&")


def test_pages_go_on_where_the_one_before_ended(served: Browser) -> None:
    every = [d["id"] for d in served.get(_LIST).json()["developments"]]
    seen: list[str] = []
    address: str | None = f"{_LIST}?limit=3&verdict=escalating&verdict=novel&verdict=easing"
    while address:
        answer = served.get(address)
        seen += [d["id"] for d in answer.json()["developments"]]
        address = answer.json()["next"]
        assert answer.links.get("next", {}).get("url") == address
    assert seen == every
    newest = [d["id"] for d in served.get(_LIST, params={"order": "newest"}).json()["developments"]]
    assert sorted(newest) == sorted(every)


_REFUSED: tuple[tuple[dict[str, Any], int], ...] = (
    ({"verdict": "dreadful"}, 422),
    ({"score": "2"}, 422),
    ({"score": "nan"}, 422),
    ({"since": "0001-01-01T00:00:00+14:00"}, 422),
    ({"since": "never"}, 422),
    ({"until": "99999999999999999999"}, 422),
    ({"judged": "x"}, 422),
    ({"entity": ["x"] * 51}, 422),
    ({"feed": "x" * 201}, 422),
    ({"after": "x"}, 404),
    ({"after": "-1~9~-1~0000000000000000"}, 404),
    ({"after": "x" * 201}, 422),
    ({"entity": "<script>alert(1)</script>"}, 200),
    ({"feed": "\x00'; drop table items; --"}, 200),
)


def test_what_an_address_may_not_say_is_refused(served: Browser) -> None:
    for asked, status in _REFUSED:
        for path in ("/", _LIST):
            answer = served.get(path, params=asked)
            assert answer.status_code == status, asked
            assert "<script>alert" not in answer.text


def test_what_was_seen_is_not_new_and_can_be_shown_again(browser: Browser) -> None:
    before = browser.get("/").text
    until = re.search(r'name="until" value="([^"]+)"', before)
    assert until
    seen = browser.submit("/seen", until=until[1])
    assert "Nothing new" in seen.text
    assert browser.get(_LIST, params={"since": "looked"}).json()["total"] == 0
    assert browser.get(_LIST).json()["total"] > 0
    # Marked once more, an address shows how it was before, and takes it back.
    again = browser.submit("/seen", until="2100-01-01T00:00:00+00:00")
    former = parse_qs(urlsplit(str(again.url)).query)["seen"][0]
    assert former == until[1]
    undone = browser.submit("/seen", until=former, undo="true")
    assert undone.url.query == b""
    looked = browser.get(_LIST, params={"since": "looked"}).json()["looked_at"]
    assert looked == until[1].replace("+00:00", "Z")
    token = {"X-CSRF-Token": browser.csrf(), "Origin": str(browser.base_url).rstrip("/")}
    never = browser.put("/api/v1/seen", json={"until": None}, headers=token).json()
    assert never == {"looked_at": None, "before": looked}


def test_what_a_person_rejected_is_gone_at_once(at_desk: Watch, browser: Browser) -> None:
    one, *others = browser.get(_LIST).json()["developments"]
    of = judgements.subject(at_desk.store, one["id"])
    word, now = Decision.REJECT, at_desk.clock()
    judgements.decide(at_desk.store, at_desk.judge, of, word, "none", who="me", now=now)
    assert [d["id"] for d in browser.get(_LIST).json()["developments"]] == [d["id"] for d in others]
    quiet = browser.get(_LIST, params={"judged": "quiet"}).json()["developments"]
    assert [d["id"] for d in quiet] == [one["id"]]
    assert browser.get(_LIST, params={"judged": "all"}).json()["total"] == len(others) + 1


def test_a_judgement_counts_at_once_while_another_reader_has_the_desk_look(
    at_desk: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks after it was said is not shown what was known when somebody else began to look."""
    board, looking, go_on = Board(lambda: at_desk), threading.Event(), threading.Event()
    one = board.chosen("en", Asked()).keys[0][-1]
    look = at_desk.store.board.judged_since

    def slow(*given: Any, **more: Any) -> Any:
        looking.set()
        go_on.wait(30)
        return look(*given, **more)

    monkeypatch.setattr(at_desk.store.board, "judged_since", slow)
    monkeypatch.setattr(board, "_looked", float("-inf"))  # it is time to look
    with ThreadPoolExecutor(2) as pool:
        pool.submit(board.chosen, "en", Asked())
        assert looking.wait(30)
        of = judgements.subject(at_desk.store, one)
        now = at_desk.clock()
        judgements.decide(at_desk.store, at_desk.judge, of, Decision.REJECT, who="me", now=now)
        asked = pool.submit(board.chosen, "en", Asked())
        wait([asked], timeout=0.3)
        go_on.set()
        assert one not in [key[-1] for key in asked.result(30).keys]


def test_cards_are_rendered_anew_where_a_development_changes(
    at_desk: Watch, browser: Browser
) -> None:
    """A page keeps what it rendered of a development; a telling by somebody else shows at once."""
    told = next(d for d in browser.get(_LIST).json()["developments"] if not d["others"])
    card = _card(browser.get("/").text, told["id"])
    assert card == _card(browser.get("/").text, told["id"])
    with at_desk.store.database.write() as connection:
        other = "UPDATE items SET title = title || ' (changed)' WHERE id = :i"
        connection.execute(text(other), {"i": told["item_id"]})
        again = "UPDATE assessments SET judged_at = :at WHERE item_id = :i"
        at = at_desk.clock().replace(tzinfo=None)
        connection.execute(text(again), {"at": str(at), "i": told["item_id"]})
    for _ in range(50):
        if "(changed)" in _card(browser.get("/").text, told["id"]):
            return
        time.sleep(0.1)
    pytest.fail("the page shows what the item said before")


def _card(page: str, name: str) -> str:
    return page.partition(f'id="d-{name}"')[2].partition("</article>")[0]


def test_a_page_that_is_older_than_another_takes_nothing_back(
    at_desk: Watch, browser: Browser
) -> None:
    known = browser.get(_LIST).json()["known_until"]
    later = browser.submit("/seen", until=known)
    first = parse_qs(urlsplit(str(later.url)).query)["seen"]
    assert first == ["never"]  # so that the first time can be undone too
    stale = (at_desk.clock() - timedelta(days=3)).isoformat()
    browser.submit("/seen", until=stale)
    assert browser.get(_LIST, params={"since": "looked"}).json()["looked_at"] == known
    # An address that somebody else sent says nothing of what was seen.
    assert "marked as seen" in later.text
    assert "marked as seen" not in browser.get("/", params={"seen": "2199-01-01"}).text
    undone = browser.submit("/seen", undo="true")
    assert "Nothing new" not in undone.text
    assert "marked as seen" not in browser.get("/?seen=never").text
    # What was made before the page was, and stored after it, stays new.
    page = browser.get("/").text
    until = re.search(r'name="until" value="(20[^"]+)"', page)
    assert until
    one = browser.get(_LIST).json()["developments"][0]
    between = datetime.fromisoformat(until[1]) + timedelta(milliseconds=1)
    assert between < at_desk.clock()
    d = t.developments
    with at_desk.store.database.write() as connection:
        connection.execute(update(d).where(d.c.id == one["id"]).values(created_at=between))
    browser.submit("/seen", until=until[1])
    seen = at_desk.store.saved.looked_at(1)
    assert seen is not None
    fresh = Board(lambda: at_desk).chosen("en", Question(since="looked").asked(seen))
    assert [key[-1] for key in fresh.keys] == [one["id"]]


def test_forms_ask_by_name_and_day_and_keep_what_was_asked(served: Browser) -> None:
    every = served.get(_LIST).json()["developments"]
    one = next(d for d in every if d["entity_name"])
    name = one["entity_name"].upper()
    page = served.get("/", params={"entity": name, "since": "all", "day": "", "until": ""}).text
    assert one["id"] in re.findall(r'id="d-(\w+)"', page)
    assert f'name="entity" value="{one["entity_id"]}"' in page
    assert '<option value="all" selected>' in page
    day = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    page = served.get("/", params={"since": "all", "day": day}).text
    assert "Nothing found" in page
    assert f'<option value="{day}T00:00:00+00:00" selected>' in page
    assert served.get("/", params={"day": "0001-01-01"}).status_code == 422


def test_what_may_be_missing_is_said_on_top(served: Browser) -> None:
    assert served.get("/api/v1/coverage").json()["doubts"][0]["code"] == "service.stopped"
    page = served.get("/").text
    assert page.index('data-code="service.stopped"') < page.index('class="card"')
    assert 'id="coverage"' in page


def _codes(watch: Watch) -> list[str]:
    return [one.code for one in coverage.covered(watch).doubts]


def test_each_reason_to_doubt_silence_is_told(at_desk: Watch) -> None:
    overview, clock = at_desk.store.overview, at_desk.clock
    overview.beat("poll", clock())
    assert _codes(at_desk) == []
    overview.stumble("judge", clock(), "no room")
    [doubt] = coverage.covered(at_desk).doubts
    assert (doubt.code, doubt.severity, doubt.jobs) == ("jobs.failing", "fault", ("judge",))
    overview.beat("judge", clock())
    items, feeds = t.items, t.feeds
    with at_desk.store.database.write() as connection:
        connection.execute(update(items).values(judged_revision=0, seen_at=clock()))
    assert _codes(at_desk) == []  # for seconds only
    at_desk.clock = lambda: clock() + timedelta(minutes=11)
    [doubt] = coverage.covered(at_desk).doubts
    assert (doubt.code, doubt.number) == ("items.waiting", coverage.covered(at_desk).waiting)
    at_desk.clock = lambda: clock() + timedelta(hours=2)
    assert _codes(at_desk) == ["service.silent", "items.waiting"]
    assert coverage.covered(at_desk).feeds_failing * 2 < coverage.covered(at_desk).feeds
    with at_desk.store.database.write() as connection:
        connection.execute(update(feeds).values(failures=1, failing_since=clock(), error="no"))
    assert "feeds.failing" in _codes(at_desk)
    with at_desk.store.database.write() as connection:
        connection.execute(update(feeds).values(listed=False))
    overview.rest()
    assert _codes(at_desk) == ["service.stopped", "feeds.none", "items.waiting"]


def test_who_is_told_of_far_more_than_usual_stands_beside(at_desk: Watch, browser: Browser) -> None:
    quiet = next(
        one.id
        for one in at_desk.baseline.entities.values()
        if one.kind is EntityKind.LAW and one.id not in browser.get(_LIST).text
    )
    with at_desk.store.database.write() as connection:
        some = connection.execute(select(t.items.c.id, t.items.c.feed_url)).all()
        of_feeds = {row.feed_url: row.id for row in some}
        rows = [{"item_id": i, "entity_id": quiet} for i in of_feeds.values()]
        connection.execute(insert(t.item_entities).values(at=at_desk.clock()), rows)
    today = at_desk.clock().isoformat()  # what came before was counted for the first page already
    found = browser.get("/api/v1/bursts", params={"since": today}).json()
    [burst] = [one for one in found["bursts"] if one["entity_id"] == quiet]
    assert len(burst["counts"]) == 7
    assert burst["publishers"] == burst["counts"][-1] > 3
    page = browser.submit("/seen", until=today).text
    assert f'<a href="/entities/{quiet}">' in page.partition('id="moving"')[2]
    assert 'id="moving"' not in browser.get("/?verdict=novel").text
