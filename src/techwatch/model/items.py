"""What publishers say: items and the articles behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from techwatch.model.feeds import Feed


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed, as text: an RSS item or an Atom entry."""

    id: str  # 16 hex digits from feed and identity; the same on every machine
    feed_url: str
    identity: str  # guid, else link, else the text; with a prefix that says which
    title: str  # plain text, no markup
    summary: str = ""
    body: str = ""
    link: str | None = None  # http or https only
    guid: str | None = None
    published: datetime | None = None  # from the feed; None where it gives none that can be read
    language: str = "en"
    content_hash: str = ""  # of title, summary, body: tells an edit from a repetition


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item with what the store knows of it."""

    item: Item  # its body is the article's text where that says more
    feed: Feed
    revision: int  # 1 for the first text, one more for each change
    first_seen_at: datetime
    seen_at: datetime  # of this revision
    text_gone_at: datetime | None = None  # when summary and body were dropped for their age
    article: Article | None = None  # None: never wanted


class ArticleState(StrEnum):
    """How far the reading of an item's article has come."""

    WAITING = "waiting"  # the item waits for it, until a time
    READ = "read"
    REFUSED = "refused"  # by the robots.txt of its host
    NONE = "none"  # the page holds no article that can be told: a stub, a wall, a question
    FAILED = "failed"  # it could not be brought, or not in time


@dataclass(frozen=True, slots=True)
class Article:
    """The web page behind an item. It belongs to the headline for which it was asked."""

    item_id: str
    link: str
    title: str  # of the item when it was wanted: under another headline it counts no more
    state: ArticleState
    wanted_at: datetime
    until: datetime  # the item is judged without it from then on
    attempts: int = 0  # over all headlines of the item
    next_attempt_at: datetime | None = None  # None: none
    error: str | None = None  # why there is none, or not yet, for people
