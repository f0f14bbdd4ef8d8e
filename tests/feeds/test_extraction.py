from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.feeds import pages

from techwatch.errors import HostileDocumentError, NoArticleError, ParseError, ParseTimeoutError
from techwatch.feeds.extraction import MOST_TEXT, article
from techwatch.feeds.parsing_pool import ParsingPool, ParsingSettings
from techwatch.judging import loose_item
from techwatch.model import Document, Item, Validators

ITEM = loose_item(pages.TITLE, pages.SUMMARY)
PAGE = pages.article(pages.TITLE, pages.PARAGRAPHS)


def document(content: bytes | str, kind: str | None = "text/html") -> Document:
    data = content.encode() if isinstance(content, str) else content
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return Document("https://harbour.example/1", data, kind, Validators(), at)


def test_the_article_is_read_without_what_surrounds_it() -> None:
    text = article(document(PAGE), ITEM)
    assert all(paragraph in text for paragraph in pages.PARAGRAPHS)
    assert text.startswith(pages.PARAGRAPHS[0])  # no headline, no byline: the lead is read first
    for noise in ("cookies", "tracker", "Section", "Ten pies", "Copyright", "<"):
        assert noise not in text


@pytest.mark.parametrize(
    ("kind", "head"),
    [
        ("text/html; charset=gbk", ""),
        ("text/html; charset=gb2312", ""),
        ("text/html", "<meta charset='gb2312'>"),
        ("text/html", '<meta http-equiv="Content-Type" content="text/html; charset=GBK">'),
        ("text/html", ""),
    ],
)
def test_a_chinese_page_in_gbk_is_read(kind: str, head: str) -> None:
    page = pages.article(pages.CHINESE_TITLE, pages.CHINESE, head=head, lang="zh")
    text = article(document(page.encode("gbk"), kind), loose_item(pages.CHINESE_TITLE, "", "zh"))
    assert all(paragraph in text for paragraph in pages.CHINESE)


@pytest.mark.parametrize("encoding", ["utf-8", "iso8859-1"])
def test_a_norwegian_page_is_read(encoding: str) -> None:
    head = f'<meta charset="{encoding}">'
    page = pages.article(pages.NORWEGIAN_TITLE, pages.NORWEGIAN, head=head, lang="nb")
    item = loose_item(pages.NORWEGIAN_TITLE, "", "nb")
    text = article(document(page.encode(encoding)), item)
    assert all(paragraph in text for paragraph in pages.NORWEGIAN)


CONSENT = pages.article(
    "Before you continue",
    ("We and our 843 partners use cookies and data to show advertisements made for you.",) * 2
    + ("You can change your settings at any time by the link at the foot of each of our pages.",),
)
WALL = pages.article(pages.TITLE, ("Subscribe to read the whole article.", "Log in"))
OTHER = pages.article(
    "Ten pies",
    ("Take apples from the garden, and flour of the coarser sort, and let the oven get hot.",) * 2
    + ("Serve the pie with cream and, where children are at the table, with a bowl of berries.",),
)


@pytest.mark.parametrize("page", [CONSENT, WALL, OTHER, "<html><body></body></html>", "plain"])
def test_walls_consent_pages_and_other_pages_give_nothing(page: str) -> None:
    with pytest.raises(NoArticleError):
        article(document(page), ITEM)


def test_a_page_that_says_less_than_the_summary_gives_nothing() -> None:
    item = replace(ITEM, summary=" ".join(pages.PARAGRAPHS) * 2)
    with pytest.raises(NoArticleError, match="says less than the item"):
        article(document(PAGE), item)


def test_a_long_article_is_cut() -> None:
    many = tuple(f"{n}: {pages.PARAGRAPHS[0]}" for n in range(1000))
    assert (
        MOST_TEXT - 2 <= len(article(document(pages.article(pages.TITLE, many)), ITEM)) <= MOST_TEXT
    )


def test_text_that_looks_like_markup_is_text() -> None:
    shown = (*pages.PARAGRAPHS, "Write &lt;script&gt; in chip exports rules&#8203;&#x202e;.")
    text = article(document(pages.article(pages.TITLE, shown)), ITEM)
    assert "<script>" in text  # escaped wherever it is shown
    assert "\u202e" not in text


DEEP = "<html><body>" + "<div>" * 50_000 + PAGE
ATTRIBUTES = "<html><body><a " + " ".join(f'a{n}="1"' for n in range(100_000)) + ">x</a>" + PAGE
UNQUOTED = "<html><body><a " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</a>" + PAGE
ENTITIES = "<!DOCTYPE x [<!ENTITY a 'xxxxxxxxxxxxxxxxxxxxxxxxx'><!ENTITY b '&a;&a;&a;'>]>" + PAGE
HUGE = pages.article(pages.TITLE, tuple(f"{n}: {pages.PARAGRAPHS[1]}" for n in range(18_000)))


@pytest.mark.parametrize(
    "page", [DEEP, ATTRIBUTES, UNQUOTED, ENTITIES, HUGE], ids=lambda page: page[:40]
)
def test_hostile_pages_are_bounded_and_the_next_one_is_read(page: str) -> None:
    settings = ParsingSettings(workers=1, timeout=10)

    async def both() -> tuple[str | BaseException, str]:
        async with ParsingPool(settings) as pool:
            [first] = await asyncio.gather(_read(pool, page), return_exceptions=True)
            return first, await pool.article(document(PAGE), ITEM)

    begun = time.monotonic()
    first, second = asyncio.run(both())
    assert time.monotonic() - begun < 60  # and not the minutes that such tags take a parser
    assert isinstance(first, str | ParseError)
    assert pages.PARAGRAPHS[0] in second


def _read(pool: ParsingPool, page: str) -> asyncio.Future[str]:
    return asyncio.ensure_future(pool.article(document(page), ITEM))


def test_what_would_stall_the_parser_is_refused_or_stopped() -> None:
    with pytest.raises(HostileDocumentError):
        article(document(ATTRIBUTES), ITEM)
    with pytest.raises(HostileDocumentError):
        article(document(ENTITIES), ITEM)

    async def stopped() -> None:
        async with ParsingPool(ParsingSettings(workers=1, timeout=2)) as pool:
            await pool.article(document(UNQUOTED), ITEM)

    with pytest.raises((ParseTimeoutError, HostileDocumentError)):
        asyncio.run(stopped())


def test_an_item_without_words_is_no_reason_to_refuse() -> None:
    item: Item = replace(ITEM, title="???")
    assert pages.PARAGRAPHS[0] in article(document(PAGE), item)
