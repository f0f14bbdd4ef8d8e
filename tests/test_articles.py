"""From a feed to a verdict by way of the article, over a real server and with a moved clock."""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner
from tests.feeds import pages

from techwatch.cli import cli
from techwatch.model import ArticleState, Verdict
from techwatch.runtime import local
from techwatch.testing import Behaviour

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from techwatch.model import StoredItem
    from techwatch.testing import FakeClock, Publisher
    from techwatch.watch import Watch

THIN = "A word on Huawei equipment in networks"  # names an entity, and says nothing of it
STEP = "EU fines TikTok 530 million euros over data transfers to China"
NOISE = "Best apple pie recipes for the weekend"
LEAD = (
    "Germany banned Huawei equipment from its 5G networks on Monday, the interior ministry said.",
    "Operators have until the end of next year to remove Huawei equipment from their core sites.",
    "The statement ends two years of talks with the operators, who had asked for a longer time.",
)
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture(autouse=True)
def full_text(config: Path) -> None:
    """Make the one feed of the configuration one whose articles are read."""
    settle(config, "feeds", lambda feeds: feeds["feeds"][0].update(full_text=True))
    settle(config, "techwatch", lambda s: s.update(articles={"timeout": 1.0, "max_bytes": 200_000}))


def settle(config: Path, name: str, change: Any) -> None:
    path = config / f"{name}.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


def feed(publisher: Publisher, *titles: str, summary: str = "As told.", links: str = "") -> None:
    """Publish a feed whose items lead to pages of the same server."""
    items = "".join(
        f"<item><title>{title}</title><link>{publisher.url(links or f'{n}.html')}</link>"
        f"<guid>{n}</guid><description>{summary}</description>"
        f"<pubDate>Sun, 01 Mar 2026 10:0{n}:00 GMT</pubDate></item>"
        for n, title in enumerate(titles)
    )
    text = f"<rss version='2.0'><channel><title>Harbour</title>{items}</channel></rss>"
    publisher.publish("news.rss", text.encode())


def page(publisher: Publisher, name: str = "0.html", title: str = THIN) -> None:
    publisher.publish(name, pages.article(title, LEAD).encode())


def poll(watch: Watch) -> None:
    async def polling() -> None:
        watch.open_lists()
        async with watch.asking() as ask:
            await watch.poll(watch.store.feeds.states(), ask, lambda _: None)

    asyncio.run(polling())
    watch.judge_items()


def read(watch: Watch) -> int:
    """Do one round of reading, and judge what waits no longer."""

    async def reading() -> int:
        async with watch.asking():
            return await watch.read_articles()

    found = asyncio.run(reading())
    watch.judge_items()
    return found


def item(watch: Watch, publisher: Publisher, name: str = "0.html") -> StoredItem:
    return watch.store.judging.item(publisher.url(name))


def verdict(watch: Watch, publisher: Publisher, name: str = "0.html") -> Verdict | None:
    found = watch.store.judging.assessment(item(watch, publisher, name).item.id)
    return found[0].verdict if found else None


def state(watch: Watch, publisher: Publisher) -> ArticleState | None:
    article = item(watch, publisher).article
    return article.state if article else None


def asked(publisher: Publisher) -> list[str]:
    """What was asked for but for the feed."""
    return [r.path for r in publisher.requests if not r.path.endswith(".rss")]


def error(watch: Watch, publisher: Publisher) -> str:
    article = item(watch, publisher).article
    assert article is not None
    return article.error or ""


def test_an_item_that_matches_waits_for_its_article_and_is_judged_once_by_it(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    feed(publisher, THIN, NOISE)
    page(publisher)
    poll(watch)
    assert verdict(watch, publisher) is None
    assert verdict(watch, publisher, "1.html") is Verdict.UNRELATED  # not worth a request
    assert read(watch) == 1
    stored = item(watch, publisher)
    assert stored.item.body.endswith(LEAD[-1])
    assert (stored.revision, state(watch, publisher)) == (1, ArticleState.READ)
    assert verdict(watch, publisher) is Verdict.ESCALATING
    assert asked(publisher) == ["/robots.txt", "/0.html"]
    clock.move(timedelta(hours=1))
    poll(watch)
    assert read(watch) == 0  # neither the feed's own text nor a restart brings it back
    assert asked(publisher) == ["/robots.txt", "/0.html"]
    assert item(watch, publisher).revision == 1


def test_without_its_article_the_same_item_tells_nothing(
    watch: Watch, publisher: Publisher, config: Path
) -> None:
    settle(config, "feeds", lambda feeds: feeds["feeds"][0].update(full_text=False))
    feed(publisher, THIN)
    poll(watch)
    found = verdict(watch, publisher)
    assert found is not None
    assert not found.flagged
    assert read(watch) == 0
    assert asked(publisher) == []


def test_the_settings_speak_for_feeds_that_say_nothing(
    watch: Watch, publisher: Publisher, config: Path
) -> None:
    settle(config, "feeds", lambda feeds: feeds["feeds"][0].pop("full_text"))
    settle(config, "techwatch", lambda s: s["articles"].update(full_text=True))
    feed(publisher, THIN)
    page(publisher)
    poll(watch)
    assert read(watch) == 1


def test_the_page_is_asked_for_politely(watch: Watch, publisher: Publisher) -> None:
    feed(publisher, THIN)
    page(publisher)
    publisher.misbehave("robots.txt", Behaviour(status=404, headers={"Set-Cookie": "id=1"}))
    poll(watch)
    read(watch)
    sent = publisher.requests[-1].headers
    assert set(sent) == {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert sent["accept"] == "text/html,application/xhtml+xml"
    assert sent["user-agent"].startswith("techwatch/")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (b"User-agent: *\nDisallow: /0", ArticleState.REFUSED),
        (b"User-agent: techwatch\nDisallow: /", ArticleState.REFUSED),
        (b"User-agent: *\nCrawl-delay: 900", ArticleState.REFUSED),
        (b"User-agent: *\nDisallow: /other", ArticleState.READ),
        (b"User-agent: otherbot\nDisallow: /", ArticleState.READ),
    ],
)
def test_robots_txt_is_heeded_for_pages_and_not_for_feeds(
    rules: bytes, expected: ArticleState, watch: Watch, publisher: Publisher
) -> None:
    feed(publisher, THIN)
    page(publisher)
    publisher.publish("robots.txt", rules)
    poll(watch)
    read(watch)
    assert state(watch, publisher) is expected
    assert ("/0.html" in asked(publisher)) is (expected is ArticleState.READ)
    assert verdict(watch, publisher) is not None  # judged, with the article or without


def test_robots_txt_is_asked_for_once_a_day(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.publish("robots.txt", b"User-agent: *\nDisallow: /none")
    for hours in (0, 20, 5):
        clock.move(timedelta(hours=hours))
        name = f"after-{hours}.html"
        publisher.publish("news.rss", b"")
        feed(publisher, f"{THIN} {hours}", links=name)
        page(publisher, name, f"{THIN} {hours}")
        poll(watch)
        read(watch)
    assert asked(publisher).count("/robots.txt") == 2


@pytest.mark.parametrize("behaviour", [Behaviour(status=503), Behaviour(hang_up=True)])
def test_while_robots_txt_cannot_be_had_nothing_is_asked_for(
    behaviour: Behaviour, watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    feed(publisher, THIN)
    page(publisher)
    publisher.misbehave("robots.txt", behaviour)
    poll(watch)
    read(watch)
    assert "/0.html" not in asked(publisher)
    assert verdict(watch, publisher) is None  # it may yet come
    publisher.recover("robots.txt")
    clock.move(timedelta(minutes=6))
    assert read(watch) == 1
    assert verdict(watch, publisher) is Verdict.ESCALATING


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        (Behaviour(status=404), "answered 404"),
        (Behaviour(status=403), "answered 403"),
        (Behaviour(headers={"Content-Type": "application/pdf"}, body=b"%PDF"), "no web page"),
        (Behaviour(headers=HTML, body=b"x" * 300_000), "larger than 200,000 bytes"),
        (
            Behaviour(headers=HTML | {"Content-Length": str(100_000_000)}, body=b""),
            "larger than 200,000 bytes",
        ),
        (
            Behaviour(
                headers=HTML | {"Content-Encoding": "gzip"}, body=gzip.compress(b"x" * 50_000_000)
            ),
            "larger than 200,000 bytes",
        ),
        (Behaviour.redirect("file:///etc/passwd"), "not on the web"),
        (Behaviour.redirect("/0.html"), "in a circle"),
        (Behaviour(headers=HTML, body=pages.article("Log in", ("Subscribe.",)).encode()), "page"),
    ],
)
def test_what_is_no_article_is_told_and_the_item_is_judged_at_once(
    behaviour: Behaviour, told: str, watch: Watch, publisher: Publisher
) -> None:
    feed(publisher, THIN)
    publisher.misbehave("0.html", behaviour)
    poll(watch)
    assert read(watch) == 0
    assert told in error(watch, publisher)
    assert verdict(watch, publisher) is not None
    assert item(watch, publisher).item.body == ""
    before = len(publisher.requests)
    assert read(watch) == 0
    assert len(publisher.requests) == before


@pytest.mark.parametrize(
    "behaviour",
    [
        Behaviour(drip=b"<p>slow</p>", pause=0.3, headers=HTML),
        Behaviour(delay=3.0),
        Behaviour(status=500),
        Behaviour(hang_up=True),
    ],
)
def test_what_may_pass_is_tried_again_and_again_a_little_later_but_not_for_ever(
    behaviour: Behaviour, watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    feed(publisher, THIN)
    publisher.misbehave("0.html", behaviour)
    poll(watch)
    for _ in range(12):
        read(watch)
        clock.move(timedelta(seconds=30))
    assert asked(publisher).count("/0.html") == 3
    assert state(watch, publisher) is ArticleState.FAILED
    assert verdict(watch, publisher) is not None


def test_an_item_waits_for_some_minutes_only(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    feed(publisher, STEP)
    page(publisher)
    poll(watch)
    assert verdict(watch, publisher) is None
    clock.move(timedelta(minutes=10))  # nobody could ask: the service was down
    watch.judge_items()
    assert verdict(watch, publisher) is Verdict.ESCALATING
    assert read(watch) == 0
    assert asked(publisher) == []
    assert state(watch, publisher) is ArticleState.FAILED


def test_a_host_that_wants_peace_gets_it(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    feed(publisher, THIN)
    page(publisher)
    busy = Behaviour(status=429, headers={"Retry-After": "240"}, times=1)
    publisher.misbehave("0.html", busy)
    poll(watch)

    async def rounds() -> None:
        async with watch.asking():
            for _ in range(6):
                await watch.read_articles()
                clock.move(timedelta(seconds=60))

    asyncio.run(rounds())
    # Asked, refused for 240 seconds, left alone for as long, asked again.
    assert asked(publisher).count("/0.html") == 2
    assert state(watch, publisher) is ArticleState.READ


def test_a_crawl_delay_lies_between_two_pages(watch: Watch, publisher: Publisher) -> None:
    feed(publisher, f"{THIN} one", f"{THIN} two")
    page(publisher, "0.html", f"{THIN} one")
    page(publisher, "1.html", f"{THIN} two")
    publisher.publish("robots.txt", b"User-agent: *\nCrawl-delay: 50")
    poll(watch)
    assert read(watch) == 1  # the other waits for a later round, and holds nobody up
    assert [p for p in asked(publisher) if p != "/robots.txt"] == ["/0.html"]


def test_a_page_that_two_items_lead_to_is_asked_for_once(
    watch: Watch, publisher: Publisher
) -> None:
    feed(publisher, f"{THIN} one", f"{THIN} two", links="both.html")
    page(publisher, "both.html")
    poll(watch)
    assert read(watch) == 2
    assert asked(publisher).count("/both.html") == 1


def test_robots_txt_counts_for_where_redirects_lead(watch: Watch, publisher: Publisher) -> None:
    feed(publisher, THIN)
    publisher.misbehave("0.html", Behaviour.redirect("/real.html", 301))
    page(publisher, "real.html")
    publisher.publish("robots.txt", b"User-agent: *\nDisallow: /real")
    poll(watch)
    read(watch)
    assert state(watch, publisher) is ArticleState.REFUSED
    assert "/real.html" not in asked(publisher)


def test_private_addresses_are_refused_for_pages_too(
    watch: Watch, publisher: Publisher, config: Path
) -> None:
    feed(publisher, THIN)
    page(publisher)
    poll(watch)
    settle(config, "techwatch", lambda s: s["fetching"].update(allow_private=False))
    del watch.__dict__["settings"]
    read(watch)
    assert asked(publisher) == []
    assert item(watch, publisher).item.body == ""


def test_another_headline_asks_for_the_article_again(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    feed(publisher, THIN)
    page(publisher)
    poll(watch)
    read(watch)
    feed(publisher, THIN, summary="Told again.")  # another summary does not
    poll(watch)
    assert (item(watch, publisher).revision, asked(publisher).count("/0.html")) == (2, 1)
    assert verdict(watch, publisher) is Verdict.ESCALATING
    assert item(watch, publisher).item.body != ""
    for number in range(4):
        clock.move(timedelta(minutes=11))
        feed(publisher, f"{THIN}, part {number}")
        poll(watch)
        assert item(watch, publisher).item.body == ""
        read(watch)
    assert asked(publisher).count("/0.html") == 3  # at most so often in all


def test_old_news_and_items_with_their_whole_text_are_judged_as_they_are(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    feed(publisher, THIN)
    page(publisher)
    clock.move(timedelta(days=10))
    poll(watch)
    assert (item(watch, publisher).article, read(watch)) == (None, 0)


def test_a_text_that_comes_too_late_is_dropped(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    feed(publisher, THIN)
    poll(watch)
    [due] = watch.store.articles.due(clock())
    clock.move(timedelta(minutes=10))
    watch.judge_items()
    late = replace(due, state=ArticleState.READ)
    assert watch.store.articles.record([(late, "text")], clock()) == 0
    assert item(watch, publisher).item.body == ""


def test_two_processes_ask_for_a_page_once(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    feed(publisher, THIN)
    poll(watch)
    [due] = watch.store.articles.due(clock())
    later = clock() + timedelta(minutes=1)
    claims = [watch.store.articles.claim([due.item_id], clock(), later) for _ in range(2)]
    assert claims == [True, False]


def test_feeds_list_and_status_tell_what_became_of_articles(
    watch: Watch, publisher: Publisher, config: Path
) -> None:
    feed(publisher, f"{THIN} one", f"{THIN} two", f"{THIN} three")
    page(publisher, "0.html", f"{THIN} one")
    publisher.publish("robots.txt", b"User-agent: *\nDisallow: /1.html")
    poll(watch)
    read(watch)
    told = "1 read, 1 refused by robots.txt, 1 failed"
    runner = CliRunner()
    listed = runner.invoke(cli, ["--config", str(config), "feeds", "list", "--json"])
    assert json.loads(listed.stdout)["articles"] == {"read": 1, "refused": 1, "failed": 1}
    state = runner.invoke(cli, ["--config", str(config), "status"])
    assert f"articles  {told}" in state.stdout


def test_the_service_reads_articles_by_itself(watch: Watch, publisher: Publisher) -> None:
    feed(publisher, THIN)
    page(publisher)
    asyncio.run(local.run_once(watch))
    assert state(watch, publisher) is ArticleState.READ
    assert verdict(watch, publisher) is Verdict.ESCALATING
