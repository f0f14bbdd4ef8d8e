"""The settings of reading articles."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ArticleSettings(BaseModel, frozen=True, extra="forbid"):
    """Whether and how the articles behind matching items are read."""

    full_text: bool = Field(
        default=False,
        description="Whether articles are read for feeds that say nothing of it; "
        "full_text of a feed in feeds.yaml overrules it.",
    )
    wait: float = Field(
        default=10.0,
        gt=0,
        le=1_440,
        description="The most minutes an item waits for its article before it is judged without.",
    )
    attempts: int = Field(
        default=3, ge=1, le=10, description="How often the article of an item is asked for at most."
    )
    days: float = Field(
        default=3.0, gt=0, description="Articles are read for news of so many days, not older."
    )
    timeout: float = Field(
        default=20.0,
        gt=0,
        le=600,
        description="The most seconds that bringing an article may take, redirects included.",
    )
    max_bytes: int = Field(
        default=3_000_000, ge=1_000, description="The most bytes a page may have, unpacked."
    )
    longest_delay: float = Field(
        default=60.0,
        ge=0,
        le=600,
        description="The most seconds of Crawl-delay that are kept; "
        "where robots.txt asks for more, no article is read.",
    )
