"""The HTTP port of a running service, asked as monitoring asks it."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from tests.news import rss
from tests.runtime.service import Running, running

from techwatch.endpoints.metrics import figures
from techwatch.endpoints.server import application, port_open
from techwatch.errors import PortError
from techwatch.settings import load
from techwatch.storage import Store, sqlite_url
from techwatch.testing import Behaviour
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techwatch.testing import FakeClock, Publisher

FINE = "EU fines TikTok 530 million euros over data transfers to China"
WELL, ILL = {"status": "well", "problems": []}, "ill"


@contextmanager
def with_port(config: Path) -> Iterator[tuple[Running, str]]:
    with running(config, "http.port=0") as service:
        [opened] = service.until(lambda: service.events("port open"))
        yield service, f"http://127.0.0.1:{opened['port']}"


def get(url: str) -> httpx.Response:
    return httpx.get(url, timeout=20, trust_env=False)


def values(told: str) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }


def test_a_service_answers_health_checks_and_monitoring_until_it_is_stopped(
    publisher: Publisher, config: Path
) -> None:
    publisher.publish("news.rss", rss(FINE, "Nothing of note"))
    with with_port(config) as (service, url):
        service.until(lambda: service.events("job done", job="judge"))
        assert get(f"{url}/healthz").json() == WELL
        assert get(f"{url}/readyz").json() == WELL
        assert get(f"{url}/elsewhere").status_code == 404
        answer = get(f"{url}/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        found = values(answer.text)
        assert found[("techwatch_polls_total", ("document",))] == 1
        assert found[("techwatch_items_total", ("new",))] == 2
        assert found[("techwatch_verdicts_total", ("escalating",))] == 1
        assert found[("techwatch_feeds", ())] == 1
        assert found[("techwatch_items_waiting", ())] == 0
        assert found[("techwatch_database_up", ())] == 1
        assert found[("techwatch_database_bytes", ())] > 100_000
        assert found[("techwatch_job_seconds_count", ("poll", "done"))] >= 1
        service.until(
            lambda: values(get(f"{url}/metrics").text)[("techwatch_loop_lag_seconds_count", ())]
        )
        with httpx.stream("GET", f"{url}/healthz", trust_env=False):  # a connection left open
            assert service.stop() < 10
        with pytest.raises(httpx.ConnectError):
            get(f"{url}/healthz")


def test_a_database_of_another_schema_is_not_ready_but_alive(
    publisher: Publisher, config: Path
) -> None:
    publisher.publish("news.rss", rss(FINE))
    with with_port(config) as (_, url):
        assert get(f"{url}/readyz").json() == WELL
        with closing(Store.open(sqlite_url(config.parent / "data" / "techwatch.db"))) as store:
            with store.database.write() as connection:
                connection.execute(text("UPDATE alembic_version SET version_num='9999'"))
            answer = get(f"{url}/readyz")
            assert answer.status_code == 503
            assert "schema 9999" in answer.json()["problems"][0]
            assert get(f"{url}/healthz").status_code == 200


def test_a_poll_that_takes_long_keeps_no_check_waiting(publisher: Publisher, config: Path) -> None:
    publisher.publish("news.rss", rss(FINE))
    publisher.misbehave("news.rss", Behaviour(drip=b" ", pause=0.5))
    with with_port(config) as (service, url):
        service.until(lambda: publisher.requests)
        assert get(f"{url}/healthz").json() == WELL
        assert get(f"{url}/readyz").json() == WELL
        assert service.stop() < 10


def test_without_a_port_none_is_opened(publisher: Publisher, config: Path) -> None:
    publisher.publish("news.rss", rss(FINE))
    with running(config) as service:
        service.until(lambda: service.events("started"))
        assert not service.events("port open")
        service.stop()


def test_a_port_that_another_process_has_is_told_at_once(watch: Watch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        options = [f"http.port={taken.getsockname()[1]}"]
        settings = load(watch.config_dir / "techwatch.yaml", {}, options)
        other = Watch(lambda: settings, watch.config_dir, watch.baseline_dir, watch.clock)

        async def opened() -> None:
            async with port_open(other):
                raise AssertionError

        with pytest.raises(PortError, match=r"http\.port"):
            asyncio.run(opened())


def ask(watch: Watch, path: str) -> tuple[int, Any]:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(application(watch))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.get(path)

    answer = asyncio.run(asked())
    return answer.status_code, answer.json()


def test_jobs_that_end_no_more_are_told(watch: Watch, clock: FakeClock) -> None:
    for job in ("poll", "publish"):
        watch.pulse.expect(job, clock())
    assert ask(watch, "/healthz") == (200, WELL)
    clock.move(timedelta(minutes=3))
    status, told = ask(watch, "/healthz")
    assert status == 503
    assert told["problems"] == ["the job publish has not ended for too long"]
    watch.pulse.beat("publish", clock())
    assert ask(watch, "/healthz")[0] == 200
    clock.move(timedelta(hours=2))
    assert len(ask(watch, "/healthz")[1]["problems"]) == 2


def test_before_the_lists_are_read_it_is_not_ready(watch: Watch, publisher: Publisher) -> None:
    del publisher
    assert ask(watch, "/readyz")[0] == 503
    watch.open_lists()
    assert ask(watch, "/readyz") == (200, WELL)


def test_figures_of_the_database_are_the_same_for_every_process(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.publish("news.rss", rss(FINE))
    watch.open_lists()
    other = Watch(watch.read_settings, watch.config_dir, watch.baseline_dir, clock)

    async def poll() -> None:
        async with watch.asking() as asking:
            await watch.poll(watch.due_feeds(), asking, watch.metrics.polled)

    asyncio.run(poll())
    clock.move(timedelta(seconds=90))
    ours, theirs = (values(figures(one).decode()) for one in (watch, other))
    shared = {key for key in theirs if not key[0].startswith(("process_", "python_"))}
    assert {key[0] for key in shared} >= {"techwatch_feeds", "techwatch_items_waiting"}
    assert all(ours[key] == theirs[key] for key in shared if not key[0].endswith("_created"))
    assert theirs[("techwatch_items_waiting", ())] == 1
    assert theirs[("techwatch_items_waiting_seconds", ())] == 90
    assert ("techwatch_polls_total", ("document",)) in ours
    assert ("techwatch_polls_total", ("document",)) not in theirs
    other.close()


def test_a_database_that_is_gone_is_told_as_a_figure(watch: Watch, tmp_path: Path) -> None:
    watch.open_lists()
    path = tmp_path / "data" / "techwatch.db"
    watch.store.close()
    path.unlink()
    path.mkdir()
    assert values(figures(watch).decode())[("techwatch_database_up", ())] == 0
    assert ask(watch, "/readyz") == (
        503,
        {"status": ILL, "problems": ["the database does not answer"]},
    )
    assert ask(watch, "/healthz") == (200, WELL)
