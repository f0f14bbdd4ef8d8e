"""The API: what the pages show, as JSON; a module each, with a router each."""

from __future__ import annotations

from techwatch.web.api import check, developments, digests, feeds, search, status

ALL = (developments, check, search, digests, status, feeds)
