"""What every address of the API that is read has: an ETag."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.web.conftest import Browser

_LIST = "/api/v1/developments"


def test_who_has_an_answer_already_is_told_so(browser: Browser) -> None:
    first = browser.get(_LIST)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    for known in (tag, f'"another", {tag}', tag.removeprefix("W/"), "*"):
        again = browser.get(_LIST, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    assert browser.get(_LIST, headers={"If-None-Match": '"another"'}).status_code == 200


def test_what_is_refused_has_no_etag(browser: Browser) -> None:
    browser.cookies.clear()
    assert "etag" not in browser.get(_LIST, headers={"If-None-Match": "*"}).headers
