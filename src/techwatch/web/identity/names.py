"""Names and passwords that may be chosen; pure."""

from __future__ import annotations

import re
import unicodedata

from techwatch.web.identity.guessing import is_easily_guessed
from techwatch.web.identity.refusals import UnfitError
from techwatch.web.identity.roles import LOCAL

SHORTEST, LONGEST = 12, 1_000  # characters of a password
_LONGEST_NAME = 64
_NAME = re.compile(rf"\w[\w.@+-]{{0,{_LONGEST_NAME - 1}}}")


def folded(name: str) -> str:
    """Return a name as it is kept and looked for: however it is typed, it is the same."""
    return unicodedata.normalize("NFKC", name[: 4 * _LONGEST_NAME]).strip().casefold()


def account_name(given: str) -> str:
    """Return a name that somebody chose, as it is kept; raises UnfitError."""
    name = folded(given)
    if not _NAME.fullmatch(name) or name == LOCAL:
        raise UnfitError(
            f"a name has 1 to {_LONGEST_NAME} letters, digits and . _ - @ +, begins with a letter "
            f"or digit, and is not {LOCAL!r}"
        )
    return name


def free_names(wanted: str) -> list[str]:
    """List names for somebody whom a provider calls so, the best first; others may have them."""
    letters = re.sub(r"[^\w.@+-]+", "-", folded(wanted)).lstrip(".@+-")
    first = letters[: _LONGEST_NAME - 4] or "person"
    names = [first, *(f"{first}-{number}" for number in range(2, 100))]
    return [name for name in names if name != LOCAL]


def same(password: str, again: str) -> str:
    """Return a password that was typed twice alike; raises UnfitError."""
    if password != again:
        raise UnfitError("the two passwords are not the same")
    return password


def normal(password: str) -> str:
    """Return a password as it is hashed: the same from every keyboard."""
    return unicodedata.normalize("NFKC", password)


def proper(password: str, name: str) -> str:
    """Return a password that somebody chose, as it is hashed; raises UnfitError."""
    chosen = normal(password)
    if not SHORTEST <= len(chosen) <= LONGEST:
        raise UnfitError(f"a password has at least {SHORTEST} characters, and at most {LONGEST:,}")
    if is_easily_guessed(chosen, name, "techwatch"):
        raise UnfitError(
            "this password is too easy to guess: common words, names, dates and rows of keys are "
            "tried first, also with digits behind them; take four words that don't belong together"
        )
    return chosen
