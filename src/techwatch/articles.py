"""Read the articles that items wait for: a step of its own beside polling.

An attempt is counted in the database before a request goes out, and its outcome stored when it is
known. A process that is killed between the two leaves an article that is asked for again later, and
an item that is judged without it once its time has come.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from techwatch.errors import FetchError, ParseError, PostponedError
from techwatch.feeds import articles, robots
from techwatch.feeds.fetching import Terms
from techwatch.model import Document, Validators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from techwatch.feeds.article_settings import ArticleSettings
    from techwatch.feeds.fetching import Fetcher
    from techwatch.feeds.parsing_pool import ParsingPool
    from techwatch.model import Article, Item
    from techwatch.storage import Store

_PATIENCE = 20.0  # seconds that a round waits for one host: the next round goes on with it
_MOST_RULES = 1_000  # hosts whose rules are held in memory
_PAGE = "text/html,application/xhtml+xml"
_ROBOTS = "text/plain, */*;q=0.1"


@dataclass
class ArticleReader:
    """Reads articles politely: robots.txt, the turns of the feeds' hosts, one page a host."""

    store: Store
    fetcher: Fetcher
    pool: ParsingPool
    settings: ArticleSettings
    clock: Callable[[], datetime]
    _rules: dict[str, robots.Rules] = field(default_factory=dict)
    _delays: dict[str, float] = field(default_factory=dict)  # by host, in seconds
    _free_at: dict[str, datetime] = field(default_factory=dict)  # when a host may be asked again

    async def hosts_due(self) -> frozenset[str]:
        """Return the hosts that are to be asked for articles now."""
        due = await asyncio.to_thread(self.store.articles.due, self.clock())
        return frozenset(_host(article.link) for article in due)

    async def read_due(
        self,
        told: Callable[[Article], None] = lambda _: None,
        of_host: Callable[[str], bool] = lambda _: True,
    ) -> int:
        """Ask for what is due, hosts side by side; returns how many articles were read.

        Hosts that `of_host` turns down are left for another time.
        """
        found = await asyncio.to_thread(self.store.articles.due, self.clock())
        due = [article for article in found if of_host(_host(article.link))]
        hosts: defaultdict[str, list[list[Article]]] = defaultdict(list)
        for pages in _by_link(due):
            hosts[_host(pages[0].link)].append(pages)
        read = await asyncio.gather(*(self._read_host(h, p, told) for h, p in hosts.items()))
        return sum(read)

    async def _read_host(
        self, host: str, pages: Iterable[Sequence[Article]], told: Callable[[Article], None]
    ) -> int:
        """Ask one host for its pages, one after the other, as long as patience lasts."""
        patience, read = _PATIENCE, 0
        for wanted in pages:
            wait = self._wait(host)
            if wait > patience:
                break
            if wait:
                patience -= wait
                await asyncio.sleep(wait)
            read += await self._read(wanted, told)
            delay = timedelta(seconds=self._delays.get(host, 0.0))
            self._free_at[host] = self.clock() + delay
        return read

    def _wait(self, host: str) -> float:
        free_at = self._free_at.get(host)
        return max(0.0, (free_at - self.clock()).total_seconds()) if free_at else 0.0

    async def _read(self, wanted: Sequence[Article], told: Callable[[Article], None]) -> int:
        """Bring one page, for all items that link to it."""
        now, store = self.clock(), self.store.articles
        again_at = min(articles.next_attempt(article, now) for article in wanted)
        ids = [article.item_id for article in wanted]
        if not await asyncio.to_thread(store.claim, ids, now, again_at):
            return 0
        try:
            document = await self.bring(wanted[0].link)
        except FetchError as error:
            outcomes = [self._failed(one, error) for one in wanted]
        else:
            outcomes = [await self._told_by(document, one) for one in wanted]
        for article, _ in outcomes:
            told(article)
        return await asyncio.to_thread(store.record, outcomes, self.clock())

    async def bring(self, link: str) -> Document:
        """Fetch a page; raises FetchError.

        Each host that redirects lead to is asked for its robots.txt.
        """
        terms = Terms(
            accept=_PAGE,
            timeout=self.settings.timeout,
            max_bytes=self.settings.max_bytes,
            kinds=frozenset(_PAGE.split(",")),
            permit=self._permit,
        )
        answer = await self.fetcher.fetch(link, Validators(), terms)
        if not isinstance(answer, Document):  # it was shown no validators
            raise FetchError(link, "the server says it has not changed, but was not asked that")
        return answer

    async def _told_by(self, document: Document, article: Article) -> tuple[Article, str]:
        item = await asyncio.to_thread(self._item, article)
        try:
            text = await self.pool.article(document, item)
        except ParseError as error:
            return self._failed(article, error)
        return articles.after_text(article), text

    def _item(self, article: Article) -> Item:
        return self.store.judging.item(article.item_id).item

    def _failed(self, article: Article, error: FetchError | ParseError) -> tuple[Article, str]:
        return articles.after_failure(article, error, self.settings, self.clock()), ""

    async def _permit(self, url: str) -> None:
        """Let an address be asked, or raise FetchError."""
        host = robots.origin(url)
        rules = self._rules.get(host)
        if rules is None or rules.file.until <= self.clock():
            rules = await self._find_rules(host)
            if len(self._rules) >= _MOST_RULES:
                self._rules.clear()
            self._rules[host] = rules
        self._delays[_host(url)] = rules.permit(url, self.settings.longest_delay)

    async def _find_rules(self, host: str) -> robots.Rules:
        """Take a host's robots.txt from the store, or ask for it."""
        known = await asyncio.to_thread(self.store.articles.robots, host)
        if known and known.until > self.clock():
            return await asyncio.to_thread(robots.Rules, known)
        terms = Terms(_ROBOTS, self.settings.timeout, robots.MOST_BYTES)
        try:
            answer = await self.fetcher.fetch(f"{host}/robots.txt", Validators(), terms)
        except PostponedError:
            raise  # the host is left alone: nothing is known of its rules
        except FetchError as error:
            found = robots.from_error(host, error, known, self.clock())
        else:
            assert isinstance(answer, Document)  # noqa: S101 - it was shown no validators
            found = robots.from_document(host, answer, self.clock())
        await asyncio.to_thread(self.store.articles.keep_robots, found)
        return await asyncio.to_thread(robots.Rules, found)


def _by_link(due: Sequence[Article]) -> list[list[Article]]:
    """Gather what leads to one page, so that it is asked for once."""
    pages: defaultdict[str, list[Article]] = defaultdict(list)
    for article in due:
        pages[article.link].append(article)
    return list(pages.values())


def _host(link: str) -> str:
    return urlsplit(link).hostname or ""
