"""The pages, a module each, with a router each."""

from __future__ import annotations

from techwatch.web.pages import (
    account,
    audit,
    baseline,
    check,
    digests,
    emerging,
    entities,
    entrance,
    people,
    provider,
    search,
    status,
    stories,
    today,
)

ALL = (
    today,
    stories,
    entrance,
    provider,
    account,
    people,
    audit,
    entities,
    emerging,
    baseline,
    check,
    search,
    digests,
    status,
)
