from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
import yaml
from tests.news import rss

from techwatch import __version__
from techwatch.cli import COMMANDS, cli
from techwatch.feeds.catalogue import load
from techwatch.testing import Behaviour

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from techwatch.testing import Publisher

    Run = Callable[..., subprocess.CompletedProcess[str]]

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
FINE = "EU fines TikTok 530 million euros over data transfers to China"


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{path}{name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")


@pytest.mark.parametrize(("name", "command"), list(commands(cli)))
def test_every_command_has_help_and_stands_in_the_readme(name: str, command: click.Command) -> None:
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name != "help":
            assert parameter.help or parameter.show_default, f"{name} {parameter.name}"
    assert re.search(rf"`techwatch {name}[` ]", README), f"README.md does not show {name}"


def test_the_list_of_commands_is_whole() -> None:
    assert {name for name, _ in commands(cli) if " " not in name} == set(COMMANDS)


def test_version(run: Run) -> None:
    assert run("--version").stdout == f"techwatch {__version__}\n"


def test_an_unknown_command_is_a_usage_error(run: Run) -> None:
    assert run("nonsense").returncode == 2


def test_poll_prints_what_came_and_what_is_flagged(run: Run, publisher: Publisher) -> None:
    publisher.publish("news.rss", rss(FINE, "Best apple pie recipes"))
    first = run("poll", "--json")
    report, flagged = map(json.loads, first.stdout.splitlines())
    assert (report["new"], report["result"]) == (2, "document")
    assert flagged["stored"]["item"]["title"] == FINE
    again = run("poll")
    assert again.returncode == 0
    assert "no feed is due" in again.stderr
    assert json.loads(run("poll", "--all", "--json").stdout)["result"] == "not_modified"


def test_poll_of_an_unlisted_address_says_how_to_add_it(run: Run) -> None:
    ended = run("poll", "https://unlisted.example/feed")
    assert ended.returncode == 1
    assert "techwatch feeds add https://unlisted.example/feed" in ended.stderr


def test_poll_ends_with_1_where_nothing_could_be_read(run: Run, publisher: Publisher) -> None:
    ended = run("poll")
    assert publisher.requests[-1].status == 404
    assert ended.returncode == 1
    assert "the server answered 404" in ended.stdout


def test_a_digest_is_printed_and_sent(run: Run, publisher: Publisher, config: Path) -> None:
    publisher.publish("news.rss", rss(FINE))
    run("poll")
    assert FINE in run("digest").stdout.replace("\n", " ")
    assert FINE in json.dumps(json.loads(run("digest", "--json").stdout))
    sent = run("digest", "daily", "--send")
    assert sent.returncode == 0, sent.stderr
    assert "folder: sent" in sent.stdout
    written = config.parent / "data" / "digests" / "daily" / "latest.html"
    assert FINE in written.read_text(encoding="utf-8")
    assert "nothing new" in run("digest", "--send").stdout
    assert run("digest", "weekly").returncode == 1


def test_feeds_are_added_listed_and_removed(run: Run, publisher: Publisher, config: Path) -> None:
    publisher.publish("other.rss", rss(FINE))
    url = publisher.url("other.rss")
    before = (config / "feeds.yaml").read_text(encoding="utf-8")
    added = run("feeds", "add", url, "--language", "en", "--tier", "1", "--tag", "eu")
    assert added.returncode == 0, added.stderr
    assert "added Harbour" in added.stdout
    feed = load(config / "feeds.yaml")[-1]
    assert (feed.url, feed.publisher, feed.tier, feed.tags) == (url, "Harbour", 1, ("eu",))
    assert run("feeds", "add", url).returncode == 2
    listed = [json.loads(line) for line in run("feeds", "list", "--json").stdout.splitlines()]
    assert [record["health"]["condition"] for record in listed] == ["waiting", "waiting"]
    assert run("feeds", "remove", url).returncode == 0
    assert (config / "feeds.yaml").read_text(encoding="utf-8") == before


def test_what_is_no_feed_is_not_added(run: Run, publisher: Publisher, config: Path) -> None:
    publisher.publish("page.html", b"<html><body>A page</body></html>")
    before = (config / "feeds.yaml").read_text(encoding="utf-8")
    assert run("feeds", "add", publisher.url("page.html")).returncode == 1
    assert (config / "feeds.yaml").read_text(encoding="utf-8") == before


def test_feeds_check_tells_well_from_ill(run: Run, publisher: Publisher) -> None:
    publisher.publish("news.rss", rss(FINE))
    assert run("feeds", "check").returncode == 0
    ended = run("feeds", "check", "--json", publisher.url("news.rss"), publisher.url("gone.rss"))
    well, ill = map(json.loads, ended.stdout.splitlines())
    assert ended.returncode == 1
    assert (well["items"], well["error"]) == (1, None)
    assert ill["error_kind"] == "HttpStatusError"


def test_feeds_go_out_as_opml_and_come_back(run: Run, config: Path, tmp_path: Path) -> None:
    feeds = load(config / "feeds.yaml")
    exported = tmp_path / "feeds.opml"
    assert run("feeds", "export", str(exported)).returncode == 0
    assert run("feeds", "export").stdout == exported.read_text(encoding="utf-8")
    run("feeds", "remove", feeds[0].url)
    assert "added 1 feeds; 0 were known" in run("feeds", "import", str(exported)).stdout
    assert load(config / "feeds.yaml") == feeds
    assert "added 0 feeds; 1 were known" in run("feeds", "import", str(exported)).stdout


def test_the_configuration_is_shown_checked_and_copied(run: Run, tmp_path: Path) -> None:
    shown = run("--set", "fetching.timeout=5", "config", "show").stdout
    assert "timeout: 5" in shown
    assert json.loads(run("config", "show", "--json").stdout)["service"]["tick"] == 15
    assert "1 feeds, 1 editions" in run("config", "check").stdout
    copy = tmp_path / "copy"
    assert run("config", "init", str(copy)).returncode == 0
    shipped = {"techwatch.yaml", "feeds.yaml", "digests.yaml"}
    assert {file.name for file in copy.iterdir()} == shipped
    assert run("config", "init", str(copy)).returncode == 1
    assert run("--set", "fetching.timeot=5", "config", "check").returncode == 2


def test_an_edition_by_mail_needs_a_mail_server(run: Run, config: Path) -> None:
    path = config / "digests.yaml"
    by_mail = "channels: [email]\n  recipients: [a@example.org]"
    path.write_text(path.read_text().replace("channels:\n  - folder", by_mail), encoding="utf-8")
    refused = run("config", "check")
    assert refused.returncode == 2
    assert "email.host is not set" in refused.stderr
    assert run("--set", "email.host=mail.example.org", "config", "check").returncode == 0


def test_status_tells_of_an_edition_of_alerts(run: Run, config: Path) -> None:
    path = config / "digests.yaml"
    editions = yaml.safe_load(path.read_text(encoding="utf-8"))["editions"]
    alerts = {"id": "alerts", "title": "Alerts", "alert": {"quiet": "22:00-07:00"}}
    path.write_text(yaml.safe_dump({"editions": [*editions, alerts]}), encoding="utf-8")
    assert run("run", "--once").returncode in {0, 1}  # whether the feed answers is not asked here
    told = run("status")
    assert "digest    alerts: last never, next at once" in told.stdout
    assert "Traceback" not in told.stderr


def test_every_problem_of_every_file_is_told_at_once(run: Run, config: Path) -> None:
    edition = {"id": "desk", "title": "Desk", "schedule": "0 7 * * *"}
    channels = ["email", "webhook", "apprise"]
    wanted = {"editions": [edition | {"channels": channels, "targets": ["ops"]}]}
    wanted["editions"][0]["recipients"] = ["a@example.org"]
    (config / "digests.yaml").write_text(yaml.safe_dump(wanted, sort_keys=False))
    for command in (("config", "check"), ("run", "--once")):
        told = run(*command)
        assert told.returncode == 2
        for problem in (
            "digests.yaml:6: editions.0.channels: desk can't go out by email: email.host is not",
            "digests.yaml:7: editions.0.channels: desk can't go out by webhook: webhook.secret",
            "digests.yaml:8: editions.0.channels: desk can't go out by apprise: apprise.urls",
            "digests.yaml:10: editions.0.targets.0: no webhook or Apprise service is called 'ops'",
        ):
            assert problem in told.stderr
    (config / "feeds.yaml").write_text("feeds: 3\n")
    (config / "techwatch.yaml").write_text("email:\n  hots: x\n")
    told = run("config", "check")
    assert "techwatch.yaml:2: email.hots: unknown key; did you mean 'host'?" in told.stderr
    assert "feeds.yaml:1: feeds: input should be" in told.stderr


def test_status_before_and_after_the_first_poll(run: Run, publisher: Publisher) -> None:
    publisher.publish("news.rss", rss(FINE))
    assert run("status").returncode == 1
    run("poll")
    ended = run("status")
    assert ended.returncode == 0, ended.stdout
    assert "1 well" in ended.stdout
    assert run("status", "--health").returncode == 1  # no service has ever run
    publisher.publish("news.rss", b"")
    run("poll", "--all")
    ill = run("status")
    assert ill.returncode == 1
    assert "Harbour is failing" in ill.stdout


def test_db_upgrade(run: Run) -> None:
    assert "was none" in run("db", "upgrade").stdout
    assert run("db", "upgrade").stdout.startswith("schema ")


def test_the_feeds_of_a_page_are_found_and_tried(run: Run, publisher: Publisher) -> None:
    page = '<html><link rel="alternate" type="application/rss+xml" href="/news.rss"><a href="/rss">'
    publisher.publish("index.html", page.encode())
    publisher.publish("news.rss", rss(FINE))
    ended = run("feeds", "discover", publisher.url("index.html"), "--json")
    (good,) = map(json.loads, ended.stdout.splitlines())
    assert (good["url"], good["items"]) == (publisher.url("news.rss"), 1)
    assert run("feeds", "discover").returncode == 2


def test_a_page_without_feeds_is_told_with_where_was_looked(run: Run, publisher: Publisher) -> None:
    publisher.publish("index.html", b"<html><body>No feed here</body></html>")
    ended = run("feeds", "discover", publisher.url("index.html"), publisher.url("gone.html"))
    assert ended.returncode == 1
    assert f"no feed found; looked at {publisher.url('feed')}" in ended.stderr
    assert f"{publisher.url('gone.html')}: the server answered 404" in ended.stderr


def test_a_check_of_a_page_says_how_its_feeds_are_found(run: Run, publisher: Publisher) -> None:
    publisher.publish("index.html", b"<html><body>No feed</body></html>")
    page = publisher.url("index.html")
    (found,) = map(json.loads, run("feeds", "check", page, "--json").stdout.splitlines())
    assert f"`techwatch feeds discover {page}`" in found["error"]


def test_the_list_says_how_often_a_feed_is_asked_and_why(run: Run, publisher: Publisher) -> None:
    assert json.loads(run("feeds", "list", "--json").stdout)["interval"] is None
    publisher.publish("news.rss", rss(FINE))
    run("poll", "--all")
    told = json.loads(run("feeds", "list", "--json").stdout)["interval"]
    assert 1800 <= told["seconds"] <= 1800 * 1.1
    assert "how often it has news is not known" in told["why"]
    publisher.misbehave("news.rss", Behaviour(status=503))
    run("poll", "--all")
    listed = " ".join(run("feeds", "list").stdout.split())
    assert "it failed once" in listed
    assert "failing" in listed


def test_an_import_names_what_it_leaves_out(run: Run, publisher: Publisher, tmp_path: Path) -> None:
    new, known = "https://new.example/feed", publisher.url("news.rss")
    outline = '<outline text="{}" xmlUrl="{}"/>'
    path = tmp_path / "feeds.opml"
    path.write_text(
        '<opml version="2.0"><body><outline text="Asia"><outline text="Tech News">'
        f"{outline.format('New', new)}</outline></outline>{outline.format('New', new)}"
        f"{outline.format('Harbour', known)}</body></opml>"
    )
    ended = run("feeds", "import", str(path))
    assert "added 1 feeds; 1 were known already" in ended.stdout
    assert f"more than once, added once with all its tags: {new}" in ended.stderr
    assert f"known already: Harbour {known}" in ended.stderr
    listed = [
        json.loads(line)["feed"] for line in run("feeds", "list", "--json").stdout.splitlines()
    ]
    assert next(feed for feed in listed if feed["url"] == new)["tags"] == ["asia", "tech-news"]


def test_a_gap_stands_in_the_list_of_feeds(run: Run, publisher: Publisher) -> None:
    publisher.publish("news.rss", rss("One", guids=("1",)))
    run("poll", "--all")
    publisher.publish("news.rss", rss("Two", guids=("2",)))
    run("poll", "--all")
    assert "posts may be missed before" in run("feeds", "list").stdout.replace("\n", " ")
