"""The tables, for SQLite and PostgreSQL alike. How they come to be stands in migrations/."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

if TYPE_CHECKING:
    from sqlalchemy import Dialect


class Utc(TypeDecorator[datetime]):
    """An aware time, stored in UTC without its zone, because SQLite keeps none."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store as naive UTC; a naive time is a mistake of ours."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"naive time {value!r}"
            raise ValueError(message)
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401
        """Give it back aware."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

feeds = Table(
    "feeds",
    metadata,
    Column("url", String, primary_key=True),
    Column("publisher", String, nullable=False),
    Column("language", String, nullable=False),
    Column("tier", Integer, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("zone", String),
    Column("paused", Boolean, nullable=False),
    Column("listed", Boolean, nullable=False),  # still in the user's list; its items stay anyway
    Column("watched_since", Utc, nullable=False),
    Column("etag", String),
    Column("last_modified", String),
    Column("body_hash", String),
    Column("next_poll_at", Utc),
    Column("polled_at", Utc),
    Column("succeeded_at", Utc),
    Column("failing_since", Utc),
    Column("failures", Integer, nullable=False, default=0),
    Column("error", Text),
    Column("error_kind", String),
    Column("news_at", Utc),
    Column("gap_at", Utc),
    Column("damage", JSON, nullable=False, default=list),
    Column("manners", JSON, nullable=False, default=dict),
)

items = Table(
    "items",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("feed_url", String, ForeignKey("feeds.url"), nullable=False),
    Column("identity", Text, nullable=False),
    Column("guid", Text),
    Column("link", Text),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("published", Utc),
    Column("language", String, nullable=False),
    Column("content_hash", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("first_seen_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),  # of the current revision
    Column("judged_revision", Integer, nullable=False),  # 0: never
    Index(None, "feed_url", "identity"),
    Index(None, "feed_url", "content_hash"),
    Index(None, "seen_at"),
    Index(None, "link"),
)
# What is still to be judged is found without reading the rest.
Index("ix_items_unjudged", items.c.seen_at, sqlite_where=items.c.judged_revision < items.c.revision)

revisions = Table(
    "revisions",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("content_hash", String(16), nullable=False),
    Column("seen_at", Utc, nullable=False),
)

assessments = Table(
    "assessments",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("verdict", String, nullable=False),
    Column("score", Float, nullable=False),
    Column("story_id", String(16)),
    Column("evidence", JSON, nullable=False),  # the whole Assessment; empty for unrelated items
    Column("model_version", String, nullable=False),
    Column("judged_at", Utc, nullable=False),
    Index(None, "judged_at"),
    Index(None, "story_id"),
)

item_entities = Table(
    "item_entities",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("entity_id", String, primary_key=True),
    Index(None, "entity_id"),
)

stories = Table(
    "stories",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("entity_ids", JSON, nullable=False),
    Column("event_type", String),
    Column("track", String),
    Column("rung", String),
    Column("jurisdiction", String),
    Column("verdict", String, nullable=False),
    Column("first_at", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
)

story_anchors = Table(
    "story_anchors",
    metadata,
    Column("story_id", ForeignKey("stories.id"), primary_key=True),
    Column("anchor", String, primary_key=True),  # an entity id, or a topic where none is named
    Index(None, "anchor"),
)

story_items = Table(
    "story_items",
    metadata,
    Column("story_id", ForeignKey("stories.id"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("at", Utc, nullable=False),
    Index(None, "item_id"),
)

standings = Table(
    "standings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entity_id", String, nullable=False),
    Column("track", String, nullable=False),
    Column("rung", String),
    Column("jurisdiction", String),
    Column("since", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("story_id", ForeignKey("stories.id"), nullable=False),
    Column("item_id", ForeignKey("items.id"), nullable=False),
    Index(None, "entity_id"),
    Index(None, "item_id"),
)

developments = Table(
    "developments",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("story_id", ForeignKey("stories.id"), nullable=False, unique=True),
    Column("item_id", ForeignKey("items.id"), nullable=False),  # that opened it
    Column("created_at", Utc, nullable=False),
    Index(None, "created_at"),
)

editions = Table(
    "editions",
    metadata,
    Column("id", String, primary_key=True),
    Column("watched_since", Utc, nullable=False),  # slots before it are nobody's
)

digests = Table(
    "digests",
    metadata,
    Column("edition_id", ForeignKey("editions.id"), primary_key=True),
    Column("slot", Utc, primary_key=True),
    Column("since", Utc),
    Column("until", Utc, nullable=False),
    Column("composed_at", Utc, nullable=False),
    Column("subject", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("json", Text, nullable=False),
    Column("scheduled", Boolean, nullable=False),  # False: asked for on the command line
)

digest_developments = Table(
    "digest_developments",
    metadata,
    Column("edition_id", String, primary_key=True),
    Column("slot", Utc, primary_key=True),
    Column("development_id", ForeignKey("developments.id"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), nullable=False),  # that led it
    Column("title", Text, nullable=False),  # as it was told
    Column("verdict", String, nullable=False),
    Index(None, "development_id", "edition_id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("edition_id", String, nullable=False),
    Column("slot", Utc, nullable=False),
    Column("channel", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Utc),
    Column("claimed_at", Utc),  # when a process began to send it
    Column("error", Text),
    Column("sent_at", Utc),
    UniqueConstraint("edition_id", "slot", "channel", "recipient"),
    Index(None, "state"),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", String, primary_key=True),  # of a job of the service
    Column("at", Utc),  # when it last ended well
    Column("failing_since", Utc),
    Column("error", Text),
)
