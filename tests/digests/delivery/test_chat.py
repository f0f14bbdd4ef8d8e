"""Apprise against a real HTTP server on the loopback."""

from __future__ import annotations

import asyncio
import json
import logging
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from tests.digests.samples import CALM, EDITION, FOLLOW_UP, HOSTILE, WEEK, development, digest, many

from techwatch.digests.delivery.apprise_settings import AppriseSettings
from techwatch.digests.delivery.chat import AppriseChannel
from techwatch.digests.delivery.short import harmless, short_form
from techwatch.digests.render import render
from techwatch.errors import DeliveryError, DeliveryUncertainError

from .receiver import Receiver, receiving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from techwatch.model import Delivery, RenderedDigest


async def nothing() -> None:
    """Hand over without a ledger."""


def channel(urls: str) -> AppriseChannel:
    return AppriseChannel(AppriseSettings.model_validate({"urls": urls}))


def address(receiver: Receiver, path: str = "classified") -> str:
    return receiver.url.replace("http:", "json:") + f"/{path}?rto=0.5"


@pytest.fixture
def chat(delivery: Callable[..., Delivery]) -> Delivery:
    return delivery("desk", "apprise")


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """What reaches the service's log at its most talkative."""
    written, root = StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(written), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def test_the_short_form_arrives(rendered: RenderedDigest, chat: Delivery) -> None:
    with receiving(Receiver()) as receiver:
        asyncio.run(channel(f"desk={address(receiver)}").send(rendered, chat, nothing))
    [(path, _, body)] = receiver.got
    message = json.loads(body)
    assert path.startswith("/classified")
    assert message["title"] == rendered.subject
    assert "▲ Didi Chuxing: Regulator fines Didi 8.026 billion yuan" in message["message"]
    assert "https://harbour-wire.example/2022/07/21/didi-fine" in message["message"]
    assert "数据出境安全评估办法" in message["message"]


@pytest.mark.parametrize(
    ("status", "permanent"), [(400, True), (404, False), (429, False), (500, False), (302, False)]
)
def test_what_a_service_answers_decides(
    status: int,
    permanent: bool,  # noqa: FBT001 - a parameter of the test
    rendered: RenderedDigest,
    chat: Delivery,
    logged: StringIO,
) -> None:
    with receiving(Receiver([(status, {"location": "/elsewhere"})])) as receiver:
        desk = channel(f"desk={address(receiver)}")
        with pytest.raises(DeliveryError, match=f"answered {status}") as caught:
            asyncio.run(desk.send(rendered, chat, nothing))
    assert caught.value.permanent == permanent
    assert not isinstance(caught.value, DeliveryUncertainError)
    assert "classified" not in logged.getvalue() + str(caught.value)
    assert len(receiver.got) == 1


@pytest.mark.parametrize("fault", ["hang_up", "silent"])
def test_no_answer_is_uncertain(fault: str, rendered: RenderedDigest, chat: Delivery) -> None:
    with receiving(Receiver(hang_up=fault == "hang_up", silent=fault == "silent")) as receiver:
        desk = channel(f"desk={address(receiver)}")
        with pytest.raises(DeliveryUncertainError):
            asyncio.run(desk.send(rendered, chat, nothing))
    assert len(receiver.got) == 1


def test_nobody_listens(rendered: RenderedDigest, chat: Delivery) -> None:
    with receiving(Receiver()) as gone:
        pass
    with pytest.raises(DeliveryError, match="no connection") as caught:
        asyncio.run(channel(f"desk={address(gone)}").send(rendered, chat, nothing))
    assert not isinstance(caught.value, DeliveryUncertainError)


def test_an_address_that_apprise_can_t_read_is_named_without_repeating_it() -> None:
    wrong = channel("desk=nosuchservice://classified")
    problem = str(wrong.problem(EDITION))
    assert "the address of desk" in problem
    assert "classified" not in problem
    assert "apprise.urls is not set" in str(AppriseChannel(AppriseSettings()).problem(EDITION))


def test_the_short_form_is_short_whatever_comes() -> None:
    for most in (1, 5, 20):
        _, body = short_form(render(digest(*many(40))), most)
        assert len(body) < 2000
        assert body.splitlines()[-1].startswith("+ ")
    _, body = short_form(render(digest(*WEEK)), 5)
    assert body.count("\n\n") == 4
    assert "+" not in body.splitlines()[-1]
    title, body = short_form(render(digest(coverage=CALM)), 5)
    assert "nothing new" in title
    assert "36" in body


def test_next_steps_of_earlier_stories_are_told_too() -> None:
    _, body = short_form(render(digest(FOLLOW_UP)), 5)
    assert FOLLOW_UP.title in body
    _, body = short_form(render(digest(*WEEK, FOLLOW_UP)), 6)
    assert body.count("\n\n") == 5
    assert f"{FOLLOW_UP.entity_name}: {FOLLOW_UP.title}" in body.split("\n\n")[-1]


def test_a_headline_neither_calls_people_nor_hides_a_link() -> None:
    nasty = development(
        "nasty",
        title="@everyone <!channel> <https://evil.example|bank> [bank](https://evil.example)",
    )
    title, body = short_form(render(digest(nasty, HOSTILE)), 5)
    for text in (title, body):
        assert not {"@", "<", ">"} & set(text)
        assert "](" not in text
        assert "\u202e" not in text
    assert "javascript:" not in body
    assert len(body) < 2000
    assert harmless("a\r\nb\u2028c") == "a b c"
