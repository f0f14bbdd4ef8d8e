"""The pages, a module each, with a router each."""

from __future__ import annotations

from techwatch.web.pages import baseline, emerging, entities, entrance, today

ALL = (today, entrance, entities, emerging, baseline)
