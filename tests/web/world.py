"""News at a fixed time, the same on every machine: what pictures of the desk show.

The feeds of the demonstration are read from their files by the steps that a service takes, on a
clock that stands at NOW; more are added for what those lack: many publishers of one event, a long
headline, one that runs from right to left, a feed that fails.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import yaml

from techwatch.errors import FetchError
from techwatch.feeds.parsing import parse
from techwatch.installation import shipped
from techwatch.model import Document, Feed, Validators
from techwatch.pipeline import ask_feed
from techwatch.settings import load
from techwatch.testing import FakeClock, demo
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from techwatch.model import FeedState, ParsedFeed

NOW = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
_BASE = "https://feeds.example"
_OPENED = "European Commission opens formal investigation into TikTok over election risks"
_MANY = 14  # publishers that tell one event
_LONG = (
    "Germany bans Huawei from its 5G networks by a "
    "Telekommunikationsüberwachungsverordnungsänderungsgesetzentwurf, says https://ministry.example"
    "/2026/03/announcements/telecommunications/security-of-public-networks.html"
)
_LONG_IN_CHINESE = (
    "美国商务部以国家安全和外交政策利益为由将长江存储、寒武纪等三十六家中国企业及研究机构"
    "列入实体清单，外交部回应：将采取必要措施，坚决维护中国企业的正当合法权益"
)
_ARABIC = "هواوي Huawei تطلق هاتفا جديدا في الصين"
# (publisher, language, headline, summary): each a feed of its own
_MORE = (
    *((f"Wire Service {n:02}", "en", _OPENED, "") for n in range(1, _MANY + 1)),
    ("Brussel & Omegn", "nb", "EU-kommisjonen åpner formell gransking av TikTok om valg", ""),
    ("北岸电讯", "zh", "欧盟委员会就选举风险对TikTok展开正式调查", "平台可能未能防范操纵。"),
    ("经济与技术政策观察", "zh", _LONG_IN_CHINESE, "未经许可不得向其出口芯片制造设备。"),
    ("Handelsrecht heute", "en", _LONG, ""),
    ("صحيفة التقنية", "ar", _ARABIC, "أعلنت شركة هواوي عن هاتف جديد."),
)
_FAILING = Feed(f"{_BASE}/gone.xml", "The Quiet Gazette", "en", tier=3, tags=("chips", "press"))
_PAUSED = Feed(f"{_BASE}/paused.xml", "周末科技", "zh", tier=3, paused=True)


def empty(folder: Path, web: Mapping[str, object]) -> Watch:
    """techwatch without feeds and news, its configuration and data below a folder."""
    watch = _watch(folder, web, ())
    watch.open_lists()
    return watch


def told(folder: Path, web: Mapping[str, object]) -> Watch:
    """techwatch with judged news and one digest."""
    demonstrated = demo.feeds(_BASE)
    more = {f"{_BASE}/more-{n}.json": one for n, one in enumerate(_MORE)}
    added = [Feed(url, one[0], one[1], tags=("more",)) for url, one in more.items()]
    watch = _watch(folder, web, (*demonstrated, *added, _FAILING, _PAUSED))
    watch.open_lists()
    documents = {
        feed.url: (demo.first_edition() / feed.url.rpartition("/")[2]).read_bytes()
        for feed in demonstrated
    }
    documents |= {url: _written(n, one) for n, (url, one) in enumerate(more.items())}
    _polled(watch, documents)
    later = {f"{_BASE}/{path.name}": path.read_bytes() for path in _second()}
    publisher, language, title, _ = _MORE[1]
    later[f"{_BASE}/more-1.json"] = _written(1, (publisher, language, f"Corrected: {title}", ""))
    clock = watch.clock
    assert isinstance(clock, FakeClock)
    clock.set(NOW - timedelta(minutes=20))
    _polled(watch, documents | later)
    watch.publish(watch.edition(None))
    asyncio.run(watch.deliver())
    clock.set(NOW)
    return watch


def _watch(folder: Path, web: Mapping[str, object], feeds: tuple[Feed, ...]) -> Watch:
    config = folder / "config"
    config.mkdir(parents=True)
    listed = [
        {key: value for key, value in asdict(feed).items() if value not in (None, (), False)}
        for feed in feeds
    ]
    settings = {"data_dir": str(folder), "web": {"port": 0} | dict(web)}
    for name, content in (("feeds", {"feeds": listed}), ("techwatch", settings)):
        text = yaml.safe_dump(content, allow_unicode=True)
        (config / f"{name}.yaml").write_text(text, encoding="utf-8")
    editions = (shipped("config") / "digests.yaml").read_text(encoding="utf-8")
    (config / "digests.yaml").write_text(editions, encoding="utf-8")
    clock = FakeClock(NOW - timedelta(hours=1))
    path = config / "techwatch.yaml"
    return Watch(lambda: load(path, {}), config, shipped("baseline"), clock)


def _second() -> Iterator[Path]:
    return (path for path in demo.second_edition().iterdir() if path.is_file())


def _written(number: int, one: tuple[str, str, str, str]) -> bytes:
    """Write a JSON Feed of one item."""
    publisher, language, title, summary = one
    link = f"https://more-{number}.example/2026/03/news"
    at = NOW - timedelta(hours=4, minutes=7 * number)
    item = {"id": link, "url": link, "title": title, "summary": summary}
    item |= {"date_published": at.isoformat(), "language": language}
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": publisher, "items": [item]}).encode()


def _polled(watch: Watch, documents: Mapping[str, bytes]) -> None:
    """Poll every feed once, by the steps of the service, and judge what is new."""

    async def fetch(url: str, validators: Validators) -> Document:
        if url not in documents:
            raise FetchError(url, f"{url} answered 404 (Not Found)")
        return Document(url, documents[url], None, validators, watch.clock())

    async def read(document: Document, feed: Feed, since: datetime | None = None) -> ParsedFeed:
        del since
        return parse(document, feed)

    async def ask(state: FeedState) -> None:
        made = await ask_feed(state, fetch, read, watch.clock, watch.settings.polling, 0.0)
        watch.store.feeds.record(made, watch.clock())

    async def all_asked() -> None:
        for state in watch.store.feeds.states():
            if not state.feed.paused:
                await ask(state)

    asyncio.run(all_asked())
    watch.judge_items()
