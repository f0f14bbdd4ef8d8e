"""Values for tests of the store."""

from __future__ import annotations

from datetime import UTC, datetime

from techwatch.model import (
    Assessment,
    Direction,
    Event,
    Feature,
    Feed,
    FeedState,
    Field,
    Item,
    Judged,
    Mention,
    Method,
    Mode,
    PollOutcome,
    StoredItem,
    Verdict,
)
from techwatch.text import content_hash, item_id

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FEED = Feed("https://harbour.example/feed", "Harbour", "en", tags=("asia",))


def item(number: int, title: str = "EU fines TikTok", feed: Feed = FEED) -> Item:
    identity = f"guid:{number}"
    return Item(
        id=item_id(feed.url, identity),
        feed_url=feed.url,
        identity=identity,
        title=title,
        summary="A summary.",
        link=f"https://harbour.example/{number}",
        published=NOW,
        content_hash=content_hash(title, "A summary."),
    )


def outcome(*items: Item, feed: Feed = FEED) -> PollOutcome:
    return PollOutcome(FeedState(feed, polled_at=NOW, succeeded_at=NOW), "document", items)


def assessment(verdict: Verdict = Verdict.ESCALATING, score: float = 0.8) -> Assessment:
    mention = Mention(
        "tiktok", Field.TITLE, 9, 15, "TikTok", "TikTok", "en", Method.EXACT, 1.0,
        (Feature("name", 1.0, 1.0, "the name itself"),),
    )  # fmt: skip
    event = Event(
        "fined", "coercion", "fined", Direction.UP, Mode.DECIDED, ("tiktok",), "eu",
        Field.TITLE, 3, 8, "fines",
    )  # fmt: skip
    return Assessment(verdict, score, "EU fines TikTok.", (mention,), event, model_version="1")


def judged(stored: StoredItem, story_id: str | None, *, opens: bool = True) -> Judged:
    return Judged(stored, assessment(), story_id, opens_story=opens, judged_at=NOW)
