"""The pages, a module each, with a router each."""

from __future__ import annotations

from techwatch.web.pages import entrance, filters, stories, today

ALL = (today, stories, filters, entrance)
