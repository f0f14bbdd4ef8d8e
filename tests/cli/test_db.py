from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.news import rss
from tests.runtime.service import running

from techwatch.storage import Store, sqlite_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import CompletedProcess

    from techwatch.testing import Publisher

    Run = Callable[..., CompletedProcess[str]]

FINE = "EU fines TikTok 530 million euros over data transfers to China"


def test_a_backup_of_a_running_service_is_put_back(
    run: Run, publisher: Publisher, config: Path, tmp_path: Path
) -> None:
    publisher.publish("news.rss", rss(FINE))
    copy = str(tmp_path / "copy.db")
    with running(config) as service:
        service.until(lambda: service.events("job done", job="judge"))
        made = run("db", "backup", copy)
        assert made.returncode == 0, made.stderr
        assert "1 items, 1 developments" in made.stdout
        refused = run("db", "restore", copy, "--replace")
        assert refused.returncode == 1
        assert "stop the service" in refused.stderr
        service.stop()
    assert run("db", "backup", copy).returncode == 1  # it is there already
    publisher.publish("news.rss", rss(FINE, "TSMC news"))
    assert run("poll", "--all").returncode == 0
    assert "--replace" in run("db", "restore", copy).stderr
    put_back = run("db", "restore", copy, "--replace", "--json")
    assert put_back.returncode == 0, put_back.stderr
    record = json.loads(put_back.stdout)
    assert record["contents"]["rows"]["items"] == 1
    with closing(Store.open(sqlite_url(Path(record["aside"])))) as old:
        assert old.overview.queue(datetime.now(UTC)).feeds == 1
    explained = json.loads(run("status", "--json").stdout)
    assert explained["items"] == 1
    assert explained["faults"] == []


def test_a_backup_is_put_back_where_there_is_nothing(
    run: Run, publisher: Publisher, config: Path, tmp_path: Path
) -> None:
    publisher.publish("news.rss", rss(FINE))
    run("poll")
    copy = str(tmp_path / "copy.db")
    run("db", "backup", copy)
    for left in (config.parent / "data").iterdir():
        if left.is_file():
            left.unlink()
    assert run("db", "restore", copy).returncode == 0
    assert json.loads(run("status", "--json").stdout)["items"] == 1


def test_the_command_for_postgresql_is_told(run: Run, tmp_path: Path) -> None:
    url = "database_url=postgresql+psycopg://watch:s3cret@db.example.org/news"
    ended = run("--set", url, "db", "backup", str(tmp_path / "x.dump"))
    assert ended.returncode == 1
    assert "pg_dump --format=custom" in ended.stderr
    assert "s3cret" not in ended.stderr
