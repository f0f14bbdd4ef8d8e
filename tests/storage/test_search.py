"""What a search finds, the same on both databases and as a plain reading of the texts has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError
from tests.databases import on_both

from techwatch.errors import NotFoundError
from techwatch.model import Article, ArticleState, Feed, Verdict
from techwatch.search.highlights import places
from techwatch.search.parsing import parse
from techwatch.search.query import All, Either, Not, Phrase
from techwatch.search.words import split
from techwatch.storage import asked as asking
from techwatch.storage import indexing, search_developments
from techwatch.storage import tables as t
from techwatch.storage.feeds import add_pushed
from techwatch.text import content_hash, fold

from .samples import NOW, assessment, item, judged, outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techwatch.model import Assessment, Item
    from techwatch.search.query import Node, Query
    from techwatch.storage import Store

pytestmark = on_both

ENGLISH = Feed("https://harbour.example/feed", "Harbour News", "en")
CHINESE = Feed("https://gangkou.example/feed", "港口日报", "zh-Hans")
NORWEGIAN = Feed("https://brygge.example/feed", "Brygga Avis", "nb")
CORPUS = {
    ENGLISH: (
        ("Senate weighs chip export rules", "The rules would bind makers of chips and of tools."),
        ("Chips for cars run short again", "Export of tools is not the reason, makers say."),
        ("Huawei's Mate 60 phone sells out", "The U.S. wants to know who made its 7nm chip."),
        ("Ministers meet on AI", "Rules for export were not discussed; cafés stayed open."),
        ("Tariff on 5G gear: a primer", "What a tariff is, and who pays it."),
        ("Export rules", "Chip export rules, chip export rules, and once more: chip export rules."),
    ),
    CHINESE: (
        ("美國限制芯片出口", "荷兰的光刻机制造商也受影响。"),
        ("中芯国际扩建工厂", "公司说芯片需求仍在增长。华为是客户。"),
        ("华为Mate60手机热销", "美国想知道谁制造了芯片"),
        ("部长们讨论5G", "没有提到出口。他将访美"),
    ),
    NORWEGIAN: (
        ("Regjeringen vil begrense eksport av brikker", "Også Huawei-utstyr er på lista."),
        ("Måltid på Blåbærhøgda", "Blåbær og fløte, ingen brikker."),
        ("Storting drøfter 5G-nett", "Utstyr fra Kina kan bli nektet."),
    ),
}  # fmt: skip
QUERIES = (
    "chip", "chips", "CHIP*", "chip export", '"chip export"', '"export chip"', "rules -chip",
    "chip OR tariff", "makers OR minister* rules", "(chip -senate) OR tariff",
    "-chip -芯片 -brikker", "title:export", 'title:"export rules"', "title:chip*", "U.S.", "7nm",
    "huawei", "huawei's", "cafes", "café", "Mate 60", "mate60", "芯片", "晶片", "晶片 OR 芯片",
    "美国", "美國", "美", "国", "中芯国际", "芯国", "国际中芯", "华为mate60", '"华为mate60 手机"',
    "手机热", "谁制造了芯片", "5G", "5G -讨论", "芯片 -出口", "芯片 出口", "光刻机 OR lista",
    "blåbær", "blabaer*", "blabær*", "høgda", "Blåbærhøgda", "brikker eksport",
    '"eksport av brikker"', "fløte", "flote", "机", "一", "lang:zh 5G", "lang:en",
    "lang:nb -brikker", "-lang:en 芯片", "feed:harbour export", "feed:港口,brygga 5G",
    "-feed:harbour 5G", "芯片 美", "影响", "响", "zzz", "rule", "not the", "the is",
)  # fmt: skip


def entry(number: int, feed: Feed, title: str, summary: str) -> Item:
    made = item(number, title, feed)
    published = NOW - timedelta(hours=number)
    hash_ = content_hash(title, summary)
    return replace(
        made,
        language=feed.language,
        summary=summary,
        published=published,
        content_hash=hash_,
    )


def bring(store: Store, feed: Feed, items: Sequence[Item], at: datetime = NOW) -> None:
    store.feeds.record(outcome(*items, feed=feed), at)


@pytest.fixture
def corpus(store: Store) -> list[Item]:
    """Items in three languages, stored by the polls of three feeds."""
    store.feeds.watch(CORPUS, NOW)
    items: list[Item] = []
    for feed, texts in CORPUS.items():
        own = [entry(len(items) + n, feed, *texts[n]) for n in range(len(texts))]
        bring(store, feed, own)
        items += own
    return items


def titles(store: Store, asked: str, limit: int = 100) -> list[str]:
    return [hit.title for hit in store.search.items(parse(asked, NOW), limit)]


def plainly(query: Query, one: Item, feed: Feed) -> bool:
    """Say whether an item is found, by reading its text from end to end."""
    fields = {True: fold(one.title).text, False: fold(one.summary).text}
    words = {is_title: list(split(folded)) for is_title, folded in fields.items()}

    def holds(node: Node) -> bool:
        match node:
            case Phrase(_, _, title):
                return any(any(places(node, words[f])) for f in ([True] if title else words))
            case All(parts):
                return all(map(holds, parts))
            case Either(parts):
                return any(map(holds, parts))
            case Not(part):
                return not holds(part)

    for having in query.having:
        values = {"lang": feed.language[:2], "feed": fold(feed.publisher).text}[having.name]
        if having.negated == any(fold(value).text in values for value in having.values):
            return False
    return (query.wanted is None or holds(query.wanted)) and not any(map(holds, query.unwanted))


def test_both_databases_find_what_a_plain_reading_finds(store: Store, corpus: list[Item]) -> None:
    feeds = {feed.url: feed for feed in CORPUS}
    differing = []
    for asked in QUERIES:
        query = parse(asked, NOW)
        wanted = [one.title for one in corpus if plainly(query, one, feeds[one.feed_url])]
        ranked = store.search.items(query, 100, by="relevance")
        if (
            titles(store, asked) != wanted  # the corpus is newest first
            or store.search.count(query) != len(wanted)
            or sorted(hit.title for hit in ranked) != sorted(wanted)
        ):
            differing.append(asked)
    assert differing == []


def test_the_queries_of_the_test_above_find_something_and_not_all(corpus: list[Item]) -> None:
    feeds = {feed.url: feed for feed in CORPUS}
    found = [
        sum(plainly(parse(asked, NOW), one, feeds[one.feed_url]) for one in corpus)
        for asked in QUERIES
    ]
    assert sum(0 < number < len(corpus) for number in found) > len(QUERIES) * 0.8


def test_the_most_relevant_comes_first(store: Store, corpus: list[Item]) -> None:
    assert corpus
    found = store.search.items(parse("chip export rules", NOW), 10, by="relevance")
    assert len(found) == 2
    assert {hit.title for hit in found} == {
        "Senate weighs chip export rules",
        "Export rules",
    }
    keys = [hit.key for hit in found]
    assert store.search.items(parse("chip export rules", NOW), 10, keys[0], by="relevance") == (
        found[1],
    )


def test_pages_follow_each_other_whatever_comes_in_between(
    store: Store, corpus: list[Item]
) -> None:
    query, seen, after = parse("", NOW), list[str](), None
    for number in range(20):
        page = store.search.items(query, 3, after)
        if not page:
            break
        seen += [hit.item_id for hit in page]
        after = page[-1].key
        bring(store, ENGLISH, [entry(-1 - number, ENGLISH, "Newer", "One more.")])
    assert seen == [one.id for one in corpus]


def test_times_narrow_what_is_found(store: Store, corpus: list[Item]) -> None:
    zone_now = NOW.astimezone(UTC)
    newest = [hit.item_id for hit in store.search.items(parse("since:3h", zone_now), 100)]
    assert newest == [one.id for one in corpus[:4]]
    older = store.search.items(parse("until:3h", zone_now), 100)
    assert [hit.item_id for hit in older] == [one.id for one in corpus[4:]]
    assert older[0].at == corpus[4].published


def test_news_from_the_future_stands_where_it_was_first_seen(store: Store) -> None:
    store.feeds.watch([ENGLISH], NOW)
    late = replace(entry(1, ENGLISH, "A", "x"), published=NOW + timedelta(days=900))
    bring(store, ENGLISH, [late, replace(entry(2, ENGLISH, "B", "y"), published=None)])
    assert {hit.at for hit in store.search.items(parse("", NOW), 9)} == {NOW}


def test_items_of_one_second_have_places_of_their_own(store: Store) -> None:
    store.feeds.watch([ENGLISH], NOW)
    many = [replace(entry(n, ENGLISH, f"Same {n}", "x"), published=NOW) for n in range(1500)]
    assert len({indexing.place_of(NOW, one.id) for one in many}) < len(many)  # so it is tried
    bring(store, ENGLISH, many)
    assert store.search.count(parse("same", NOW)) == len(many)
    assert [hit.at for hit in store.search.items(parse("same", NOW), 3)] == [NOW] * 3


def test_a_revision_replaces_the_words_of_the_one_before(store: Store, corpus: list[Item]) -> None:
    changed = replace(corpus[0], title="Senate drops licensing rules", content_hash="0" * 16)
    bring(store, ENGLISH, [changed, *corpus[1:6]], NOW + timedelta(hours=1))
    assert titles(store, "senate") == ["Senate drops licensing rules"]
    assert titles(store, "senate chip") == []
    assert sound(store)


def test_an_article_is_found_by_its_text(store: Store, corpus: list[Item]) -> None:
    one = corpus[3]
    article = Article(
        one.id, "https://harbour.example/3", one.title, ArticleState.WAITING, NOW, NOW
    )
    waits = replace(article, until=NOW + timedelta(hours=2), next_attempt_at=NOW)
    with store.judging.judging() as judging:
        judging.wait_for([waits])
    read = replace(waits, state=ArticleState.READ, next_attempt_at=None)
    assert store.articles.record([(read, "The quantum annex was agreed. " * 9)], NOW) == 1
    assert titles(store, "quantum annex") == [one.title]
    assert titles(store, "cafes") == [one.title]  # the summary is still there


def test_what_a_hub_pushed_is_found(store: Store) -> None:
    store.feeds.watch([ENGLISH], NOW)
    with store.database.write() as connection:
        add_pushed(connection, [entry(1, ENGLISH, "Pushed about lithography", "x")], NOW)
    assert titles(store, "lithography") == ["Pushed about lithography"]
    bring(store, ENGLISH, [entry(1, ENGLISH, "Pushed about etching", "x")])  # settled by a poll
    assert titles(store, "pushed") == ["Pushed about etching"]


def test_nothing_is_indexed_of_what_is_not_stored(store: Store) -> None:
    store.feeds.watch([ENGLISH], NOW)
    broken = replace(entry(2, ENGLISH, "B", "x"), feed_url="https://unknown.example/")
    with pytest.raises(IntegrityError):
        bring(store, ENGLISH, [entry(1, ENGLISH, "A", "x"), broken])
    assert titles(store, "") == []
    assert sound(store)


def test_what_retention_drops_leaves_the_index(store: Store, corpus: list[Item]) -> None:
    for stored in store.judging.unjudged(100):
        with store.judging.judging() as judging:
            judging.save(replace(judged(stored, None), assessment=plain()), (), (), NOW)
    later = NOW + timedelta(days=500)
    old = store.retention.with_text(later, None, 3)
    store.retention.drop_texts(old, later, later)
    gone = [one for one in corpus if one.id in {place.id for place in old}]
    for one in gone:
        first = list(split(fold(one.summary).text))[-2].text
        assert one.title not in titles(store, first)
        assert one.title in titles(store, f'title:"{one.title}"')
    others = store.retention.unmatched(later, None, 100)
    assert store.retention.drop_items(others, later).items == len(corpus) - len(gone)
    assert len(titles(store, "")) == len(gone)
    assert sound(store)


STORY = f"{1:016x}"


def test_verdicts_entities_and_developments(store: Store, corpus: list[Item]) -> None:
    by_id = {stored.item.id: stored for stored in store.judging.unjudged(100)}
    with store.judging.judging() as judging:
        judging.save(judged(by_id[corpus[0].id], STORY), {"tiktok"}, (), NOW)
        judging.save(judged(by_id[corpus[1].id], STORY), {"tiktok"}, (), NOW)
        judging.save(replace(judged(by_id[corpus[2].id], None), assessment=plain()), (), (), NOW)
    assert titles(store, "verdict:flagged export") == [corpus[0].title, corpus[1].title]
    assert titles(store, "entity:tiktok senate") == [corpus[0].title]
    assert titles(store, "verdict:unrelated") == [corpus[2].title]
    assert len(titles(store, "-entity:tiktok")) == len(corpus) - 2
    assert len(titles(store, "-verdict:escalating")) == len(corpus) - 2
    hit = store.search.items(parse("senate", NOW), 1)[0]
    assert (hit.verdict, hit.story_id, hit.development) == (
        Verdict.ESCALATING,
        STORY,
        True,
    )
    [(key, found)] = store.search.developments(parse("export", NOW), 10).found
    assert (found.id, found.found, found.title) == (STORY, 2, corpus[0].title)
    assert store.search.developments(parse("export", NOW), 10, key).found == ()
    assert store.search.developments(parse("芯片", NOW), 10) == ((), None, None)


def test_developments_are_found_page_by_page_however_many_windows_it_takes(
    store: Store, corpus: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against a plain reading; stories are told by items that stand far apart."""
    by_id = {stored.item.id: stored for stored in store.judging.unjudged(100)}
    stories = {one.id: f"{number % 5 + 1:016x}" for number, one in enumerate(corpus[:-2])}
    for one in corpus[:-2]:
        with store.judging.judging() as judging:
            judging.save(judged(by_id[one.id], stories[one.id]), {"tiktok"}, (), NOW)
    feeds = {feed.url: feed for feed in CORPUS}
    monkeypatch.setattr(search_developments, "_WINDOWS", (2, 3))
    monkeypatch.setattr(asking, "_GLANCED_FOR_ONE", 1)
    differing, several = [], 0
    for written in (*QUERIES, "entity:tiktok", "since:9h", "-verdict:novel 芯片 -美国"):
        query = parse(written, NOW)
        wanted: dict[str, int] = {}
        for one in corpus:  # newest first
            asks = replace(
                query, having=tuple(h for h in query.having if h.name in {"lang", "feed"})
            )
            late = query.since is not None and one.published < query.since  # type: ignore[operator]
            if one.id in stories and plainly(asks, one, feeds[one.feed_url]) and not late:
                wanted[stories[one.id]] = wanted.get(stories[one.id], 0) + 1
        several += len(wanted) > 2
        for most in (None, 1):
            seen, after = list[tuple[str, int]](), None
            for _ in range(50):
                page = store.search.developments(query, 2, after, most)
                seen += [(one.id, one.found) for _, one in page.found]
                assert page.until is None or most
                after = page.after
                if after is None:
                    break
            if seen != list(wanted.items()):
                differing.append((written, most, seen, wanted))
    assert differing == []
    assert several > 10


def test_the_newest_of_an_entity_are_found_among_many(store: Store) -> None:
    """Its items are not all read, whether or not some are dated later than they came."""
    store.feeds.watch([ENGLISH], NOW)
    made = [entry(n, ENGLISH, f"Piece {n}", "x") for n in range(460)]
    ahead = [replace(one, published=NOW + timedelta(days=1)) for one in made[100:250]]
    bring(store, ENGLISH, [*made[:100], *ahead, *made[250:]])
    rows = [
        {"item_id": one.id, "entity_id": ("tiktok", "huawei")[n % 4 == 0], "at": one.published}
        for n, one in enumerate([*made[:100], *ahead, *made[250:]])
        if n % 8
    ]
    with store.database.write() as connection:
        connection.execute(insert(t.item_entities), rows)
        first = select(indexing.search_items.c.item_id).order_by(
            indexing.search_items.c.place.desc()
        )
        every = connection.scalars(first).all()
    for asked, named in (("tiktok", {"tiktok"}), ("huawei,tiktok", {"tiktok", "huawei"})):
        wanted = [i for i in every if i in {r["item_id"] for r in rows if r["entity_id"] in named}]
        query, found, key = parse(f"entity:{asked}", NOW), list[str](), None
        while hits := store.search.items(query, 30, key):
            found += [hit.item_id for hit in hits]
            key = hits[-1].key
        assert found == wanted
        assert store.search.count(query) == len(wanted)
        assert store.search.count(query, 50) == 51


def test_an_unknown_feed_is_told(store: Store, corpus: list[Item]) -> None:
    assert corpus
    with pytest.raises(NotFoundError, match="techwatch feeds list"):
        store.search.items(parse("feed:nowhere", NOW), 10)


@pytest.mark.parametrize("key", ["x", "1/x", ""])
def test_a_key_that_no_search_gave_is_refused(store: Store, key: str) -> None:
    with pytest.raises(NotFoundError, match="key of a hit"):
        store.search.items(parse("chip", NOW), 10, key)


def test_filling_the_index_anew_gives_the_same(store: Store, corpus: list[Item]) -> None:
    before = {asked: titles(store, asked) for asked in QUERIES}
    with store.database.write() as connection:
        connection.execute(text("DELETE FROM search_items"))
    assert titles(store, "芯片") == []
    told: list[int] = []
    assert store.search.reindex(told.append) == len(corpus)
    assert sum(told) == len(corpus)
    assert {asked: titles(store, asked) for asked in QUERIES} == before
    assert sound(store)


def plain() -> Assessment:
    return replace(assessment(Verdict.UNRELATED, 0.0), mentions=(), event=None)


def sound(store: Store) -> bool:
    """Whether the index holds what it should: SQLite checks it against the words beside it."""
    with store.database.write() as connection:
        if connection.dialect.name == "sqlite":
            check = "INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)"
            connection.execute(text(check))
        rows = connection.scalar(select(func.count()).select_from(indexing.search_items))
        return bool(rows == connection.scalar(text("SELECT count(*) FROM items")))
