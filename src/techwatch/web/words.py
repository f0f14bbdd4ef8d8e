"""Words that are translated later than they are written down."""

from __future__ import annotations


def later(message: str) -> str:
    """Mark a message for the list of what is translated; a template translates it by `_(...)`."""
    return message


# Modules below the desk say these; templates translate them.
FROM_BELOW = (
    later("Does it concern the field?"),
    later("Does it tell something new?"),
    later("How high does it rank?"),
    later("Does it tell the same as an earlier item?"),
)
