"""Whether a password is one of those that are tried first; pure."""

from __future__ import annotations

import re
from threading import Lock

_READ = 20  # characters from the beginning: more take seconds, which strangers could ask for
_ENOUGH = 3  # of 0 to 4: more than 10^8 guesses
_ONE_AT_ONCE = Lock()  # the estimator keeps what it was given beside the password


def is_easily_guessed(password: str, *known: str) -> bool:
    """Whether fewer than some 10^8 guesses find a password: common words, names, dates, keys.

    Args:
        password: of which the first 20 characters count.
        known: what guessers know of its owner, such as their name; its parts count too.
    """
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists take a quarter of a second to load

    parts = [part for one in known for part in (one, *re.split(r"[\W_]+", one)) if part]
    with _ONE_AT_ONCE:
        score: int = zxcvbn(password[:_READ], user_inputs=parts)["score"]
    return score < _ENOUGH
