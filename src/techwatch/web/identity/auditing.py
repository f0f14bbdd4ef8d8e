"""The audit log: who changed what, when, and from where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from techwatch.storage.auditing import AuditStore
    from techwatch.web.identity.roles import Person

_LONGEST = 1_000  # characters of a target, and of each detail that is text
_MOST = 50  # details


@dataclass(frozen=True, slots=True)
class Audit:
    """Notes every change that people make."""

    store: AuditStore
    clock: Callable[[], datetime]

    def note(
        self,
        person: Person,
        action: str,
        target: str = "",
        details: Mapping[str, str | float | bool | None] | None = None,
    ) -> None:
        """Note a change that was made.

        Args:
            person: who made it; their address is noted with it.
            action: what was done, as `subject.verb`: feeds.add, judgements.undo.
            target: what it was done to: an id, a name or an address; cut at 1,000 characters.
            details: what else belongs to it, no secrets; at most 50, texts cut likewise.
        """
        kept = {name: _cut(value) for name, value in list((details or {}).items())[:_MOST]}
        self.store.note(
            self.clock(),
            person.account_id,
            person.name,
            action,
            target[:_LONGEST],
            kept,
            person.address,
        )


def _cut(value: str | float | bool | None) -> str | float | bool | None:  # noqa: FBT001 - of JSON
    return value[:_LONGEST] if isinstance(value, str) else value
