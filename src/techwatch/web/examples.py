"""Examples of what addresses of the API may be sent as JSON, by the operation's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATE = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_FEED = "https://www.example.org/feed.xml"
_ENTRY = "- id: example-works\n  kind: company\n  names: {en: [Example Works]}\n"

_SOURCE = {
    "id": "example-notice",
    "title": "A notice",
    "publisher": "Example Gazette",
    "date": "2026-11-20",
    "kind": "article",
}

BODIES: Mapping[str, Any] = {
    "account_change_password": {"old": "the old one", "new": "a long and better one"},
    "account_make_token": {"name": "nightly export", "scopes": ["read"], "days": 90},
    "account_speak": {"language": "nb"},
    "baseline_add_source": _SOURCE,
    "baseline_look_at_source": _SOURCE,
    "baseline_add_fact": {
        "sentence": "Added to the Entity List.",
        "source": "example-notice",
        "date": "2026-11-21",
    },
    "baseline_propose": {"text": _ENTRY, "state": _STATE, "verdicts": True},
    "baseline_write": {"text": _ENTRY, "state": _STATE},
    "check_check": {"text": "Germany bans Huawei from its 5G networks", "language": "en"},
    "developments_look": {"until": "2026-11-21T06:00:00Z"},
    "digests_resolve": {"decision": "send"},
    "emerging_dismiss": {"key": "example works"},
    "emerging_write": {"key": "example works", "id": "example-works"},
    "feeds_add": {"url": _FEED, "publisher": "Example News", "language": "en", "tier": 2},
    "feeds_look_at": {"url": "https://www.example.org/"},
    "feeds_pause": {"url": _FEED, "paused": True},
    "filters_edition": {
        "id": "chips-daily",
        "title": "Chips, daily",
        "schedule": "0 7 * * *",
        "zone": "Europe/Oslo",
        "channels": ["email"],
    },
    "filters_rename": {"name": "Chips"},
    "filters_save": {"name": "Chips", "query": "track=export-control&verdict=escalating"},
    "hooks_add": {"url": "https://hooks.example.org/techwatch"},
    "hooks_change": {"paused": True},
    "judged_say": {"item": "0123456789abcdef", "say": "reject", "note": "an old story"},
    "people_change": {"role": "analyst"},
    "people_invite": {"role": "reader"},
}
