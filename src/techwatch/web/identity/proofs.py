"""What only the desk can make, about an account; it ends when the account's password changes.

The hash of a password has a salt that nobody knows, so that it serves as a key; none is kept.
"""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from techwatch.model import Account

_KNOWN = "known browser"


def proof(account: Account, *about: str) -> str:
    """Prove something about an account, in hexadecimal digits; empty where it has no password."""
    if account.password is None:
        return ""
    return hmac.new(account.password.encode(), "\n".join(about).encode(), "sha256").hexdigest()


def holds(given: str, account: Account, *about: str) -> bool:
    """Whether a proof is one of the desk's, about this account, with the password that it has."""
    expected = proof(account, *about)
    return bool(expected) and secrets.compare_digest(given.encode(), expected.encode())


def mark(account: Account) -> str:
    """Make what a browser keeps after its login, to be known again; empty without a password."""
    number = secrets.token_urlsafe(12)
    proven = proof(account, _KNOWN, number)
    return f"{number}.{proven}" if proven else ""


def knows(account: Account, given: str) -> bool:
    """Whether a browser brings the mark of an earlier login to this account."""
    number, _, proven = given.partition(".")
    return holds(proven, account, _KNOWN, number)
