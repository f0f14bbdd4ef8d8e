"""What somebody may do: roles of accounts, scopes of what they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Scope(StrEnum):
    """A kind of work; each page and each address of the API asks for one."""

    READ = "read"  # everything that is shown
    TEACH = "teach"  # judge developments, dismiss names
    FEEDS = "feeds"  # add, pause, import feeds
    BASELINE = "baseline"  # propose changes of the baseline
    FILTERS = "filters"  # save filters, make editions and webhooks of them
    ADMIN = "admin"  # accounts, the audit log


class Role(StrEnum):
    """What an account is."""

    READER = "reader"
    ANALYST = "analyst"
    ADMIN = "admin"


ALLOWED: Mapping[Role, frozenset[Scope]] = {
    Role.READER: frozenset({Scope.READ}),
    Role.ANALYST: frozenset(Scope) - {Scope.ADMIN},
    Role.ADMIN: frozenset(Scope),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks."""

    account_id: int | None  # None: whoever reaches a desk without login
    name: str
    role: Role
    scopes: frozenset[Scope]  # what this request may do: less than the role's where a token asks
    csrf: str = ""  # what forms must bring; empty where a token asks
    language: str | None = None  # that they chose
    token_id: int | None = None  # of the API, where one asks
    address: str = ""  # of the network, from which they ask
    login_id: str = ""  # the beginning of their login's key; empty where a token asks

    def may(self, scope: Scope) -> bool:
        """Whether they may do work of a kind."""
        return scope in self.scopes


LOCAL = "local"  # the name of whoever reaches a desk without login
