"""Build the mail of a digest. Pure: same digest and addresses, same bytes."""

from __future__ import annotations

import re
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from techwatch.digests.addresses import is_address
from techwatch.text import digest as hash_of
from techwatch.text import tidy

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.model import RenderedDigest

_MESSAGE_ID = re.compile(r"<?([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+)>?\Z")
_UNFIT = re.compile(r"[^!-~]|[<>]")  # in a link between angle brackets
_POLICY = SMTP.clone(max_line_length=76)


def message_id(
    edition_id: str, slot: datetime, channel: str, recipient: str, domain: str = "techwatch.invalid"
) -> str:
    """Make the Message-ID of one delivery: the same for the same delivery, and for no other."""
    at = slot.astimezone(UTC).strftime("%Y%m%dT%H%M%S")
    return f"<{edition_id}.{at}.{hash_of(channel, recipient, slot.isoformat())[:20]}@{domain}>"


def build(
    digest: RenderedDigest,
    message_id: str,
    *,
    sender: str,
    sender_name: str = "techwatch",
    recipient: str | None = None,
    unsubscribe: str | None = None,
) -> EmailMessage:
    """Return the message: plain text, and the same as HTML.

    It is dated when the digest was composed, so that a repeated one is the same byte for byte.
    `unsubscribe` is a mail address or an https link. Raises ValueError for an address or
    Message-ID that is none.
    """
    own_id, domain = _checked_id(message_id)
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = _one_line(digest.subject)
    message["From"] = Address(_one_line(sender_name), addr_spec=_address(sender))
    if recipient is not None:
        message["To"] = Address(addr_spec=_address(recipient))
    message["Date"] = format_datetime((digest.composed_at or digest.slot).astimezone(UTC))
    message["Message-ID"] = own_id
    message["References"] = thread_id(digest.edition_id, recipient or "", domain)
    message["List-Id"] = f"<{digest.edition_id}.{domain}>"  # RFC 2919: what filters go by
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    if unsubscribe is not None:
        message["List-Unsubscribe"] = f"<{_way_out(unsubscribe)}>"
    message.set_content(digest.text, cte="quoted-printable")
    message.add_alternative(digest.html, subtype="html", cte="quoted-printable")
    # The library draws the boundary by lot: the same message would differ from time to time.
    message.set_boundary(f"=_techwatch_{hash_of(message_id, digest.text, digest.html)[:32]}")
    return message


def thread_id(edition_id: str, recipient: str, domain: str) -> str:
    """Name the thread that an edition's digests form for a recipient.

    No message bears it; mail programs gather under it what refers to it (RFC 5322, 3.6.4).
    """
    return f"<{edition_id}.{hash_of('thread', edition_id, recipient)[:20]}@{domain}>"


def _one_line(text: str) -> str:
    """Return text that stays within its header.

    The library decodes what looks like an encoded word (RFC 2047), and writes the line break that
    may hide in one as it is: a headline could add headers.
    """
    return tidy(text).replace("=?", "= ?")


def _way_out(unsubscribe: str) -> str:
    if unsubscribe.startswith("https://") and not _UNFIT.search(unsubscribe):
        return unsubscribe
    return f"mailto:{_address(unsubscribe)}?subject=unsubscribe"


def _address(text: str) -> str:
    if not is_address(text):
        message = f"{text!r} is no mail address"
        raise ValueError(message)
    return text


def _checked_id(text: str) -> tuple[str, str]:
    """Return a Message-ID with its brackets, and its right side."""
    match = _MESSAGE_ID.match(text)
    if match is None:
        message = f"{text!r} is no Message-ID"
        raise ValueError(message)
    return f"<{match[1]}>", match[1].rpartition("@")[2]
