from __future__ import annotations

import pytest

from techwatch.feeds.links import plain

PAGE = "https://a.example/2025/one"


@pytest.mark.parametrize(
    ("link", "bare"),
    [
        (PAGE, PAGE),
        (f"{PAGE}?utm_source=rss&utm_medium=feed", PAGE),
        (f"{PAGE}?UTM_Source=rss", PAGE),
        (f"{PAGE}?id=7&fbclid=x&page=2", f"{PAGE}?id=7&page=2"),
        (f"{PAGE}?gclid=x#part", f"{PAGE}#part"),
        (f"{PAGE}?at_medium=RSS&at_campaign=K", PAGE),
        (f"{PAGE}?outm_=1&source=rss", f"{PAGE}?outm_=1&source=rss"),
        (f"{PAGE}?b=2&a=1&a=%20", f"{PAGE}?b=2&a=1&a=%20"),
        (f"{PAGE}?", f"{PAGE}?"),
        (f"{PAGE}#?utm_source=x", f"{PAGE}#?utm_source=x"),
    ],
)
def test_tracking_is_dropped_and_nothing_else(link: str, bare: str) -> None:
    assert plain(link) == bare
