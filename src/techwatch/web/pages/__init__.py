"""The pages, a module each, with a router each."""

from __future__ import annotations

from techwatch.web.pages import check, digests, entrance, feeds, search, status, today

ALL = (today, entrance, check, search, digests, status, feeds)
