"""Post developments of saved filters to the addresses that people of the desk gave.

Each hook is an edition of alerts of its own, so that the ledger of digests holds for it too: each
development once, tried again where that is safe, in doubt told as such.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from techwatch.digests.delivery.webhook import WebhookChannel
from techwatch.model import (
    AlertRule,
    Delivery,
    DeliveryState,
    Edition,
    RenderedDigest,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from techwatch.digests.delivery.webhook_settings import WebhookSettings
    from techwatch.model import Hook, SavedFilter

CHANNEL = "hook"
_ID = re.compile("hook-[0-9a-f]{12}")
_RULE = AlertRule(most_an_hour=60)


def edition_id(hook_id: str) -> str:
    """Return the id of the edition that a hook is."""
    return f"hook-{hook_id}"


def is_hook(an_edition: str) -> bool:
    """Whether an id is that of an edition that a hook is, or was."""
    return _ID.fullmatch(an_edition) is not None


def edition_of(hook: Hook, saved: SavedFilter) -> Edition:
    """Return the edition that a hook of a filter is."""
    return Edition(
        id=edition_id(hook.id),
        title=saved.name,
        schedule="",
        zone="UTC",
        channels=(CHANNEL,),
        targets=(hook.id,),
        filter=saved.filter,
        when_empty="skip",
        alert=_RULE,
    )


class HookChannel(WebhookChannel):
    """The channel `hook`, by which nothing goes but what hooks ask for."""

    id = CHANNEL

    def __init__(
        self,
        settings: WebhookSettings,
        clock: Callable[[], datetime],
        find: Callable[[str], Hook | None],
    ) -> None:
        """Post as `settings` say; `find` gives a hook by its id."""
        super().__init__(settings, clock)
        self._find = find

    def recipients(self, edition: Edition) -> tuple[str, ...]:
        """Return the id of the hook."""
        return edition.targets

    def problem(self, edition: Edition) -> str | None:  # noqa: ARG002 - the same for all
        """Refuse editions of digests.yaml: a hook belongs to a saved filter."""
        return "only saved filters of the desk go by it"

    def _goal(self, delivery: Delivery) -> tuple[str, str]:
        hook = self._find(delivery.recipient)
        if hook is None:
            self._fail("this webhook was deleted", permanent=True)
        return hook.url, hook.secret

    async def try_out(self, hook: Hook) -> None:
        """Post something that says it is a test; raises DeliveryError where it is not taken."""
        now = self._clock()
        body = json.dumps({"format": 1, "test": True, "at": now.isoformat()})
        digest = RenderedDigest(edition_id(hook.id), now, subject="", html="", text="", json=body)
        name = f"<test-{int(now.timestamp())}@{hook.id}>"
        delivery = Delivery(
            0, digest.edition_id, now, self.id, hook.id, name, DeliveryState.SENDING
        )
        await self.send(digest, delivery, _nothing)


async def _nothing() -> None:
    """Note nothing: a test may arrive twice."""
