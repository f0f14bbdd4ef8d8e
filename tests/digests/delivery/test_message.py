from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import TYPE_CHECKING

import pytest
from tests.digests.samples import DIDI, OUTBOUND, SLOT

from techwatch.digests.delivery.message import build, message_id, thread_id

if TYPE_CHECKING:
    from techwatch.model import RenderedDigest

NOW = datetime(2022, 7, 22, 5, 0, 7, tzinfo=UTC)
ID = "<weekly.1@techwatch.invalid>"


def read(message: EmailMessage) -> EmailMessage:
    """Read the message as a mail program would: from its bytes."""
    back = message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(back, EmailMessage)
    return back


def test_the_message_has_what_mail_programs_and_list_software_ask_for(
    rendered: RenderedDigest,
) -> None:
    back = read(
        build(
            replace(rendered, composed_at=NOW),
            ID,
            sender="watch@example.org",
            sender_name="Tech-vakten på huset",
            recipient="adviser@example.org",
            unsubscribe="stop@example.org",
        )
    )
    assert {name: str(value) for name, value in back.items()} == {
        "Subject": "techwatch: 2 escalating, 2 new, 1 easing · 22 Jul",
        "From": "Tech-vakten på huset <watch@example.org>",
        "To": "adviser@example.org",
        "Date": "Fri, 22 Jul 2022 05:00:07 +0000",
        "Message-ID": ID,
        "References": thread_id("weekly", "adviser@example.org", "techwatch.invalid"),
        "List-Id": "<weekly.techwatch.invalid>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": "<mailto:stop@example.org?subject=unsubscribe>",
        "MIME-Version": "1.0",
        "Content-Type": back["Content-Type"],
    }
    assert back.get_content_type() == "multipart/alternative"
    assert back.defects == []


def test_text_comes_before_html_and_both_arrive_whole(rendered: RenderedDigest) -> None:
    back = read(build(rendered, ID, sender="watch@example.org"))
    text, html = back.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert text.get_content_type() == "text/plain"
    assert text.get_content().splitlines() == rendered.text.splitlines()
    assert html.get_content_type() == "text/html"
    assert html.get_content().splitlines() == rendered.html.splitlines()
    assert OUTBOUND.title in html.get_content()
    assert DIDI.others[1].publisher in text.get_content()


def test_every_line_is_ascii_and_short_enough_for_any_server(rendered: RenderedDigest) -> None:
    lines = build(rendered, ID, sender="watch@example.org").as_bytes().split(b"\r\n")
    assert max(len(line) for line in lines) <= 78
    assert all(line.isascii() for line in lines)
    assert not any(b"\n" in line for line in lines)


def test_the_same_message_has_the_same_bytes(rendered: RenderedDigest) -> None:
    first, second = (build(rendered, ID, sender="w@example.org") for _ in range(2))
    assert first.as_bytes() == second.as_bytes()


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\n",
        "Name <a@example.org>",
        "a@example.org, b@example.org",
        "a@b@example.org",
        "løve@example.org",
        "no-address",
        "",
    ],
)
def test_what_is_no_plain_address_gets_into_no_header(
    rendered: RenderedDigest, address: str
) -> None:
    for part in ("sender", "recipient", "unsubscribe"):
        addresses = {"sender": "w@example.org", part: address}
        with pytest.raises(ValueError, match="is no mail address"):
            build(rendered, ID, **addresses)
    with pytest.raises(ValueError, match="is no Message-ID"):
        build(rendered, "<a@b>\r\nBcc: c@example.org", sender="w@example.org")


def test_a_subject_can_t_add_headers(rendered: RenderedDigest) -> None:
    nasty = replace(rendered, subject="News\r\nBcc: all@example.org\r\n\r\nbody \u202e滴滴" * 20)
    back = read(build(nasty, ID, sender="w@example.org", sender_name="A\r\nCc: b@example.org"))
    assert back["Bcc"] is None
    assert back["Cc"] is None
    assert str(back["Subject"]).count("滴滴") == 20


def test_an_encoded_word_hides_no_line_break(rendered: RenderedDigest) -> None:
    hidden = "News =?utf-8?q?of=0D=0ABcc:_all@example.org=0D=0A?= and =?utf-8?b?DQpDYzogYkB4?="
    message = build(
        replace(rendered, subject=hidden), ID, sender="w@example.org", sender_name=hidden
    )
    back = read(message)
    assert (back["Bcc"], back["Cc"]) == (None, None)
    head = message.as_bytes().partition(b"\r\n\r\n")[0].lower()
    assert b"\nbcc" not in head
    assert b"\ncc" not in head


def test_a_message_id_names_one_delivery_only() -> None:
    ids = {
        message_id(edition, slot, channel, recipient)
        for edition in ("daily", "weekly")
        for slot in (SLOT, SLOT.replace(microsecond=1))
        for channel in ("email", "folder")
        for recipient in ("a@example.org", "b@example.org")
    }
    assert len(ids) == 16
    assert message_id("daily", SLOT, "email", "a") == message_id("daily", SLOT, "email", "a")
    assert next(iter(ids)).isascii()


def test_a_link_leads_off_the_list_too(rendered: RenderedDigest) -> None:
    link = "https://example.org/stop?who=desk"
    back = read(build(rendered, ID, sender="w@example.org", unsubscribe=link))
    assert str(back["List-Unsubscribe"]) == f"<{link}>"
    for wrong in ("https://example.org/\r\nBcc: a@example.org", "https://a>,<mailto:b@c"):
        with pytest.raises(ValueError, match="is no mail address"):
            build(rendered, ID, sender="w@example.org", unsubscribe=wrong)


def test_an_edition_s_digests_are_one_thread_for_each_reader(rendered: RenderedDigest) -> None:
    def thread(recipient: str, edition: str = "weekly", number: int = 1) -> str:
        digest = replace(rendered, edition_id=edition)
        name = f"<{edition}.{number}@techwatch.invalid>"
        return str(build(digest, name, sender="w@example.org", recipient=recipient)["References"])

    assert thread("a@example.org") == thread("a@example.org", number=2)
    assert len({thread("a@example.org"), thread("b@example.org"), thread("a@x.org", "daily")}) == 3
