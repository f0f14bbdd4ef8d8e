"""The API: what the pages show, as JSON; a module each, with a router each."""

from __future__ import annotations

from techwatch.web.api import developments, filters, hooks, stories

ALL = (developments, stories, filters, hooks)
