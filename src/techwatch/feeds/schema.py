"""A feed as a user writes it, in feeds.yaml or OPML, and what makes two of them the same."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, field_validator

from techwatch.feeds import languages
from techwatch.model import Feed
from techwatch.text import web_link

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class FeedEntry(BaseModel, frozen=True, extra="forbid"):
    """One feed as feeds.yaml writes it."""

    url: str = Field(description="Address of the feed, http or https.")
    publisher: str = Field(min_length=1, max_length=200, description="Who publishes it, as shown.")
    language: str = Field(description="Language of its items, ISO 639-1: en, zh, nb.")
    tier: int = Field(
        default=2,
        ge=1,
        le=3,
        description="1 official or of record, 2 trade and general press, 3 blogs and aggregators.",
    )
    tags: tuple[str, ...] = Field(
        default=(), description="Words of your own to group feeds by: lower case, hyphens."
    )
    zone: str | None = Field(
        default=None, description="IANA time zone of dates that name none, such as Asia/Shanghai."
    )
    paused: bool = Field(default=False, description="Whether the feed is kept but not polled.")
    full_text: bool | None = Field(
        default=None,
        description="Whether the articles of matching items are read; "
        "left out, as articles.full_text in techwatch.yaml says.",
    )

    @field_validator("url")
    @classmethod
    def _on_the_web(cls, url: str) -> str:
        if web_link(url) != url:
            message = "must be an address that begins with http:// or https://"
            raise ValueError(message)
        return url

    @field_validator("publisher")
    @classmethod
    def _one_line(cls, publisher: str) -> str:
        if _CONTROLS.search(publisher):
            message = "must be one line, without control characters"
            raise ValueError(message)
        return publisher

    @field_validator("language")
    @classmethod
    def _known_language(cls, language: str) -> str:
        if languages.primary(language) != language:
            message = f"unknown language; {languages.advice(language)}"
            raise ValueError(message)
        return language

    @field_validator("tags")
    @classmethod
    def _plain_tags(cls, tags: tuple[str, ...]) -> tuple[str, ...]:
        for tag in tags:
            if tag != tag_from(tag):
                message = f"tag {tag!r} must be in lower case, with hyphens; {tag_from(tag)!r}?"
                raise ValueError(message)
        return tags

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        try:
            ZoneInfo(zone or "UTC")
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            message = "unknown time zone; IANA names are such as Asia/Shanghai"
            raise ValueError(message) from error
        return zone

    @classmethod
    def of(cls, feed: Feed) -> FeedEntry:
        """Check a feed made elsewhere; raises pydantic's ValidationError."""
        return cls.model_validate({name: getattr(feed, name) for name in cls.model_fields})

    def feed(self) -> Feed:
        """Return the feed as the stages know it."""
        return Feed(**self.model_dump())


def key(url: str) -> str:
    """Return what makes two addresses the same feed: case of the host and fragment don't count."""
    try:
        parts = urlsplit(url)
    except ValueError:  # no address: the same as itself only
        return url
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path, parts.query, ""))


def tag_from(words: str) -> str:
    """Turn words into a tag: "Tech News" into "tech-news"."""
    spaced = "".join(c if c.isalnum() else " " for c in words.lower())
    return "-".join(spaced.split())
