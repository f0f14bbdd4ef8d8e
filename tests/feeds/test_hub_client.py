from __future__ import annotations

import pytest

from techwatch.errors import RedirectError
from techwatch.feeds.hub_client import followed

HUB = "https://hub.example/ask"


@pytest.mark.parametrize(
    ("place", "location", "goal"),
    [
        (HUB, "/other", "https://hub.example/other"),
        (HUB, "https://new.example/", "https://new.example/"),
        ("http://hub.example/", "https://hub.example/", "https://hub.example/"),
        ("http://hub.example/", "http://new.example/", "http://new.example/"),
    ],
)
def test_redirects_that_are_followed(place: str, location: str, goal: str) -> None:
    assert followed(HUB, place, location) == goal


@pytest.mark.parametrize("location", ["http://hub.example/ask", "http://["])
def test_a_secret_does_not_leave_encryption(location: str) -> None:
    with pytest.raises(RedirectError):
        followed(HUB, HUB, location)
