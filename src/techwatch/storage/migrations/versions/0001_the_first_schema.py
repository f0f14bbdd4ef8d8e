"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915 - one statement a table
    """Bring the schema forward; there is no way back."""
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.String(), nullable=False),
        sa.Column("slot", sa.DateTime(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(), nullable=True),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "edition_id",
            "slot",
            "channel",
            "recipient",
            name=op.f("uq_deliveries_edition_id_slot_channel_recipient"),
        ),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliveries_state"), ["state"], unique=False)

    op.create_table(
        "delivery_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_delivery_log_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_log")),
    )
    with op.batch_alter_table("delivery_log", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivery_log_delivery_id"), ["delivery_id"], unique=False
        )

    op.create_table(
        "editions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("watched_since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
    )
    op.create_table(
        "feeds",
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("publisher", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("full_text", sa.Boolean(), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("watched_since", sa.DateTime(), nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("body_hash", sa.String(), nullable=True),
        sa.Column("next_poll_at", sa.DateTime(), nullable=True),
        sa.Column("polled_at", sa.DateTime(), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(), nullable=True),
        sa.Column("failing_since", sa.DateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_kind", sa.String(), nullable=True),
        sa.Column("news_at", sa.DateTime(), nullable=True),
        sa.Column("gap_at", sa.DateTime(), nullable=True),
        sa.Column("damage", sa.JSON(), nullable=False),
        sa.Column("manners", sa.JSON(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_feeds")),
    )
    with op.batch_alter_table("feeds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feeds_next_poll_at"), ["next_poll_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_feeds_polled_at"), ["polled_at"], unique=False)

    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=True),
        sa.Column("failing_since", sa.DateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "stories",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("entity_ids", sa.JSON(), nullable=False),
        sa.Column("event_type", sa.String(), nullable=True),
        sa.Column("track", sa.String(), nullable=True),
        sa.Column("rung", sa.String(), nullable=True),
        sa.Column("jurisdiction", sa.String(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
    )
    op.create_table(
        "digests",
        sa.Column("edition_id", sa.String(), nullable=False),
        sa.Column("slot", sa.DateTime(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=True),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("composed_at", sa.DateTime(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("json", sa.Text(), nullable=False),
        sa.Column("scheduled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_digests_edition_id")
        ),
        sa.PrimaryKeyConstraint("edition_id", "slot", name=op.f("pk_digests")),
    )
    op.create_table(
        "items",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("feed_url", sa.String(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published", sa.DateTime(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("judged_revision", sa.Integer(), nullable=False),
        sa.Column("text_gone_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["feed_url"], ["feeds.url"], name=op.f("fk_items_feed_url")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
    )
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_items_feed_url_content_hash"), ["feed_url", "content_hash"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_items_link"), ["link"], unique=False, postgresql_using="hash"
        )
        batch_op.create_index(batch_op.f("ix_items_seen_at"), ["seen_at"], unique=False)
        batch_op.create_index(
            "ix_items_unjudged",
            [sa.text("coalesce(published, first_seen_at)"), "id", "seen_at"],
            unique=False,
            sqlite_where=sa.text("judged_revision < revision"),
            postgresql_where=sa.text("judged_revision < revision"),
        )
        batch_op.create_index(
            "ix_items_with_text",
            ["seen_at", "id"],
            unique=False,
            sqlite_where=sa.text("text_gone_at IS NULL"),
            postgresql_where=sa.text("text_gone_at IS NULL"),
        )

    op.create_table(
        "assessments",
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("story_id", sa.String(length=16), nullable=True),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column("model_version", sa.String(), nullable=False),
        sa.Column("judged_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_assessments_item_id")),
        sa.PrimaryKeyConstraint("item_id", "revision", name=op.f("pk_assessments")),
    )
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessments_judged_at"), ["judged_at"], unique=False)
        batch_op.create_index(
            "ix_assessments_related",
            ["judged_at", "verdict"],
            unique=False,
            sqlite_where=sa.text("verdict != 'unrelated'"),
            postgresql_where=sa.text("verdict != 'unrelated'"),
        )
        batch_op.create_index(batch_op.f("ix_assessments_story_id"), ["story_id"], unique=False)

    op.create_table(
        "developments",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("story_id", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_developments_item_id")),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_developments_story_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_developments")),
        sa.UniqueConstraint("story_id", name=op.f("uq_developments_story_id")),
    )
    with op.batch_alter_table("developments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_developments_created_at"), ["created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_developments_item_id"), ["item_id"], unique=False)

    op.create_table(
        "item_entities",
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_entities_item_id")),
        sa.PrimaryKeyConstraint("item_id", "entity_id", name=op.f("pk_item_entities")),
    )
    with op.batch_alter_table("item_entities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_item_entities_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_item_entities_entity_id_at_item_id"),
            ["entity_id", "at", "item_id"],
            unique=False,
        )

    op.create_table(
        "revisions",
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=16), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_revisions_item_id")),
        sa.PrimaryKeyConstraint("item_id", "revision", name=op.f("pk_revisions")),
    )
    op.create_table(
        "sightings",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("near", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("noted_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_sightings_item_id")),
        sa.PrimaryKeyConstraint("key", "item_id", name=op.f("pk_sightings")),
    )
    with op.batch_alter_table("sightings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sightings_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sightings_key_at"), ["key", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sightings_noted_at"), ["noted_at"], unique=False)

    op.create_table(
        "dismissed_names",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_dismissed_names")),
    )
    op.create_table(
        "standings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("rung", sa.String(), nullable=True),
        sa.Column("jurisdiction", sa.String(), nullable=True),
        sa.Column("since", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("story_id", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_standings_item_id")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_standings_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standings")),
    )
    with op.batch_alter_table("standings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_standings_first",
            ["entity_id", "track", "rung", "jurisdiction", "at", "id", "story_id", "item_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_standings_item_id"), ["item_id"], unique=False)

    op.create_table(
        "judgements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("story_id", sa.String(length=16), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("entity_id", sa.String(), nullable=True),
        sa.Column("right_id", sa.String(), nullable=True),
        sa.Column("other_story_id", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_judgements_item_id")),
        sa.ForeignKeyConstraint(
            ["other_story_id"], ["stories.id"], name=op.f("fk_judgements_other_story_id")
        ),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_judgements_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgements")),
    )
    with op.batch_alter_table("judgements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_judgements_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_judgements_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_judgements_other_story_id"), ["other_story_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_judgements_story_id"), ["story_id"], unique=False)

    op.create_table(
        "story_anchors",
        sa.Column("story_id", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("anchor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("judged", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_story_anchors_story_id")
        ),
        sa.PrimaryKeyConstraint("story_id", "item_id", "anchor", name=op.f("pk_story_anchors")),
    )
    with op.batch_alter_table("story_anchors", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_story_anchors_anchor_at"), ["anchor", "at"], unique=False
        )
        batch_op.create_index(
            "ix_story_anchors_judged",
            ["anchor", "at"],
            unique=False,
            sqlite_where=sa.text("judged = 1"),
            postgresql_where=sa.text("judged"),
        )

    op.create_table(
        "story_items",
        sa.Column("story_id", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("signs", sa.Text(), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_story_items_item_id")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_story_items_story_id")),
        sa.PrimaryKeyConstraint("story_id", "item_id", name=op.f("pk_story_items")),
    )
    with op.batch_alter_table("story_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_story_items_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            "ix_story_items_part",
            ["part"],
            unique=False,
            sqlite_where=sa.text("part IS NOT NULL"),
            postgresql_where=sa.text("part IS NOT NULL"),
        )

    op.create_table(
        "digest_developments",
        sa.Column("edition_id", sa.String(), nullable=False),
        sa.Column("slot", sa.DateTime(), nullable=False),
        sa.Column("development_id", sa.String(length=16), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["development_id"],
            ["developments.id"],
            name=op.f("fk_digest_developments_development_id"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items.id"], name=op.f("fk_digest_developments_item_id")
        ),
        sa.PrimaryKeyConstraint(
            "edition_id", "slot", "development_id", name=op.f("pk_digest_developments")
        ),
    )
    with op.batch_alter_table("digest_developments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_digest_developments_development_id_edition_id"),
            ["development_id", "edition_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_digest_developments_item_id"), ["item_id"], unique=False
        )

    op.create_table(
        "set_aside",
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("model_version", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("again_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_set_aside_item_id")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_set_aside")),
    )
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "dropped_items",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("look", key, nullable=False),
        sa.Column("content_hash", key, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=True),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dropped_items")),
    )
    with op.batch_alter_table("dropped_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dropped_items_look"), ["look"], unique=False)

    op.create_table(
        "dropped_counts",
        sa.Column("hour", sa.DateTime(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", name=op.f("pk_dropped_counts")),
    )

    op.create_table(
        "pings",
        sa.Column("edition_id", sa.String(), nullable=False),
        sa.Column("slot", sa.DateTime(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=True),
        sa.Column("failing_since", sa.DateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_pings")),
    )

    op.create_table(
        "clock_readings",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("hosts", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_clock_readings")),
    )

    op.create_table(
        "subscriptions",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("feed_url", sa.String(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=True),
        sa.Column("active_since", sa.DateTime(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("pushed_at", sa.DateTime(), nullable=True),
        sa.Column("pushes", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("look_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["feed_url"], ["feeds.url"], name=op.f("fk_subscriptions_feed_url")
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_subscriptions")),
    )
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscriptions_feed_url"), ["feed_url"], unique=False)

    op.create_table(
        "pushes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("feed_url", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=True),
        sa.Column("pushed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["feed_url"], ["feeds.url"], name=op.f("fk_pushes_feed_url")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pushes")),
    )
    with op.batch_alter_table("pushes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pushes_token"), ["token"], unique=False)

    op.create_table(
        "pushed_items",
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("feed_url", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_pushed_items")),
    )
    with op.batch_alter_table("pushed_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pushed_items_feed_url"), ["feed_url"], unique=False)

    op.create_table(
        "articles",
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items.id"], name=op.f("fk_articles_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_articles")),
    )
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_articles_state"), ["state"], unique=False)

    op.create_table(
        "robots",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_robots")),
    )

    op.create_table(
        "unsettled",
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items.id"], name=op.f("fk_unsettled_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_unsettled")),
    )
    with op.batch_alter_table("unsettled", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unsettled_at"), ["at"], unique=False)

    op.create_table(
        "pauses",
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("operator", name=op.f("pk_pauses")),
    )

    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.Column("looked_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_name")),
        sa.UniqueConstraint("subject", name=op.f("uq_accounts_subject")),
    )
    op.create_table(
        "logins",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_logins_account_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_logins")),
    )
    with op.batch_alter_table("logins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_logins_account_id"), ["account_id"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_tokens_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("key", name=op.f("uq_tokens_key")),
    )
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tokens_account_id"), ["account_id"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_invitations_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("key", name=op.f("uq_invitations_key")),
    )
    op.create_table(
        "tries",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tries")),
    )
    with op.batch_alter_table("tries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tries_last_at"), ["last_at"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_audit_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_person_id"), ["person", "id"], unique=False)

    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=43), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_saved_filters_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filters")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_saved_filters_account_id_name")),
        sa.UniqueConstraint("key", name=op.f("uq_saved_filters_key")),
    )
    op.create_table(
        "hooks",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("filter_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("paused_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["filter_id"], ["saved_filters.id"], name=op.f("fk_hooks_filter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hooks")),
    )
    with op.batch_alter_table("hooks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hooks_filter_id"), ["filter_id"], unique=False)

    op.create_table(
        "wrong_names",
        sa.Column("judgement_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("signs", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_wrong_names_item_id")),
        sa.ForeignKeyConstraint(
            ["judgement_id"], ["judgements.id"], name=op.f("fk_wrong_names_judgement_id")
        ),
        sa.PrimaryKeyConstraint("judgement_id", "item_id", name=op.f("pk_wrong_names")),
    )
    with op.batch_alter_table("wrong_names", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_wrong_names_entity_id_at"), ["entity_id", "at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_wrong_names_item_id"), ["item_id"], unique=False)

    op.create_table(
        "split_tellings",
        sa.Column("judgement_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=16), nullable=False),
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_split_tellings_item_id")),
        sa.ForeignKeyConstraint(
            ["judgement_id"], ["judgements.id"], name=op.f("fk_split_tellings_judgement_id")
        ),
        sa.PrimaryKeyConstraint("judgement_id", "item_id", name=op.f("pk_split_tellings")),
    )
    with op.batch_alter_table("split_tellings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_split_tellings_item_id"), ["item_id"], unique=False)

    op.create_table(
        "joined_stories",
        sa.Column("judgement_id", sa.Integer(), nullable=False),
        sa.Column("one_id", sa.String(length=16), nullable=False),
        sa.Column("other_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["judgement_id"], ["judgements.id"], name=op.f("fk_joined_stories_judgement_id")
        ),
        sa.ForeignKeyConstraint(["one_id"], ["stories.id"], name=op.f("fk_joined_stories_one_id")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["stories.id"], name=op.f("fk_joined_stories_other_id")
        ),
        sa.PrimaryKeyConstraint("judgement_id", name=op.f("pk_joined_stories")),
    )
    with op.batch_alter_table("joined_stories", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_joined_stories_one_id"), ["one_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_joined_stories_other_id"), ["other_id"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        _index_words_on_postgresql()
        _order_by_bytes()
    else:
        _index_words_on_sqlite()


def _index_words_on_postgresql() -> None:
    """Make the search index, which can be made anew from the items."""
    op.execute(
        "CREATE TABLE search_items (place BIGINT PRIMARY KEY, "
        "item_id VARCHAR(16) NOT NULL UNIQUE REFERENCES items (id) ON DELETE CASCADE, "
        "words TSVECTOR NOT NULL)"
    )
    op.execute("CREATE INDEX ix_search_items_words ON search_items USING gin (words)")


def _index_words_on_sqlite() -> None:
    """Make the search index likewise; triggers hold what is indexed and the index together."""
    op.execute(
        "CREATE TABLE search_items (place INTEGER PRIMARY KEY, "
        "item_id VARCHAR(16) NOT NULL UNIQUE REFERENCES items (id) ON DELETE CASCADE, "
        "title TEXT NOT NULL, text TEXT NOT NULL)"
    )
    # Of what is not ASCII the tokenizer `ascii` takes every character for part of a word.
    op.execute(
        "CREATE VIRTUAL TABLE search_words USING fts5(title, text, content='search_items', "
        "content_rowid='place', tokenize='ascii')"
    )
    op.execute(
        "CREATE TRIGGER search_items_added AFTER INSERT ON search_items BEGIN "
        "INSERT INTO search_words (rowid, title, text) VALUES (new.place, new.title, new.text); END"
    )
    op.execute(
        "CREATE TRIGGER search_items_gone AFTER DELETE ON search_items BEGIN "
        "INSERT INTO search_words (search_words, rowid, title, text) "
        "VALUES ('delete', old.place, old.title, old.text); END"
    )


def _order_by_bytes() -> None:
    """Have PostgreSQL compare texts as SQLite does, and find beginnings of them in an index."""
    for table in sa.inspect(op.get_bind()).get_table_names():
        for column in sa.inspect(op.get_bind()).get_columns(table):
            if isinstance(column["type"], sa.String) and table != "alembic_version":
                op.alter_column(table, column["name"], type_=_by_bytes(column["type"]))


def _by_bytes(found: sa.String) -> sa.String:
    return type(found)(length=found.length, collation="C")
