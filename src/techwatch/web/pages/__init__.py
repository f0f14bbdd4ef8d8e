"""The pages, a module each, with a router each."""

from __future__ import annotations

from techwatch.web.pages import (
    account,
    api,
    audit,
    baseline,
    check,
    digests,
    emerging,
    entities,
    entrance,
    feeds,
    filters,
    hooks,
    judged,
    people,
    provider,
    search,
    sources,
    status,
    stories,
    today,
)

ALL = (
    feeds,
    today,
    entrance,
    provider,
    account,
    people,
    audit,
    entities,
    check,
    search,
    digests,
    status,
    emerging,
    baseline,
    sources,
    stories,
    filters,
    judged,
    hooks,
    api,
)
