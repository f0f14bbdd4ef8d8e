"""Who reads and teaches at the desk, and what they keep there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from techwatch.model.assessment import Standing, Verdict
from techwatch.model.developments import Filter
from techwatch.model.judgements import Decision


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may use the desk."""

    id: int
    name: str
    role: str  # of `web.identity.roles.Role`
    password: str | None = field(repr=False)  # hashed; None: there is no login by one
    subject: str | None  # issuer and subject at an identity provider
    language: str | None
    made_at: datetime
    disabled_at: datetime | None
    looked_at: datetime | None  # until when they saw what is new


@dataclass(frozen=True, slots=True)
class Login:
    """A browser that somebody logged in with."""

    key: str  # SHA-256 of its token
    account_id: int
    made_at: datetime
    seen_at: datetime
    until: datetime
    address: str  # of the network, from which it was made; empty where none is known
    browser: str  # what it says of itself, up to 200 characters


@dataclass(frozen=True, slots=True)
class Token:
    """What proves a program to the API, in the name of an account."""

    id: int
    account_id: int
    name: str
    scopes: tuple[str, ...]  # of `web.identity.roles.Scope`
    made_at: datetime
    until: datetime | None  # None: until it is revoked
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link by which somebody enters once: to an account of their own, or back to one."""

    id: int
    role: str  # of the account that is made
    account_id: int | None  # whose password it lets choose; None: a new account's
    made_by: str
    made_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Audited:
    """Something that a person changed."""

    id: int
    at: datetime
    account_id: int | None  # None: whoever runs the machine, by the command line
    person: str  # their name at the time
    action: str  # such as "feeds.add"
    target: str  # what was changed
    details: Mapping[str, object]  # of JSON
    address: str  # of the network, from which it was asked


@dataclass(frozen=True, slots=True)
class EntityDevelopment:
    """A development in the timeline of an entity that it concerns."""

    id: str
    story_id: str
    at: datetime  # of the news that opened it
    verdict: Verdict  # of its story
    title: str  # of the item that opened it
    link: str | None
    publisher: str
    language: str
    event_type: str | None
    rung: str | None
    jurisdiction: str | None
    decision: Decision | None  # that a person took on it, where one is in force


@dataclass(frozen=True, slots=True)
class ReportedStanding:
    """A standing that news gave an entity, and whose news it was."""

    standing: Standing  # its reason is the headline; its story the one that told it
    publisher: str
    language: str  # of the headline
    link: str | None


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """What somebody asked for before and wants to ask again."""

    id: int
    account_id: int  # whose it is
    name: str
    query: str  # of an address
    filter: Filter  # what it comes to
    key: str  # of its feeds: who has it reads them
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Hook:
    """Where developments of a saved filter are posted to."""

    id: str
    filter_id: int
    url: str
    secret: str  # that signs what is posted
    made_at: datetime
    paused_at: datetime | None  # None: it is in use
