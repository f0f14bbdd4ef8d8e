from __future__ import annotations

import io
import json
import logging
import warnings
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from techwatch.errors import FetchError
from techwatch.logs import LoggingSettings, Masking, configure, masked, unquoted

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("techwatch")
    before = (root.handlers[:], root.level, ours.level, structlog.get_config())
    yield
    root.handlers[:], level, our_level, config = before
    root.setLevel(level)
    ours.setLevel(our_level)
    logging.captureWarnings(capture=False)
    structlog.configure(**config)


def written(form: str = "json", level: str = "info", secrets: tuple[str, ...] = ()) -> io.StringIO:
    stream = io.StringIO()
    settings = LoggingSettings.model_validate({"format": form, "level": level})
    configure(settings, secrets, stream)
    return stream


def events(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://u:p@x.org/a", "https://***@x.org/a"),
        ("postgresql+psycopg://u:p@db/x fails", "postgresql+psycopg://***@db/x fails"),
        ("https://x.org/?a=1&access_token=abc&b=2", "https://x.org/?a=1&access_token=***&b=2"),
        ("https://x.org/?API-Key=abc#part", "https://x.org/?API-Key=***#part"),
        ("https://x.org/?feed=rss2&cat=5", "https://x.org/?feed=rss2&cat=5"),
        ("mail to a@b.org", "mail to a@b.org"),
        ("https://x.org/@name", "https://x.org/@name"),
    ],
)
def test_logins_and_tokens_of_urls_are_hidden(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "redirects to 'ftp://it's.org/', which isn't on the web",
            "redirects to …, which isn't on the web",
        ),
        ('it says "a headline" and isn\'t', "it says … and isn't"),
        ("in a circle, by way of https://x.org/a?b", "in a circle, by way of …"),
        ("the server answered 503", "the server answered 503"),
    ],
)
def test_what_an_error_quotes_is_left_out(text: str, shown: str) -> None:
    assert unquoted(text) == shown


def test_secrets_of_the_settings_are_hidden_wherever_they_stand() -> None:
    hide = Masking(["desk=slack://TokenA/#desk ops=ntfy://y", "pässword", "a"])
    event = {"x": ["pässword and more", {"y": "sent to desk=slack://TokenA/#desk"}], "n": 3}
    assert hide(None, "", event) == {"x": ["*** and more", {"y": "sent to ***"}], "n": 3}


def test_libraries_are_heard_in_the_same_form_from_warning_on() -> None:
    stream = written(level="debug")
    library = logging.getLogger("some.library")
    library.info("GET https://x.org/?token=1")
    library.warning("can't read %s", "https://x.org/?token=1")
    warnings.showwarning("old", DeprecationWarning, "part.py", 7)
    logging.getLogger("techwatch.part").debug("ours")
    first, *middle, last = events(stream)
    assert first["event"] == "can't read https://x.org/?token=***"
    assert (first["logger"], first["level"]) == ("some.library", "warning")
    assert [event["logger"] for event in middle] == ["py.warnings"]
    assert (last["event"], last["level"]) == ("ours", "debug")


@pytest.mark.parametrize("form", ["json", "console"])
def test_an_exception_is_told_without_words_that_may_be_of_the_web(form: str) -> None:
    stream = written(form)
    log = structlog.get_logger("techwatch")
    try:
        try:
            int("a headline")
        except ValueError as error:
            message = "the server answered 503"
            raise FetchError("https://x.org", message) from error
    except FetchError:
        log.exception("job failed", job="poll")
    text = stream.getvalue()
    assert "a headline" not in text
    assert "the server answered 503" in text
    assert "test_logs.py:" in text
    if form == "json":
        [event] = events(stream)
        ours, cause = event["exception"]
        assert (ours["type"], ours["message"]) == ("FetchError", "the server answered 503")
        assert cause["type"] == "ValueError"
        assert "message" not in cause


def test_the_level_holds() -> None:
    stream = written(level="warning")
    log = structlog.get_logger("techwatch")
    log.info("quiet")
    log.warning("loud", feed="https://x.org/", new=3)
    [event] = events(stream)
    assert (event["event"], event["feed"], event["new"]) == ("loud", "https://x.org/", 3)


def test_a_line_for_a_person_has_its_keys_and_no_colour_in_a_file() -> None:
    stream = written("console")
    structlog.get_logger("techwatch").info("feed polled", feed="https://x.org/", new=3)
    [line] = stream.getvalue().splitlines()
    assert "feed polled" in line
    assert "new=3" in line
    assert "\x1b" not in line
