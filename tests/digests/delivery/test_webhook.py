"""Against a real HTTP server on the loopback, which misbehaves as told."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.digests.samples import EDITION, HOSTILE, digest

from techwatch.digests.delivery.webhook import WebhookChannel
from techwatch.digests.delivery.webhook_settings import WebhookSettings
from techwatch.digests.render import render
from techwatch.errors import DeliveryError, DeliveryUncertainError

from .receiver import Receiver, receiving

if TYPE_CHECKING:
    from collections.abc import Callable

    from techwatch.model import Delivery, RenderedDigest

NOW = datetime(2022, 7, 22, 5, 0, 7, tzinfo=UTC)
SECRET = "a secret of enough length"


def channel(url: str, **settings: Any) -> WebhookChannel:
    chosen = {"urls": f"desk={url}", "secret": SECRET, "timeout": 5, "allow_private": True}
    return WebhookChannel(WebhookSettings.model_validate(chosen | settings), lambda: NOW)


def post(
    receiver: Receiver, rendered: RenderedDigest, delivery: Delivery, **settings: Any
) -> list[str]:
    """Post a digest; returns "handed over" if it got so far."""
    moments: list[str] = []

    async def handing_over() -> None:
        assert receiver.got == []
        moments.append("handed over")

    with receiving(receiver):
        url = f"{receiver.url}/hook?token=classified"
        asyncio.run(channel(url, **settings).send(rendered, delivery, handing_over))
    return moments


@pytest.fixture
def hook(delivery: Callable[..., Delivery]) -> Delivery:
    return delivery("desk", "webhook")


def test_a_receiver_can_check_what_comes(rendered: RenderedDigest, hook: Delivery) -> None:
    receiver = Receiver()
    assert post(receiver, rendered, hook) == ["handed over"]
    [(path, headers, body)] = receiver.got
    assert path == "/hook?token=classified"
    assert body.decode() == rendered.json
    assert json.loads(body)["edition_id"] == "weekly"
    signed = headers["techwatch-timestamp"].encode() + b"." + body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["techwatch-signature"] == f"v1={expected}"
    assert headers["techwatch-timestamp"] == str(int(NOW.timestamp()))
    assert headers["idempotency-key"] == hook.message_id.strip("<>")
    assert headers["content-type"] == "application/json; charset=utf-8"


def test_hostile_text_arrives_as_data(hook: Delivery) -> None:
    receiver = Receiver()
    post(receiver, render(digest(HOSTILE)), hook)
    [(_, headers, body)] = receiver.got
    [development] = json.loads(body)["groups"][0]["developments"]
    assert development["link"] is None
    assert "\u202e" not in body.decode()
    assert len(development["title"]) <= 300
    assert "bcc" not in headers


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        *((status, True) for status in (302, 400, 401, 404, 410)),
        (408, False),
        (429, False),
        (503, False),
    ],
)
def test_what_a_server_answers_decides(
    status: int,
    permanent: bool,  # noqa: FBT001 - a parameter of the test
    rendered: RenderedDigest,
    hook: Delivery,
) -> None:
    receiver = Receiver([(status, {"retry-after": "120", "location": "/elsewhere"})])
    with pytest.raises(DeliveryError, match=str(status)) as caught:
        post(receiver, rendered, hook)
    assert not isinstance(caught.value, DeliveryUncertainError)
    assert caught.value.permanent == permanent
    assert caught.value.retry_after == 120
    assert "classified" not in str(caught.value)
    assert len(receiver.got) == 1


@pytest.mark.parametrize("fault", ["hang_up", "silent"])
def test_no_answer_to_a_whole_body_is_uncertain(
    fault: str, rendered: RenderedDigest, hook: Delivery
) -> None:
    receiver = Receiver(hang_up=fault == "hang_up", silent=fault == "silent")
    with pytest.raises(DeliveryUncertainError):
        post(receiver, rendered, hook, timeout=0.3)
    assert len(receiver.got) == 1


def test_nobody_listens(rendered: RenderedDigest, hook: Delivery) -> None:
    with receiving(Receiver()) as gone:
        pass

    async def never() -> None:
        pytest.fail("handed over without a connection: a kill now would leave it in doubt")

    with pytest.raises(DeliveryError, match="no connection") as caught:
        asyncio.run(channel(gone.url).send(rendered, hook, never))
    assert not isinstance(caught.value, DeliveryUncertainError)
    assert not caught.value.permanent


def test_private_addresses_are_refused_unless_allowed(
    rendered: RenderedDigest, hook: Delivery
) -> None:
    receiver = Receiver()
    with pytest.raises(DeliveryError, match="private address"):
        post(receiver, rendered, hook, allow_private=False)
    assert receiver.got == []


def test_a_redirect_that_keeps_the_method_is_followed_with_the_same_body(
    rendered: RenderedDigest, hook: Delivery
) -> None:
    receiver = Receiver([(307, {"location": "/new"}), (308, {"location": "/newer"})])
    post(receiver, rendered, hook)
    assert [path for path, _, _ in receiver.got] == ["/hook?token=classified", "/new", "/newer"]
    assert len({body for _, _, body in receiver.got}) == 1


@pytest.mark.parametrize("goal", ["file:///etc/passwd", "gopher://x/", "http://[", ""])
def test_a_redirect_to_what_is_no_web_address_ends_it(
    goal: str, rendered: RenderedDigest, hook: Delivery
) -> None:
    receiver = Receiver([(307, {"location": goal})] * 9)
    with pytest.raises(DeliveryError):
        post(receiver, rendered, hook)
    assert len(receiver.got) <= 4


def test_what_is_missing_is_named(rendered: RenderedDigest, hook: Delivery) -> None:
    unset = WebhookChannel(WebhookSettings(), lambda: NOW)
    assert "webhook.secret is not set" in str(unset.problem(EDITION))
    assert unset.recipients(EDITION) == ()
    two = channel("https://a.example/ ops=https://b.example/")
    assert two.problem(EDITION) is None
    assert two.recipients(EDITION) == ("desk", "ops")
    assert two.recipients(replace(EDITION, targets=("ops", "other"))) == ("ops",)
    assert "which has desk, ops" in str(two.problem(replace(EDITION, targets=("other",))))

    async def nothing() -> None: ...

    gone = replace(hook, recipient="gone")
    with pytest.raises(DeliveryError, match="no gone any more"):
        asyncio.run(two.send(rendered, gone, nothing))
