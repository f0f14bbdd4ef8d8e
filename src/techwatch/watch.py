"""The composition root: the only place that names concrete classes and joins them.

Everything is made when it is first needed, so that `techwatch check` on a text pays for neither
the database nor the network.
"""

from __future__ import annotations

import asyncio
import random
import threading
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from techwatch.errors import InvalidFilesError, LedgerError, NotFoundError, Problem

# Imports below stand in functions where they cost more than a command that doesn't need them takes.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import (
        AsyncIterator,
        Awaitable,
        Callable,
        Coroutine,
        Iterable,
        Mapping,
        Sequence,
    )
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import Any

    from techwatch.articles import ArticleReader
    from techwatch.composing import Editor
    from techwatch.delivering import Courier
    from techwatch.digests.delivery import Channel
    from techwatch.digests.delivery.senders import Sender
    from techwatch.digests.editions import Known
    from techwatch.feeds.clocks import HostClocks
    from techwatch.feeds.turns import Turns
    from techwatch.judging import Judge
    from techwatch.metrics import Metrics
    from techwatch.model import (
        Article,
        Baseline,
        Delivery,
        Digest,
        Document,
        Edition,
        Feed,
        FeedState,
        Hook,
        Judged,
        NotModified,
        ParsedFeed,
        Ping,
        PollOutcome,
        PollReport,
        Pruned,
        RenderedDigest,
        UntoldStory,
        Validators,
        Verdict,
    )
    from techwatch.prepared import Prepared
    from techwatch.pulse import Pulse
    from techwatch.settings import Settings
    from techwatch.storage import Store
    from techwatch.tracing import Tracing
    from techwatch.yamlfile import Stamp


def utc_now() -> datetime:
    """Return the time, aware, in UTC."""
    return datetime.now(UTC)


@dataclass
class Watch:
    """techwatch, put together from settings."""

    read_settings: Callable[[], Settings]
    config_dir: Path
    baseline_dir: Path
    clock: Callable[[], datetime] = field(default=utc_now)
    prepared: Prepared | None = None  # what judging needs, where it was kept from an earlier run
    reader: ArticleReader | None = field(default=None, init=False)  # while connections are open
    turns: Turns | None = field(default=None, init=False)  # likewise
    _stamps: dict[str, Stamp | None] = field(default_factory=dict, init=False)  # of lists, as read
    _rereading: threading.Lock = field(default_factory=threading.Lock, init=False)

    # ------------------------------------------------------------------ what the user wrote

    @cached_property
    def settings(self) -> Settings:
        """The settings; raises InvalidFilesError."""
        return self.read_settings()

    @cached_property
    def baseline(self) -> Baseline:
        """The baseline; raises InvalidFilesError."""
        if self.prepared:
            return self.prepared.baseline
        from techwatch.baseline.loading import load

        return load(self.baseline_dir)

    @property
    def feeds_file(self) -> Path:
        """The list of feeds."""
        return self.config_dir / "feeds.yaml"

    def feeds(self) -> tuple[Feed, ...]:
        """Read the list of feeds; raises InvalidFilesError."""
        from techwatch.feeds.catalogue import load

        return load(self.feeds_file)

    @cached_property
    def editions(self) -> Mapping[str, Edition]:
        """The editions by id; raises InvalidFilesError."""
        from techwatch.digests.editions import load
        from techwatch.yamlfile import stamp

        self._stamps["editions"] = stamp(self.editions_file)  # first: what changes now is seen then
        return {
            edition.id: edition for edition in load(self.editions_file, self._known_to_editions())
        }

    @property
    def editions_file(self) -> Path:
        """The list of editions."""
        return self.config_dir / "digests.yaml"

    def valid_editions(self, path: Path) -> Mapping[str, Edition]:
        """Read a list of editions that can all go out; raises InvalidFilesError."""
        from techwatch.digests.editions import load

        found = {edition.id: edition for edition in load(path, self._known_to_editions())}
        if wrong := tuple(self._undeliverable(path, found)):
            raise InvalidFilesError(wrong)
        return found

    def reread_editions(self) -> bool:
        """Take up the editions where their file was edited; returns whether it was.

        Raises InvalidFilesError where one of them can't be used, and goes on by those before.
        """
        from techwatch.yamlfile import stamp

        with self._rereading:
            first = "editions" not in self.__dict__  # nobody noted yet since when they are due
            before, now = self.editions, stamp(self.editions_file)
            if now == self._stamps.get("editions") and not first:
                return False
            found = self.valid_editions(self.editions_file)
            self.store.digests.watch(found, self.clock())
            self._stamps["editions"] = now
            self.__dict__["editions"] = found
            if "editor" in self.__dict__:
                alerts = frozenset(e.id for e in found.values() if e.alert)
                self.__dict__["editor"] = replace(self.editor, alerts=alerts)
            return found != before

    def _known_to_editions(self) -> Known | None:
        """Return what filters may name; None where baseline or feeds are broken themselves."""
        from techwatch.digests.editions import Known

        try:
            baseline, feeds = self.baseline, self.feeds()
        except InvalidFilesError:
            return None
        entities = baseline.entities
        return Known(
            entities=entities.keys(),
            sectors={e.sector for e in entities.values() if e.sector},
            tracks=baseline.tracks.keys(),
            feeds={feed.publisher for feed in feeds},
            tags={tag for feed in feeds for tag in feed.tags},
        )

    def edition(self, name: str | None) -> Edition:
        """Find an edition; without a name the only or first one. Raises NotFoundError."""
        if name is None and self.editions:
            return next(iter(self.editions.values()))
        if name is None or name not in self.editions:
            known = ", ".join(self.editions) or "none"
            raise NotFoundError("edition", name or "", f"digests.yaml has {known}")
        return self.editions[name]

    def check_files(self) -> None:
        """Read every file the user wrote; raises InvalidFilesError with all problems of all."""
        problems: list[Problem] = []
        for read in (
            lambda: self.settings,
            lambda: self.baseline,
            self.feeds,
            lambda: self.editions,
        ):
            try:
                read()
            except InvalidFilesError as error:
                problems.extend(error.problems)
        if {"editions", "settings"} <= self.__dict__.keys():
            problems.extend(self._undeliverable(self.editions_file, self.editions))
        if problems:
            raise InvalidFilesError(problems)

    def _undeliverable(self, path: Path, editions: Mapping[str, Edition]) -> Iterable[Problem]:
        """Find editions that can't go out as the settings are."""
        from techwatch import yamlfile
        from techwatch.digests.delivery.checking import problems
        from techwatch.digests.delivery.targets import read

        of = self.settings
        secrets = [urls.get_secret_value() for urls in (of.webhook.urls, of.apprise.urls) if urls]
        targets = {name for secret in secrets for name in read(secret)}
        document = yamlfile.read(path)
        return problems(document, editions.values(), self.channels, targets)

    # ------------------------------------------------------------------ parts

    @cached_property
    def judge(self) -> Judge:
        """Matching and assessment, compiled from the baseline."""
        from techwatch.judging import Judge

        of = self.prepared or self.settings
        return Judge.of(self.baseline, of.matching, of.assessment)

    def with_baseline(self, baseline: Baseline) -> Watch:
        """Return the same by another baseline; the store is shared, and closed by this one."""
        other = replace(self, prepared=None)
        made = {"settings": self.settings, "store": self.store, "channels": self.channels}
        shared = {"metrics": self.metrics, "pulse": self.pulse}
        other.__dict__.update({"baseline": baseline} | made | shared)
        if "editions" in self.__dict__:  # else a file that is broken by now would be read
            other.__dict__ |= {"editions": self.editions, "_stamps": dict(self._stamps)}
        return other

    def prepare(self) -> Prepared:
        """Return what judging needs, to be kept for another run."""
        from techwatch.prepared import Prepared

        settings, url = self.settings, self.settings.database_url
        return Prepared(
            self.baseline,
            settings.matching,
            settings.assessment,
            settings.data_path,
            url.get_secret_value() if url else None,
        )

    @property
    def database_url(self) -> str:
        """Where the store is."""
        from techwatch.storage import sqlite_url

        if self.settings.database_url:
            return self.settings.database_url.get_secret_value()
        return sqlite_url(self.settings.data_path / "techwatch.db")

    def has_store(self) -> bool:
        """Whether there is a database already; making none."""
        if self.prepared:  # it is kept for databases in the data folder only
            return (self.prepared.data_path / "techwatch.db").is_file()
        if not self.settings.database_url:
            return (self.settings.data_path / "techwatch.db").is_file()
        from techwatch.storage import exists

        return exists(self.settings.database_url.get_secret_value())

    @cached_property
    def store(self) -> Store:
        """The store; raises StorageError."""
        from techwatch.storage import Store

        return Store.open(self.database_url)

    @cached_property
    def channels(self) -> Mapping[str, Channel]:
        """The channels by id."""
        from techwatch.digests.delivery.chat import AppriseChannel
        from techwatch.digests.delivery.email import EmailChannel
        from techwatch.digests.delivery.folder import FolderChannel
        from techwatch.digests.delivery.hooks import HookChannel
        from techwatch.digests.delivery.syndication import SyndicationChannel
        from techwatch.digests.delivery.webhook import WebhookChannel

        of, data = self.settings, self.settings.data_path
        made: tuple[Channel, ...] = (
            FolderChannel(of.folder, data),
            EmailChannel(of.email),
            WebhookChannel(of.webhook, self.clock),
            AppriseChannel(of.apprise),
            SyndicationChannel(of.syndication, data, self._latest_digests),
            HookChannel(of.webhook, self.clock, self._hook),
        )
        return {channel.id: channel for channel in made}

    def _hook(self, hook_id: str) -> Hook | None:
        return self.store.hooks.find(hook_id)

    def hook_editions(self) -> tuple[Edition, ...]:
        """Return the editions that the hooks of saved filters are, those that are paused not."""
        from techwatch.digests.delivery.hooks import edition_of

        return tuple(edition_of(hook, saved) for hook, saved in self.store.hooks.in_use())

    def _latest_digests(self, edition_id: str, most: int) -> Sequence[RenderedDigest]:
        return self.store.digests.latest(edition_id, most)

    @cached_property
    def sender(self) -> Sender:
        """This process as one that sends; raises StorageError."""
        from techwatch.digests.delivery.senders import Sender

        return Sender(self.settings.data_path / "senders")

    @cached_property
    def courier(self) -> Courier:
        """What sends deliveries."""
        from techwatch.delivering import Courier

        settings = self.settings.delivery
        return Courier(
            self.store, self.channels, self.sender, settings, self.clock, self._tracing_delivery
        )

    def _tracing_delivery(self, delivery: Delivery) -> AbstractContextManager[object]:
        of = delivery
        return self.tracing.span("deliver", edition=of.edition_id, channel=of.channel, id=of.id)

    @cached_property
    def tracing(self) -> Tracing:
        """What notes how long steps take; raises MissingPackageError."""
        from techwatch.tracing import tracing

        return tracing(self.settings.tracing)

    @cached_property
    def metrics(self) -> Metrics:
        """What this process did, counted."""
        from techwatch.metrics import Metrics

        return Metrics()

    @cached_property
    def pulse(self) -> Pulse:
        """Whether the jobs of this process still beat."""
        from techwatch.pulse import Pulse

        return Pulse()

    @cached_property
    def host_clocks(self) -> HostClocks:
        """What the hosts of feeds take the time to be."""
        from techwatch.feeds.clocks import HostClocks

        return HostClocks()

    @cached_property
    def editor(self) -> Editor:
        """What composing needs."""
        from techwatch.composing import Editor

        return Editor(
            baseline=self.baseline,
            channels=self.channels,
            health=self.settings.polling,
            settings=self.settings.digests,
            domain=self.settings.email.id_domain,
            alerts=frozenset(e.id for e in self.editions.values() if e.alert),
            names=self.judge.names,
        )

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[Callable[[FeedState], Awaitable[PollOutcome]]]:
        """Open connections and parsing processes; gives the function that asks one feed."""
        import pickle
        from functools import partial

        from techwatch import reading_ahead
        from techwatch.articles import ArticleReader
        from techwatch.feeds.fetching import Fetcher
        from techwatch.feeds.parsing_pool import ParsingPool
        from techwatch.logs import masked
        from techwatch.pipeline import ask_feed

        of = self.settings
        means = pickle.dumps(reading_ahead.Means(self.baseline, of.matching, of.assessment))
        start = partial(reading_ahead.prepare, means, full_text=of.articles.full_text)
        async with (
            ParsingPool(of.parsing, reading_ahead.parse, start) as pool,
            Fetcher(of.fetching, self.clock, pool.room, self.host_clocks) as fetcher,
        ):

            async def fetch(url: str, validators: Validators) -> Document | NotModified:
                with self.tracing.span("fetch", feed=masked(url)):
                    return await fetcher.fetch(url, validators)

            async def parse(
                document: Document, feed: Feed, since: datetime | None = None
            ) -> ParsedFeed:
                with self.tracing.span("parse", feed=masked(feed.url)) as span:
                    parsed = await pool.parse(document, feed, since)
                    span.note(items=len(parsed.items))
                    return parsed

            async def ask(state: FeedState) -> PollOutcome:
                jitter = random.random()  # noqa: S311 - spreads load, keeps no secret
                return await ask_feed(state, fetch, parse, self.clock, of.polling, jitter)

            self.reader = ArticleReader(self.store, fetcher, pool, of.articles, self.clock)
            self.turns = fetcher.turns
            try:
                yield ask
            finally:
                self.reader = self.turns = None

    @asynccontextmanager
    async def taking(
        self,
    ) -> AsyncIterator[Callable[[Callable[[PollReport], None]], Coroutine[Any, Any, None]]]:
        """Hold a parsing process ready; gives the function that reads what hubs pushed."""
        from techwatch.feeds.parsing_pool import ParsingPool
        from techwatch.subscribing import take_pushes

        of = self.settings
        async with ParsingPool(of.parsing.model_copy(update={"workers": 1})) as pool:

            async def take(told: Callable[[PollReport], None]) -> None:
                await take_pushes(self.store, pool.parse, self.clock, of.polling, told)

            yield take

    # ------------------------------------------------------------------ steps

    def inspect_store(self) -> None:
        """Look whether the database is sound, all of it; raises DamagedError, or StorageError."""
        self.store.database.inspect()

    def open_lists(self) -> None:
        """Make the feeds and editions of the files the ones that are watched."""
        self._watch_feeds()
        self.store.digests.watch(self.editions, self.clock())
        self.pulse.lists_read_at = self.clock()

    def reread_lists(self) -> dict[str, int]:
        """Take up feeds and editions whose files were edited; returns how many there are of each.

        Raises InvalidFilesError with the problems of both files. The list of a file that is not
        valid stays as it was; the other one is taken up all the same.
        """
        from techwatch.yamlfile import stamp

        taken: dict[str, int] = {}
        problems: list[Problem] = []
        try:
            if stamp(self.feeds_file) != self._stamps.get("feeds"):
                taken["feeds"] = self._watch_feeds()
        except InvalidFilesError as error:
            problems.extend(error.problems)
        try:
            if self.reread_editions():
                taken["editions"] = len(self.editions)
        except InvalidFilesError as error:
            problems.extend(error.problems)
        if problems:
            raise InvalidFilesError(problems)
        return taken

    def _watch_feeds(self) -> int:
        """Make the feeds of the file the ones that are watched; returns how many there are."""
        from techwatch.yamlfile import stamp

        now, found = stamp(self.feeds_file), self.feeds()
        self.store.feeds.watch(found, self.clock())
        self._stamps["feeds"] = now
        return len(found)

    def due_feeds(self) -> tuple[FeedState, ...]:
        """Return the feeds whose time has come."""
        from techwatch.feeds.polling import due

        now = self.clock()
        return self._not_pushed([s for s in self.store.feeds.due(now) if due(s, now)], now)

    def _not_pushed(self, states: Sequence[FeedState], now: datetime) -> tuple[FeedState, ...]:
        """Leave out those that may wait, because a hub pushes their news."""
        from techwatch.feeds.reliance import is_active, rests

        settings = self.settings.polling
        known = self.store.subscriptions.of([s.feed.url for s in states])
        pushed = {one.feed_url: one for one in known if is_active(one, now)}
        return tuple(s for s in states if not rests(s, pushed.get(s.feed.url), now, settings))

    async def subscribe(self) -> dict[str, str]:
        """Ask the hubs that are due for what they are to push; returns what failed, by feed."""
        import asyncio

        from techwatch.feeds.hub_client import HubClient
        from techwatch.subscribing import ask_hubs, plan

        of = self.settings
        reachable = of.http.public_url if of.http.port is not None else None
        due = await asyncio.to_thread(plan, self.store, reachable, self.clock())
        if not due:
            return {}
        async with HubClient(of.fetching, self.clock) as client:
            return await ask_hubs(due, client.ask, self.store, self.clock, of.polling)

    async def poll(
        self,
        states: Iterable[FeedState],
        ask: Callable[[FeedState], Awaitable[PollOutcome]],
        told: Callable[[PollReport], None],
    ) -> None:
        """Poll these feeds and store what they bring; `told` hears of each as it is stored.

        Feeds whose hosts another process is asking are left to it.
        """
        from techwatch.feeds.polling import held_until
        from techwatch.pipeline import poll
        from techwatch.taking_turns import ours

        def hold(state: FeedState) -> datetime | None:
            return held_until(state, self.clock(), self.settings.polling)

        async with ours(self.store, states, self.settings.fetching, self.turns, self.clock) as own:
            async for report in poll(own, ask, self.store, self.clock, hold):
                told(report)

    async def read_articles(self, told: Callable[[Article], None] = lambda _: None) -> int:
        """Read the articles that items wait for and that are due; returns how many were read.

        Connections must be open: see `asking`, whose turns at hosts they share.
        """
        from techwatch.taking_turns import free_hosts

        if self.reader is None:
            return 0
        hosts = await self.reader.hosts_due()
        async with free_hosts(self.store, hosts, self.settings.fetching) as is_free:
            return await self.reader.read_due(told, is_free)

    def judge_items(
        self,
        told: Callable[[Judged], None] = lambda _: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Counter[Verdict]:
        """Judge every item that has no verdict, unless told to stop; what is left stays due.

        Items that match wait for their article first, where their feed has them read.
        """
        from techwatch.judging_together import judge_together
        from techwatch.pipeline import judge

        way = judge_together if self.store.together.possible else judge
        return way(self.store, self.judge, self.clock, told, stop, self.settings.articles)

    def publish_due(self) -> list[Digest]:
        """Compose the digests and alerts that are due, unless another process is at it.

        Slots that were missed are told in one digest, at the latest of them, which names them.
        """
        with self.store.alone(["digests"]) as free:
            return self._publish_due() if free else []

    def _publish_due(self) -> list[Digest]:
        from techwatch.composing import due_slots, late, publish, publish_alert
        from techwatch.judging_together import Bench

        now, store, editor = self.clock(), self.store, self.editor
        if store.together.possible and store.together.unsettled():
            Bench(store, self.judge, self.clock).settle()
        made: list[Digest] = []
        read: dict[str, UntoldStory] = {}
        for edition in (*self.editions.values(), *self.hook_editions()):
            if edition.alert:
                alert = publish_alert(store, editor, edition, now, read)
                made += [alert] if alert else []
            elif due := due_slots(store, edition, now):
                missed = late(due, now, editor.settings)
                with self.tracing.span("compose", edition=edition.id):
                    made.append(publish(store, editor, edition, due[-1], now, missed))
        return made

    def draft(self, edition: Edition) -> Digest:
        """Compose what an edition would say now; nothing is stored."""
        from techwatch.composing import draft

        now = self.clock()
        return draft(self.store, self.editor, edition, now, now)

    def publish(self, edition: Edition) -> Digest:
        """Compose a digest now, whatever the schedule says."""
        from techwatch.composing import publish

        self.store.digests.watch(self.editions, self.clock())
        return publish(self.store, self.editor, edition, None, self.clock())

    def prune(
        self,
        *,
        dry_run: bool = False,
        told: Callable[[Pruned], None] = lambda _: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Pruned:
        """Drop what is older than the settings keep it; see `pruning`."""
        from techwatch.pruning import prune

        kept = self.settings.retention
        return prune(self.store, kept, self.clock(), dry_run=dry_run, told=told, stop=stop)

    def digests_due(self) -> bool:
        """Whether an edition's time has come, or one has alerts, whose time is always."""
        from techwatch.composing import due_slots

        now, store = self.clock(), self.store
        of_file = any(e.alert or due_slots(store, e, now) for e in self.editions.values())
        return of_file or bool(store.hooks.in_use())

    async def deliver(
        self,
        wanted: Callable[[Delivery], bool] = lambda _: True,
        stop: Callable[[], bool] = lambda: False,
    ) -> list[Delivery]:
        """Send what is due and wanted, until told to stop; what is left stays due."""
        in_use = await asyncio.to_thread(self._hooks_in_use)

        def due(delivery: Delivery) -> bool:
            waits = delivery.channel == "hook" and delivery.recipient not in in_use
            return wanted(delivery) and not waits

        return await self.courier.deliver(due, stop)

    def _hooks_in_use(self) -> frozenset[str]:
        """Name the hooks that are posted to; what is due to those deleted meanwhile is given up."""
        in_use = frozenset(hook.id for hook, _ in self.store.hooks.in_use())
        now = self.clock()
        due = [one for one in self.store.ledger.due(now) if one.channel == "hook"]
        gone = self.store.hooks.gone({one.recipient for one in due} - in_use)
        for delivery in due:
            if delivery.recipient in gone:
                with suppress(LedgerError):  # another process was faster
                    self.store.ledger.drop(delivery, now)
        return in_use

    async def ping(self) -> tuple[Ping, ...]:
        """Tell the dead man's switches of digests that went out."""
        from techwatch.digests.delivery.ping import ping
        from techwatch.pinging import ping_due

        settings = self.settings.ping
        switches = {id_: url for id_ in self.editions if (url := settings.of(id_))}

        async def ask(edition_id: str) -> None:
            await ping(switches[edition_id], settings)

        return await ping_due(
            self.store, [self.editions[name] for name in switches], ask, self.clock
        )

    def note_clock(self) -> None:
        """Keep what the hosts of feeds take the time to be, if any told."""
        if reading := self.host_clocks.reading(self.clock()):
            self.store.overview.note_clock(reading)

    def close(self) -> None:
        """Give everything back."""
        if "tracing" in self.__dict__:
            self.tracing.close()
        if "sender" in self.__dict__:
            self.sender.close()
        if "store" in self.__dict__:
            self.store.close()
