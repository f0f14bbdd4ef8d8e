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
    date: datetime,
    *,
    sender: str,
    sender_name: str = "techwatch",
    recipient: str | None = None,
    unsubscribe: str | None = None,
) -> EmailMessage:
    """Return the message: plain text, and the same as HTML.

    `date` is the time of sending, `unsubscribe` a mail address. Raises ValueError for an address
    or Message-ID that is none.
    """
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = tidy(digest.subject)
    message["From"] = Address(tidy(sender_name), addr_spec=_address(sender))
    if recipient is not None:
        message["To"] = Address(addr_spec=_address(recipient))
    message["Date"] = format_datetime(date)
    message["Message-ID"] = _checked_id(message_id)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    if unsubscribe is not None:
        message["List-Unsubscribe"] = f"<mailto:{_address(unsubscribe)}?subject=unsubscribe>"
    message.set_content(digest.text, cte="quoted-printable")
    message.add_alternative(digest.html, subtype="html", cte="quoted-printable")
    # The library draws the boundary by lot: the same message would differ from time to time.
    message.set_boundary(f"=_techwatch_{hash_of(message_id, digest.text, digest.html)[:32]}")
    return message


def _address(text: str) -> str:
    if not is_address(text):
        message = f"{text!r} is no mail address"
        raise ValueError(message)
    return text


def _checked_id(text: str) -> str:
    match = _MESSAGE_ID.match(text)
    if match is None:
        message = f"{text!r} is no Message-ID"
        raise ValueError(message)
    return f"<{match[1]}>"
