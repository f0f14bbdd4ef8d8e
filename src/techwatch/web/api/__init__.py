"""The API: what the pages show, as JSON; a module each, with a router each."""

from __future__ import annotations

from techwatch.web.api import (
    account,
    audit,
    baseline,
    check,
    developments,
    digests,
    emerging,
    entities,
    feeds,
    filters,
    hooks,
    judged,
    people,
    search,
    status,
    stories,
)

ALL = (
    feeds,
    developments,
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
    stories,
    filters,
    judged,
    hooks,
)
