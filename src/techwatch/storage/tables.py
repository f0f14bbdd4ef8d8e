"""The tables, for SQLite and PostgreSQL alike. How they come to be stands in migrations/."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    func,
    literal_column,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Dialect
    from sqlalchemy.types import TypeEngine


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


class Hex(TypeDecorator[str]):
    """16 hex digits in 8 bytes; what begins alike stands together, so that beginnings are found."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Be what SQLite finds rows by."""
        own = Integer() if dialect.name == "sqlite" else BigInteger()
        return dialect.type_descriptor(own)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> int | None:
        """Store as a signed number."""
        del dialect
        return None if value is None else int(value, 16) - 2**63

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401
        """Give the digits back."""
        del dialect
        return None if value is None else f"{value + 2**63:016x}"


class Instant(TypeDecorator[datetime]):
    """An aware time in microseconds since 1970: a third of what SQLite takes for one in digits."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Store as a number; a naive time is a mistake of ours."""
        del dialect
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401
        """Give it back aware, in UTC."""
        del dialect
        return None if value is None else _EPOCH + value * _MICROSECOND


class Packed(TypeDecorator[Any]):
    """JSON, compressed to a fifth: evidence is kept for ever, and read only with its item."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ANN401
        """Write it; the same value always gives the same bytes."""
        del dialect
        if value is None:
            return None
        return _packed(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401
        """Read it back."""
        del dialect
        return None if value is None else json.loads(zlib.decompress(value))


@lru_cache(maxsize=256)
def _packed(text: str) -> bytes:
    """Compress a text; most verdicts are on items off the topic, and a few reasons do for them."""
    return zlib.compress(text.encode())


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _where(condition: ColumnElement[bool]) -> dict[str, Any]:
    """Make an index one of some rows only, whatever the database."""
    return {"sqlite_where": condition, "postgresql_where": condition}


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
    Column("full_text", Boolean),  # None: as the settings say
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
    Column("hub", Text),  # that pushes its news
    Column("topic", Text),  # its address as that hub knows it
    Index(None, "next_poll_at"),
    Index(None, "polled_at"),
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
    Column("text_gone_at", Utc),  # when summary and body were dropped for their age
    Index(None, "feed_url", "content_hash"),
    Index(None, "seen_at"),
    Index(None, "link", postgresql_using="hash"),  # a tree refuses values of some 2,700 bytes
)
# What is still to be judged is found without reading the rest.

_unjudged = items.c.judged_revision < items.c.revision
news_at = func.coalesce(items.c.published, items.c.first_seen_at)  # the time of an item's news
# In the order in which they are judged; the last column, so that counting reads nothing else.
Index("ix_items_unjudged", news_at, items.c.id, items.c.seen_at, **_where(_unjudged))
# What may be dropped for its age is found without reading what was stripped before.
Index("ix_items_with_text", items.c.seen_at, items.c.id, **_where(items.c.text_gone_at.is_(None)))

# Texts that were replaced by later ones: the present one stands in items.
revisions = Table(
    "revisions",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("content_hash", String(16), nullable=False),
    Column("seen_at", Utc, nullable=False),  # when this text was
)

assessments = Table(
    "assessments",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("verdict", String, nullable=False),
    Column("score", Float, nullable=False),
    Column("story_id", String(16)),
    Column("evidence", Packed, nullable=False),  # the whole Assessment; empty for unrelated items
    Column("model_version", String, nullable=False),
    Column("judged_at", Utc, nullable=False),
    Index(None, "judged_at"),
    Index(None, "story_id"),
)
# Most are unrelated: the others are counted by an index of their own, the rest is what is left.
related = assessments.c.verdict != literal_column("'unrelated'")
Index(
    "ix_assessments_related",
    assessments.c.judged_at, assessments.c.verdict,
    **_where(related),
)  # fmt: skip

item_entities = Table(
    "item_entities",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("entity_id", String, primary_key=True),
    Column("at", Utc, nullable=False),  # of the news: the newest are found, and those of some days
    Index(None, "entity_id", "at", "item_id"),  # which items name somebody: the index says it alone
    Index(None, "at"),
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
    Column("item_id", String(16), primary_key=True),  # no key: each row of items would look here
    Column("anchor", String, primary_key=True),  # an entity, a topic, who acts, or a word
    Column("at", Utc, nullable=False),  # of the item: the nearest are looked up
    Column("judged", Boolean, nullable=False),  # whether a person ever judged the story
    Index(None, "anchor", "at"),
)
# The few stories that people judged are found among all others that share an anchor.
_anchor = story_anchors.c
Index("ix_story_anchors_judged", _anchor.anchor, _anchor.at, **_where(_anchor.judged))

story_items = Table(
    "story_items",
    metadata,
    Column("story_id", ForeignKey("stories.id"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("revision", Integer, nullable=False),  # the text that tells it
    Column("signs", Text, nullable=False),  # JSON, by which other tellings are recognised
    Column("part", String(16)),  # the story it was recognised by, where that was joined to another
    Index(None, "item_id"),
)
# The few that people joined to another story are found among all.
_part = story_items.c.part
Index("ix_story_items_part", _part, **_where(_part.is_not(None)))

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
    Column("at", Utc, nullable=False),  # of the item: what came later was not known before
    Index(None, "item_id"),
    # All that tells the first of each kind, so that no other row is read for it.
    Index(
        "ix_standings_first",
        "entity_id", "track", "rung", "jurisdiction", "at", "id", "story_id", "item_id",
    ),
)  # fmt: skip

sightings = Table(
    "sightings",
    metadata,
    Column("key", String, primary_key=True),  # of a name that the baseline lacks
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("kind", String, nullable=False),
    Column("type", String, nullable=False),
    Column("surface", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("near", JSON, nullable=False),  # entity ids
    Column("at", Utc, nullable=False),  # of the news
    Column("noted_at", Utc, nullable=False),  # by us, when the item was first judged to hold it
    Index(None, "item_id"),
    Index(None, "key", "at"),  # the newest of each name
    Index(None, "noted_at"),
)

dismissed_names = Table(
    "dismissed_names",
    metadata,
    Column("key", String, primary_key=True),
    Column("dismissed_at", Utc, nullable=False),
)

developments = Table(
    "developments",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("story_id", ForeignKey("stories.id"), nullable=False, unique=True),
    Column("item_id", ForeignKey("items.id"), nullable=False),  # that opened it
    Column("created_at", Utc, nullable=False),
    Index(None, "created_at"),
    Index(None, "item_id"),
)

judgements = Table(
    "judgements",
    metadata,
    Column("id", Integer, primary_key=True),  # the later one on a story is in force
    Column("item_id", ForeignKey("items.id"), nullable=False),
    Column("story_id", ForeignKey("stories.id")),
    Column("decision", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Utc, nullable=False),
    Column("undone_by", String),
    Column("undone_at", Utc),
    Column("verdict", String),  # that the item had when it was said
    Column("entity_id", String),  # that is not meant
    Column("right_id", String),  # that is
    Column("other_story_id", ForeignKey("stories.id")),  # that tells the same
    Index(None, "item_id"),
    Index(None, "story_id"),
    Index(None, "other_story_id"),
    Index(None, "at"),
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
    Index(None, "item_id"),
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
    Column("claims", Integer, nullable=False),  # how often a process took it up
    Column("claimed_at", Utc),  # when a process began to send it
    Column("claimed_by", String),  # the process, by the name of its lock file
    Column("handed_over_at", Utc),  # when that process began to hand the message over
    Column("error", Text),
    Column("sent_at", Utc),
    UniqueConstraint("edition_id", "slot", "channel", "recipient"),
    Index(None, "state"),
)

delivery_log = Table(
    "delivery_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False),
    Column("at", Utc, nullable=False),
    Column("state", String, nullable=False),
    Column("note", Text),
    Index(None, "delivery_id"),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", String, primary_key=True),  # of a job of the service
    Column("at", Utc),  # when it last ended well
    Column("failing_since", Utc),
    Column("error", Text),
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("revision", Integer, nullable=False),  # whose judging failed
    Column("error", Text, nullable=False),
    Column("model_version", String, nullable=False),  # another one tries it again at once
    Column("at", Utc, nullable=False),  # when it first failed
    Column("again_at", Utc, nullable=False),
)

dropped_items = Table(
    "dropped_items",
    metadata,
    Column("id", Hex, primary_key=True, autoincrement=False),
    Column("look", Hex, nullable=False),  # of feed, link and text: tells it under another guid
    Column("content_hash", Hex, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("published", Instant),
    Column("first_seen_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Index(None, "look"),
)

dropped_counts = Table(
    "dropped_counts",
    metadata,
    Column("hour", Utc, primary_key=True),  # its beginning
    Column("seen", Integer, nullable=False),  # items first seen or changed in it
    Column("judged", Integer, nullable=False),  # verdicts, all of them unrelated
)

pings = Table(
    "pings",
    metadata,
    Column("edition_id", String, primary_key=True),
    Column("slot", Utc),  # of the last digest that the dead man's switch was told of
    Column("at", Utc),
    Column("failing_since", Utc),
    Column("failures", Integer, nullable=False),
    Column("next_at", Utc),  # not before then is it tried again
    Column("error", Text),
)

clock_readings = Table(
    "clock_readings",
    metadata,
    Column("name", String, primary_key=True),  # whose clocks ours is compared with
    Column("seconds", Float, nullable=False),
    Column("hosts", Integer, nullable=False),
    Column("at", Utc, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("token", String, primary_key=True),
    Column("feed_url", ForeignKey("feeds.url"), nullable=False),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("callback", Text, nullable=False),
    Column("secret", String, nullable=False),
    Column("state", String, nullable=False),
    Column("due_at", Utc),
    Column("asked_at", Utc),
    Column("active_since", Utc),
    Column("expires_at", Utc),
    Column("tries", Integer, nullable=False),
    Column("error", Text),
    Column("pushed_at", Utc),
    Column("pushes", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("look_at", Utc),
    Index(None, "feed_url"),
)

pushes = Table(
    "pushes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token", String, nullable=False),
    Column("feed_url", ForeignKey("feeds.url"), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("content_type", String),
    Column("pushed_at", Utc, nullable=False),
    Index(None, "token"),
)

# Items that no poll has brought yet: they prove nothing about what polls may have missed.
pushed_items = Table(
    "pushed_items",
    metadata,
    Column("item_id", String(16), primary_key=True),
    Column("feed_url", String, nullable=False),
    Index(None, "feed_url"),
)

articles = Table(
    "articles",
    metadata,
    Column("item_id", ForeignKey("items.id", ondelete="CASCADE"), primary_key=True),
    Column("link", Text, nullable=False),
    Column("title", Text, nullable=False),  # of the item, when it was wanted
    Column("state", String, nullable=False),
    Column("wanted_at", Utc, nullable=False),
    Column("until", Utc, nullable=False),  # its item is judged without it from then on
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Utc),
    Column("error", Text),
    Column("text", Text, nullable=False),
    Index(None, "state"),
)

robots = Table(
    "robots",
    metadata,
    Column("origin", String, primary_key=True),
    Column("access", String, nullable=False),
    Column("rules", Text, nullable=False),
    Column("checked_at", Utc, nullable=False),
    Column("until", Utc, nullable=False),
)

# Items whose verdict may be another by now: judged again when their turn comes, on PostgreSQL.
unsettled = Table(
    "unsettled",
    metadata,
    Column("item_id", ForeignKey("items.id", ondelete="CASCADE"), primary_key=True),
    Column("at", Utc, nullable=False),  # of the news: the earliest first
    Index(None, "at"),
)

# Who runs hosts of feeds and asked for peace: heeded by every process.
pauses = Table(
    "pauses",
    metadata,
    Column("operator", String, primary_key=True),
    Column("until", Utc, nullable=False),
)

# Who may use the desk. Of passwords and tokens only hashes are kept.
accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("role", String, nullable=False),
    Column("password", String),  # by argon2id, with its salt; None: there is no login by one
    Column("subject", String, unique=True),  # issuer and subject at an identity provider
    Column("language", String),
    Column("made_at", Utc, nullable=False),
    Column("disabled_at", Utc),
    Column("looked_at", Utc),  # until when Today was seen
)

logins = Table(
    "logins",
    metadata,
    Column("key", String(64), primary_key=True),  # SHA-256 of the token in the cookie
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("until", Utc, nullable=False),
    Column("address", String, nullable=False),
    Column("browser", String, nullable=False),  # what it says of itself
    Index(None, "account_id"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),  # SHA-256 of the token
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("name", String, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("until", Utc),
    Column("used_at", Utc),
    Index(None, "account_id"),
)

# One-time links: for somebody who has no account yet, or to an account whose password is lost.
invitations = Table(
    "invitations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),  # SHA-256 of what its link brings
    Column("role", String, nullable=False),
    Column("account_id", ForeignKey("accounts.id")),  # None: a new one is made
    Column("made_by", String, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("until", Utc, nullable=False),
)

# Logins that failed, by a hash of the account's name or of the address that they came from.
tries = Table(
    "tries",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Utc, nullable=False),
    Index(None, "last_at"),
)

# What people changed; rows go by age only (retention.audit_days).
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("account_id", ForeignKey("accounts.id")),
    Column("person", String, nullable=False),  # their name at the time
    Column("action", String, nullable=False),
    Column("target", Text, nullable=False),
    Column("details", JSON, nullable=False),
    Column("address", String, nullable=False),
    Index(None, "person", "id"),
)

# What people asked for before and want to ask again: each can be a feed for other readers.
saved_filters = Table(
    "saved_filters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("name", String, nullable=False),
    Column("query", Text, nullable=False),  # of an address, as `web.views.question` writes it
    Column("filter", JSON, nullable=False),  # what it comes to, for those who know no addresses
    Column("key", String(43), nullable=False, unique=True),  # of its feeds: who has it reads them
    Column("made_at", Utc, nullable=False),
    UniqueConstraint("account_id", "name"),
)

# Where developments of a saved filter are posted to: each is an edition of alerts of its own.
hooks = Table(
    "hooks",
    metadata,
    Column("id", String(12), primary_key=True),  # made up, so that none is used again
    Column("filter_id", ForeignKey("saved_filters.id"), nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", String, nullable=False),  # that signs what is posted; receivers have it too
    Column("made_at", Utc, nullable=False),
    Column("paused_at", Utc),
    Index(None, "filter_id"),
)

# Items of a story when a person said of an entity that it is not meant there.
wrong_names = Table(
    "wrong_names",
    metadata,
    Column("judgement_id", ForeignKey("judgements.id"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("entity_id", String, nullable=False),
    Column("names", JSON, nullable=False),  # folded: what was taken for its name
    Column("at", Utc, nullable=False),  # of the item's news
    Column("signs", Text, nullable=False),  # JSON, by which items like it are recognised
    Index(None, "item_id"),
    Index(None, "entity_id", "at"),
)

# Items of a story when a person said of one that it is of another story; that one among them.
split_tellings = Table(
    "split_tellings",
    metadata,
    Column("judgement_id", ForeignKey("judgements.id"), primary_key=True),
    Column("item_id", ForeignKey("items.id"), primary_key=True),
    Column("part", String(16), nullable=False),  # the story it was recognised by then
    Index(None, "item_id"),
)

# Pairs of stories that are told as one; only what is in force.
joined_stories = Table(
    "joined_stories",
    metadata,
    Column("judgement_id", ForeignKey("judgements.id"), primary_key=True),
    Column("one_id", ForeignKey("stories.id"), nullable=False),
    Column("other_id", ForeignKey("stories.id"), nullable=False),
    Index(None, "one_id"),
    Index(None, "other_id"),
)
