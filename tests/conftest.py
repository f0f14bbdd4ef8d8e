"""What many tests need: a feed publisher, a configuration, techwatch put together."""

from __future__ import annotations

import compileall
import gc
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest
import yaml
from tests.databases import Servers

import techwatch
from techwatch.baseline.loading import load as load_baseline
from techwatch.installation import shipped
from techwatch.judging import Judge
from techwatch.settings import Settings, load
from techwatch.storage import sqlite_url
from techwatch.testing import FakeClock, Publisher
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.model import Baseline

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # a Monday, an hour before the daily digest in Oslo

EDITIONS = {
    "editions": [
        {
            "id": "daily",
            "title": "Daily",
            "schedule": "0 7 * * *",
            "zone": "Europe/Oslo",
            "channels": ["folder"],
        }
    ]
}


def pytest_configure(config: pytest.Config) -> None:
    # Hundreds of processes would each compile it where PYTHONDONTWRITEBYTECODE is set.
    if not hasattr(config, "workerinput"):  # of those that pytest-xdist starts
        compileall.compile_dir(Path(techwatch.__file__).parent, quiet=2)
    config.addinivalue_line("markers", "databases(*names): which databases a test runs on")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once on each database that it names, if it uses any."""
    mark = metafunc.definition.get_closest_marker("databases")
    if mark is not None and "database" in metafunc.fixturenames:
        metafunc.parametrize("database", mark.args, indirect=True)


_LONG = (  # the longest first
    "test_cluster.py",
    "test_exactly_once.py",
    "test_websub_killed.py",
    "test_faults.py",
    "test_kills.py",
    "test_upgrading.py",
    "test_awkward.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no process waits for another in the end."""
    places = {name: place for place, name in enumerate(_LONG)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


_SERVERS = pytest.StashKey[Servers]()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say at the end whether PostgreSQL was there to be tested."""
    servers = config.stash.get(_SERVERS, None)
    if servers is not None:
        terminalreporter.write_line(servers.told())


@pytest.fixture(scope="module", autouse=True)
def _freed() -> Iterator[None]:
    """Let what `collector.paused` froze be freed: a service builds it once, tests often."""
    yield
    gc.unfreeze()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, publisher: Publisher) -> Path:
    """A configuration whose one feed, not yet published, is the publisher's `news.rss`."""
    folder = tmp_path / "config"
    folder.mkdir()
    feed = {"url": publisher.url("news.rss"), "publisher": "Harbour", "language": "en"}
    settings = {"data_dir": str(tmp_path / "data"), "fetching": {"allow_private": True, "gap": 0}}
    for name, content in (
        ("feeds", {"feeds": [feed]}),
        ("digests", EDITIONS),
        ("techwatch", settings),
    ):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Iterator[Servers]:
    """A PostgreSQL server, started when a test first asks for it."""
    made = request.config.stash[_SERVERS] = Servers()
    yield made
    made.close()


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on; `tests.databases.on_both` runs it on either."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def database_url(database: str, tmp_path: Path, servers: Servers) -> Iterator[str]:
    """A database of the test's own: the file in its data folder, or one of a server."""
    if database == "sqlite":
        yield sqlite_url(tmp_path / "data" / "techwatch.db")
    else:
        yield from servers.database()


@pytest.fixture
def environment(database: str, request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment variables that name the database, if it is a server's."""
    if database == "sqlite":
        return {}
    return {"TECHWATCH_DATABASE_URL": request.getfixturevalue("database_url")}


class QuickWatch(Watch):
    """A watch that compiles a baseline once for all tests with the same settings of judging."""

    _compiled: ClassVar[list[tuple[tuple[object, ...], Judge]]] = []

    @cached_property
    def judge(self) -> Judge:
        of = (self.baseline, self.settings.matching, self.settings.assessment)
        for known, judge in self._compiled:
            if known[0] is of[0] and known[1:] == of[1:]:
                return judge
        self._compiled.append((of, Judge.of(*of)))
        return self._compiled[-1][1]


@pytest.fixture(scope="session")
def shipped_baseline() -> Baseline:
    """The baseline in the repository, which takes half a second to read."""
    return load_baseline(shipped("baseline"))


@pytest.fixture
def watch(
    config: Path, clock: FakeClock, environment: dict[str, str], shipped_baseline: Baseline
) -> Iterator[Watch]:
    def settings() -> Settings:
        return load(config / "techwatch.yaml", environment)

    built = QuickWatch(settings, config, shipped("baseline"), clock)
    built.__dict__["baseline"] = shipped_baseline
    yield built
    built.close()
