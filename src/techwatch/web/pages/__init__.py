"""The pages, a module each, with a router each."""

from __future__ import annotations

from techwatch.web.pages import account, audit, check, digests, entities, entrance, feeds, people, provider, search, status, today

ALL = (today, entrance, provider, account, people, audit, entities, check, search, digests, status, feeds)
