"""What counts as a mail address: what every server takes, without names, quotes or comments.

Whatever is more could be a header, or two addresses; internationalised local parts need a server
extension (RFC 6531) that not every recipient's server has.
"""

from __future__ import annotations

import re

PATTERN = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$"
_ADDRESS = re.compile(PATTERN.removeprefix("^").removesuffix("$"))


def is_address(text: str) -> bool:
    """Whether the text is one plain mail address and nothing else."""
    return _ADDRESS.fullmatch(text) is not None
