"""The dead man's switch: told of each digest that went out, by a real HTTP server."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import yaml
from tests.conftest import EDITIONS
from tests.digests.delivery.receiver import Receiver, receiving
from tests.news import rss

from techwatch.installation import shipped
from techwatch.settings import load
from techwatch.status import gather
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from techwatch.model import Ping
    from techwatch.testing import FakeClock, Publisher

FINE = "EU fines TikTok 530 million euros over data transfers to China"
SECRET = "/ping/0c1f5e"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver()) as running:
        yield running


@pytest.fixture
def switched(config: Path, clock: FakeClock, receiver: Receiver) -> Iterator[Callable[..., Watch]]:
    made: list[Watch] = []

    def make(**edition: object) -> Watch:
        changed = {"editions": [EDITIONS["editions"][0] | edition]}
        (config / "digests.yaml").write_text(yaml.safe_dump(changed), encoding="utf-8")
        environment = {
            "TECHWATCH_PING__URL": receiver.url + SECRET,
            "TECHWATCH_PING__METHOD": "post",
        }
        settings = load(config / "techwatch.yaml", environment, ["ping.timeout=1"])
        watch = Watch(lambda: settings, config, shipped("baseline"), clock)
        watch.open_lists()
        made.append(watch)
        return watch

    yield make
    for watch in made:
        watch.close()


def ping(watch: Watch) -> tuple[Ping, ...]:
    return asyncio.run(watch.ping())


def issue(watch: Watch, clock: FakeClock, *, deliver: bool = True) -> None:
    """Let a day pass, and its digest be composed and delivered."""
    clock.move(timedelta(days=1))
    [digest] = watch.publish_due()
    assert digest.edition_id == "daily"
    if deliver:
        [delivery] = asyncio.run(watch.deliver())
        assert delivery.state == "sent"


def test_it_is_told_once_when_a_digest_has_gone_out(
    switched: Callable[..., Watch], clock: FakeClock, receiver: Receiver
) -> None:
    watch = switched()
    assert ping(watch) == ()
    issue(watch, clock, deliver=False)
    assert ping(watch) == ()  # composed is not sent
    asyncio.run(watch.deliver())
    [told] = ping(watch)
    assert told.at == clock()
    assert ping(watch) == ()
    assert [path for path, _, _ in receiver.got] == [SECRET]
    issue(watch, clock)
    assert len(ping(watch)) == 1
    assert len(receiver.got) == 2


def test_a_calm_day_is_told_too(
    switched: Callable[..., Watch], clock: FakeClock, receiver: Receiver
) -> None:
    watch = switched(when_empty="skip")
    clock.move(timedelta(days=1))
    [digest] = watch.publish_due()
    assert digest.empty
    assert asyncio.run(watch.deliver()) == []  # nobody wants an empty one
    assert len(ping(watch)) == 1
    assert len(receiver.got) == 1


def test_one_that_is_stuck_is_not_told(
    switched: Callable[..., Watch], clock: FakeClock, receiver: Receiver, tmp_path: Path
) -> None:
    watch = switched()
    (tmp_path / "data" / "digests").write_text("in the way")
    clock.move(timedelta(days=1))
    watch.publish_due()
    [delivery] = asyncio.run(watch.deliver())
    assert delivery.state != "sent"
    assert ping(watch) == ()
    assert receiver.got == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"answers": [(500, {})] * 3}, "the server answered 500"),
        ({"answers": [(302, {"location": "/"})] * 3}, "the server answered 302"),
        ({"hang_up": True}, "no connection: RemoteProtocolError"),
        ({"silent": True}, "no answer within 1 seconds"),
    ],
    ids=["refused", "redirected", "hung up", "silent"],
)
def test_one_that_fails_is_told_by_status_and_tried_again_more_and_more_rarely(
    fault: dict[str, object],
    error: str,
    switched: Callable[..., Watch],
    clock: FakeClock,
    receiver: Receiver,
) -> None:
    watch = switched()
    for name, value in fault.items():
        setattr(receiver, name, value)
    issue(watch, clock)
    [failed] = ping(watch)
    assert failed.error == error
    began = failed.failing_since
    assert ping(watch) == ()  # not at each tick
    clock.move(timedelta(seconds=31))
    [failed] = ping(watch)
    assert (failed.failures, failed.failing_since) == (2, began)
    clock.move(timedelta(seconds=31))
    assert ping(watch) == ()
    [found] = [one for one in gather(watch)["faults"] if one.code == "ping.failing"]
    assert error in found.message
    assert SECRET not in found.message
    receiver.answers, receiver.hang_up, receiver.silent = [], False, False
    clock.move(timedelta(minutes=15))
    [well] = ping(watch)
    assert (well.error, well.failing_since, well.failures) == (None, None, 0)
    assert not [one for one in gather(watch)["faults"] if one.code == "ping.failing"]


def test_an_edition_has_its_own_address_or_the_common_one(tmp_path: Path) -> None:
    urls = {"TECHWATCH_PING__URLS": "weekly=https://x.example/w", "TECHWATCH_PING__URL_FILE": "f"}
    (tmp_path / "f").write_text("https://x.example/all\n")
    urls["TECHWATCH_PING__URL_FILE"] = str(tmp_path / "f")
    settings = load(tmp_path / "none.yaml", urls).ping
    assert settings.of("weekly") == "https://x.example/w"
    assert settings.of("daily") == "https://x.example/all"
    assert load(tmp_path / "none.yaml", {}).ping.of("daily") is None


def test_a_switch_that_never_answers_holds_up_no_delivery(
    switched: Callable[..., Watch], clock: FakeClock, receiver: Receiver, publisher: Publisher
) -> None:
    publisher.publish("news.rss", rss(FINE))
    watch = switched()
    receiver.silent = True
    issue(watch, clock)
    ping(watch)
    issue(watch, clock)  # the next one goes out all the same
