"""The pages, a module each, with a router each."""

from __future__ import annotations

from techwatch.web.pages import entrance, judged, today

ALL = (today, judged, entrance)
