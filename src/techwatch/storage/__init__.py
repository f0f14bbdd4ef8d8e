"""The only place that knows SQL. A Store's parts are named for whom they serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.storage.articles import ArticleStore
from techwatch.storage.auditing import AuditStore
from techwatch.storage.board import BoardStore
from techwatch.storage.bursts import BurstStore
from techwatch.storage.credentials import CredentialStore
from techwatch.storage.database import SCHEMA, Database, exists
from techwatch.storage.digests import DigestStore
from techwatch.storage.emerging import EmergingStore
from techwatch.storage.entities import EntityStore
from techwatch.storage.feeds import FeedStore
from techwatch.storage.hooks import HookStore
from techwatch.storage.jobs import JobStore
from techwatch.storage.judgements import JudgementStore
from techwatch.storage.judging import JudgingStore
from techwatch.storage.judging_transaction import Judging
from techwatch.storage.ledger import Ledger
from techwatch.storage.logins import LoginStore
from techwatch.storage.overview import Overview
from techwatch.storage.people import PeopleStore
from techwatch.storage.pings import PingStore
from techwatch.storage.reading import ReadingStore
from techwatch.storage.reported import ReportedStore
from techwatch.storage.retention import RetentionStore
from techwatch.storage.said import SaidStore
from techwatch.storage.saved import SavedStore
from techwatch.storage.search import SearchStore
from techwatch.storage.sqlite import sqlite_url
from techwatch.storage.subscriptions import SubscriptionStore
from techwatch.storage.together import TogetherStore

if TYPE_CHECKING:
    from collections.abc import Collection
    from contextlib import AbstractContextManager

__all__ = ["Database", "Judging", "Store", "exists", "sqlite_url"]


class Store:
    """What techwatch remembers, in one database."""

    schema_known = SCHEMA  # by this program

    def __init__(self, database: Database) -> None:
        self.database = database
        self.feeds = FeedStore(database)
        self.subscriptions = SubscriptionStore(database)
        self.articles = ArticleStore(database)
        self.judging = JudgingStore(database)
        self.together = TogetherStore(database)
        self.jobs = JobStore(database)
        self.judgements = JudgementStore(database)
        self.said = SaidStore(database)
        self.bursts = BurstStore(database)
        self.digests = DigestStore(database)
        self.board = BoardStore(database)
        self.reading = ReadingStore(database)
        self.reported = ReportedStore(database)
        self.emerging = EmergingStore(database)
        self.entities = EntityStore(database)
        self.ledger = Ledger(database)
        self.pings = PingStore(database)
        self.overview = Overview(database)
        self.retention = RetentionStore(database)
        self.search = SearchStore(database)
        self.people = PeopleStore(database)
        self.logins = LoginStore(database)
        self.credentials = CredentialStore(database)
        self.audit = AuditStore(database)
        self.saved = SavedStore(database)
        self.hooks = HookStore(database)

    @classmethod
    def open(cls, url: str) -> Store:
        """Open a database, making its tables if it has none; raises StorageError."""
        return cls(Database.open(url))

    @property
    def is_shared(self) -> bool:
        """Whether several processes may work on it side by side."""
        return self.database.serves

    def alone(self, names: Collection[str]) -> AbstractContextManager[frozenset[str]]:
        """Give those of some tasks that no other process is at; see `Database.alone`."""
        return self.database.alone(names)

    def close(self) -> None:
        """Give the database back."""
        self.database.close()
