"""Rows read into the values of the model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from techwatch.model import Feed, Item, StoredItem, Story, Telling, Verdict
from techwatch.storage import tables as t

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_MOST_TELLINGS = 40  # of one story, newest: enough to recognise it, and bounded


def stored_item(row: Row[Any]) -> StoredItem:
    """Read a row of items joined with their feeds, whose columns begin with `feed_`."""
    return StoredItem(
        item=Item(
            id=row.id,
            feed_url=row.feed_url,
            identity=row.identity,
            title=row.title,
            summary=row.summary,
            body=row.body,
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
        ),
        revision=row.revision,
        first_seen_at=row.first_seen_at,
        seen_at=row.seen_at,
        text_gone_at=row.text_gone_at,
    )


def items_with_feeds() -> Any:  # noqa: ANN401 - a select of two tables
    """Select items with the configured part of their feeds, for `stored_item`."""
    feed_columns = [
        column.label(f"feed_{column.name}")
        for column in t.feeds.c
        if column.name in {"publisher", "language", "tier", "tags", "zone", "paused"}
    ]
    return select(t.items, *feed_columns).join(t.feeds, t.feeds.c.url == t.items.c.feed_url)


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
        follows=row.follows,
    )
