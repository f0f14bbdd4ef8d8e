"""The API: what the pages show, as JSON; a module each, with a router each."""

from __future__ import annotations

from techwatch.web.api import account, audit, check, developments, digests, entities, feeds, people, search, status

ALL = (developments, account, people, audit, entities, check, search, digests, status, feeds)
