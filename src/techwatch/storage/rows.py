"""Rows read into the values of the model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import literal, select

from techwatch.model import (
    Article,
    ArticleState,
    Feed,
    Item,
    StoredItem,
    Story,
    Telling,
    Verdict,
)
from techwatch.storage import tables as t

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_MOST_TELLINGS = 40  # of one story, newest: enough to recognise it, and bounded


def stored_item(row: Row[Any]) -> StoredItem:
    """Read a row of items joined with feeds and articles, as `items_with_feeds` selects them."""
    return StoredItem(
        item=Item(
            id=row.id,
            feed_url=row.feed_url,
            identity=row.identity,
            title=row.title,
            summary=row.summary,
            body=_body(row),
            link=row.link,
            guid=row.guid,
            published=row.published,
            language=row.language,
            content_hash=row.content_hash,
        ),
        feed=Feed(
            url=row.feed_url,
            publisher=row.feed_publisher,
            language=row.feed_language,
            tier=row.feed_tier,
            tags=tuple(row.feed_tags),
            zone=row.feed_zone,
            paused=row.feed_paused,
            full_text=row.feed_full_text,
        ),
        revision=row.revision,
        first_seen_at=row.first_seen_at,
        seen_at=row.seen_at,
        text_gone_at=row.text_gone_at,
        article=_article(row),
    )


def _body(row: Row[Any]) -> str:
    """Return the article's text where it was read for this headline and says more."""
    read = row.article_text if row.article_title == row.title else None
    longer: str = max(row.body, read or "", key=len)
    return longer


def _article(row: Row[Any]) -> Article | None:
    if row.article_state is None:
        return None
    return Article(
        item_id=row.id,
        link=row.article_link,
        title=row.article_title,
        state=ArticleState(row.article_state),
        wanted_at=row.article_wanted_at,
        until=row.article_until,
        attempts=row.article_attempts,
        next_attempt_at=row.article_next_attempt_at,
        error=row.article_error,
    )


def items_with_feeds(*, texts: bool = True) -> Any:  # noqa: ANN401 - a select of two tables
    """Select items with the configured part of their feeds and their articles if any.

    Without texts summary and body are empty: of many items they would be megabytes.
    """
    long = {"summary", "body"}
    own = [c if texts or c.name not in long else literal("").label(c.name) for c in t.items.c]
    feed_columns = [
        column.label(f"feed_{column.name}")
        for column in t.feeds.c
        if column.name in {"publisher", "language", "tier", "tags", "zone", "paused", "full_text"}
    ]
    article_columns = [
        (column if texts or column.name != "text" else literal("")).label(f"article_{column.name}")
        for column in t.articles.c
        if column.name != "item_id"
    ]
    return (
        select(*own, *feed_columns, *article_columns)
        .join(t.feeds, t.feeds.c.url == t.items.c.feed_url)
        .outerjoin(t.articles, t.articles.c.item_id == t.items.c.id)
    )


def read_story(connection: Connection, row: Row[Any]) -> Story:
    """Read a row of stories with its newest tellings."""
    tellings = (
        select(t.items.c.id, t.items.c.title, t.items.c.link, t.items.c.language)
        .add_columns(t.feeds.c.publisher, t.story_items.c.at)
        .join(t.story_items, t.story_items.c.item_id == t.items.c.id)
        .join(t.feeds, t.feeds.c.url == t.items.c.feed_url)
        .where(t.story_items.c.story_id == row.id)
        .order_by(t.story_items.c.at.desc(), t.items.c.id)
        .limit(_MOST_TELLINGS)
    )
    told = [
        Telling(r.id, r.title, r.link, r.publisher, r.language, r.at)
        for r in connection.execute(tellings)
    ]
    return replace(bare_story(row), tellings=tuple(reversed(told)))


def bare_story(row: Row[Any]) -> Story:
    """Read a row of stories without its tellings."""
    return Story(
        id=row.id,
        entity_ids=tuple(row.entity_ids),
        event_type=row.event_type,
        track=row.track,
        rung=row.rung,
        jurisdiction=row.jurisdiction,
        verdict=Verdict(row.verdict),
        first_at=row.first_at,
        last_at=row.last_at,
    )
