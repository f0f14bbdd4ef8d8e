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
    people,
    search,
    status,
    stories,
)

ALL = (
    developments,
    stories,
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
