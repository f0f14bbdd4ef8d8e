"""The pages, a module each, with a router each."""

from __future__ import annotations

from techwatch.web.pages import entrance, filters, hooks, stories, today

ALL = (today, stories, filters, hooks, entrance)
