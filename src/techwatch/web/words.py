"""Words that are translated later than they are written down."""

from __future__ import annotations


def later(message: str) -> str:
    """Mark a message for the list of what is translated; a template translates it by `_(...)`."""
    return message
