from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from techwatch.errors import (
    ConnectionFailedError,
    FetchError,
    HttpStatusError,
    NoArticleError,
    ParseError,
    PostponedError,
    RobotsError,
    WrongKindError,
)
from techwatch.feeds import articles
from techwatch.feeds.article_settings import ArticleSettings
from techwatch.judging import loose_item
from techwatch.model import Article, ArticleState, Feed, StoredItem

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = Feed("https://harbour.example/feed", "Harbour", "en", full_text=True)
LINK = "https://harbour.example/1"
SETTINGS = ArticleSettings()
STORED = StoredItem(replace(loose_item("EU fines TikTok"), link=LINK), FEED, 1, NOW, NOW)
WAITING = Article("1", LINK, "EU fines TikTok", ArticleState.WAITING, NOW, NOW + timedelta(hours=1))


def wish(stored: StoredItem, **settings: bool) -> Article | None:
    return articles.wish(stored, ArticleSettings(**settings), NOW)


@pytest.mark.parametrize(
    ("feed", "default", "wanted"),
    [(None, False, False), (None, True, True), (False, True, False), (True, False, True)],
)
def test_a_feed_overrules_the_settings(feed: bool | None, *, default: bool, wanted: bool) -> None:  # noqa: FBT001
    stored = replace(STORED, feed=replace(FEED, full_text=feed))
    assert bool(wish(stored, full_text=default)) is wanted


def test_a_wish_says_until_when_the_item_waits() -> None:
    found = wish(STORED)
    assert found is not None
    assert (found.until - NOW, found.next_attempt_at) == (timedelta(minutes=10), NOW)


@pytest.mark.parametrize(
    "item",
    [
        replace(STORED.item, link=None),
        replace(STORED.item, body="x" * 2_000),
        replace(STORED.item, published=NOW - timedelta(days=4)),
    ],
)
def test_no_article_is_wanted(item: object) -> None:
    assert wish(replace(STORED, item=item)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (HttpStatusError(LINK, 503), ArticleState.WAITING),
        (HttpStatusError(LINK, 429), ArticleState.WAITING),
        (HttpStatusError(LINK, 404), ArticleState.FAILED),
        (ConnectionFailedError(LINK, "refused"), ArticleState.WAITING),
        (FetchError(LINK, "broke off"), ArticleState.WAITING),
        (PostponedError(LINK, 300), ArticleState.WAITING),
        (PostponedError(LINK, 7_200), ArticleState.FAILED),  # longer than the item waits
        (RobotsError(LINK, "closed", for_now=True), ArticleState.WAITING),
        (RobotsError(LINK, "forbidden"), ArticleState.REFUSED),
        (WrongKindError(LINK, "is a PDF"), ArticleState.FAILED),
        (NoArticleError(LINK, "a wall"), ArticleState.NONE),
        (ParseError(LINK, "the process died"), ArticleState.FAILED),
    ],
)
def test_what_may_pass_is_tried_again(error: FetchError | ParseError, state: ArticleState) -> None:
    after = articles.after_failure(WAITING, error, SETTINGS, NOW)
    assert (after.state, after.attempts, after.error) == (state, 1, str(error))
    assert (after.next_attempt_at is None) is (state is not ArticleState.WAITING)


def test_pauses_grow_and_attempts_end() -> None:
    article, pauses = WAITING, []
    while article.state is ArticleState.WAITING:
        article = articles.after_failure(article, HttpStatusError(LINK, 500), SETTINGS, NOW)
        if article.next_attempt_at:
            pauses.append((article.next_attempt_at - NOW).total_seconds())
    assert (pauses, article.attempts, article.state) == ([60, 120], 3, ArticleState.FAILED)


def test_a_host_that_asks_for_peace_is_given_it() -> None:
    after = articles.after_failure(WAITING, PostponedError(LINK, 300), SETTINGS, NOW)
    assert after.next_attempt_at == NOW + timedelta(seconds=300)


TEXT = "The commission fined TikTok over transfers of data. " * 6


@pytest.mark.parametrize(
    ("text", "title", "summary", "sound"),
    [
        (TEXT, "EU fines TikTok over transfers of data", "Short.", True),
        (TEXT, "EU fines TikTok over transfers of data", "long " * 100, False),
        ("The commission fined TikTok.", "EU fines TikTok", "", False),
        ("Accept all cookies to go on to this page. " * 9, "EU fines TikTok", "", False),
        ("商务部公布芯片出口条例草案。" * 8, "商务部公布芯片条例", "", True),
        ("请登录后继续阅读本页面的全部内容。" * 8, "商务部公布芯片条例", "", False),
    ],
)
def test_what_is_not_the_article_is_told(text: str, title: str, summary: str, sound: bool) -> None:  # noqa: FBT001
    assert (articles.unsound(text, title, summary) is None) is sound
