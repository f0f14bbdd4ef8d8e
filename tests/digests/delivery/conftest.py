from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trustme
from tests.digests.samples import SLOT, WEEK, digest

from techwatch.digests.delivery.message import message_id
from techwatch.digests.render import render
from techwatch.model import Delivery, DeliveryState, RenderedDigest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def rendered() -> RenderedDigest:
    return render(digest(*WEEK))


@pytest.fixture
def delivery() -> Callable[..., Delivery]:
    def make(recipient: str = "adviser@example.org", channel: str = "email") -> Delivery:
        return Delivery(
            id=1,
            edition_id="weekly",
            slot=SLOT,
            channel=channel,
            recipient=recipient,
            message_id=message_id("weekly", SLOT, channel, recipient),
            state=DeliveryState.SENDING,
            attempts=1,
        )

    return make


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()
