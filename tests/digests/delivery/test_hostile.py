"""What feeds can write, from the digest through a real mail server into the reader's program."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from tests.digests.samples import HOSTILE, development, digest

from techwatch.digests.delivery.email import EmailChannel
from techwatch.digests.delivery.email_settings import EmailSettings
from techwatch.digests.render import render

from .mailbox import Mailbox, nothing, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from techwatch.model import Delivery, Development, RenderedDigest

TITLES = {
    "header": "Fine\r\nBcc: all@example.org\r\n\r\nbody",
    "bare line feed": "Fine\nBcc: all@example.org",
    "NUL": "Fine\x00Bcc: all@example.org",
    "unicode lines": "Fine\u2028Bcc: all@example.org\u2029Cc: b@example.org\x85To: c@example.org",
    "end of mail": "Fine\r\n.\r\nMAIL FROM:<x@example.org>",
    "encoded word": "=?utf-8?q?Fine=0D=0ABcc:_all@example.org?=",
    "surrogate": "Fine \ud83d alone",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)><!--",
    "bidi": "Bank \u202egnp.exe\u202c \u2066x\u2069 \u200fy",
    "long": "很长 " * 2500,
    "boundary": "--=_techwatch_0123456789abcdef--",
}
PLACES = ("title", "publisher", "reason", "entity_name", "earlier_title")


class Reader(HTMLParser):
    """What a mail program finds in the HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def post(rendered: RenderedDigest, delivery: Delivery) -> EmailMessage:
    mailbox = Mailbox()

    async def run() -> None:
        async with serving(mailbox) as port:
            settings = EmailSettings(host="127.0.0.1", port=port, security="none", timeout=5)
            await EmailChannel(settings).send(rendered, delivery, nothing)

    asyncio.run(run())
    [envelope] = mailbox.got
    assert envelope.rcpt_tos == ["adviser@example.org"]
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def check(message: EmailMessage) -> str:
    """Hold a received message against what must be true of every one; returns its plain text."""
    assert message.defects == []
    for header in ("Subject", "To", "From", "Message-ID", "Date"):
        assert len(message.get_all(header, [])) == 1
    assert message["Bcc"] is None
    assert message["Cc"] is None
    assert str(message["Subject"]).strip().startswith("techwatch: ")  # a long one is folded
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    reader = Reader()
    reader.feed(html.get_content())
    assert not {"script", "iframe", "img", "form", "object", "svg"} & set(reader.tags)
    for name, value in reader.attributes:
        assert not name.startswith("on")
        assert name not in {"href", "src"} or str(value).startswith(("https://", "http://", "#"))
    text = str(plain.get_content())
    for shown in (text, html.get_content()):
        assert not set("\x00\x85\u2028\u2029\u202e\u2066\u2069") & set(shown)
    return text


def everywhere(text: str) -> Development:
    return development("nasty", **dict.fromkeys(PLACES, text))


@pytest.mark.parametrize("name", TITLES)
def test_whatever_feeds_write_is_text_in_the_mail(
    name: str, delivery: Callable[..., Delivery]
) -> None:
    message = post(render(digest(everywhere(TITLES[name]))), delivery())
    text = check(message)
    assert len(text) < 20_000
    assert "1 new" in str(message["Subject"])


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:alert(1)", "//evil", "http://a b"],
)
def test_a_link_that_is_none_to_the_web_is_not_there(
    link: str, delivery: Callable[..., Delivery]
) -> None:
    text = check(post(render(digest(development("linked", link=link))), delivery()))
    assert link not in text


def test_four_hundred_sources_and_the_worst_of_everything(
    delivery: Callable[..., Delivery],
) -> None:
    assert len(HOSTILE.others) == 400
    text = check(post(render(digest(HOSTILE)), delivery()))
    assert len(text) < 20_000


def test_a_subject_of_any_kind_is_one_header(delivery: Callable[..., Delivery]) -> None:
    plain = render(digest(everywhere("Fine")))
    for title in TITLES.values():
        if "\ud83d" in title:
            continue  # the renderer lets none through, and bytes can't hold one
        message = post(replace(plain, subject=f"techwatch: {title}"), delivery())
        check(message)
