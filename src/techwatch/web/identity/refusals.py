"""Why somebody is not let in, or a change of an account is not made."""

from __future__ import annotations

from techwatch.errors import TechwatchError


class NotRightError(TechwatchError):
    """Name and password don't belong together; which of them is wrong is not told."""

    def __init__(self) -> None:
        super().__init__("name or password is not right")


class TooManyError(TechwatchError):
    """Too much was asked; the same may be asked again later."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, round(seconds + 0.5))  # until then
        super().__init__(f"too many requests; again in {self.seconds} seconds")


class UnfitError(TechwatchError):
    """What somebody chose can't be taken: a name, a password, a scope."""


class RefusedError(TechwatchError):
    """A change that can't be made as things are."""


class LinkGoneError(TechwatchError):
    """A one-time link that was used, or has ended."""

    def __init__(self) -> None:
        super().__init__("this link was used, or has ended; ask who gave it to you for another")


class StrangerError(TechwatchError):
    """Somebody whom the identity provider knows, and the desk does not."""

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"{provider} knows you, and this desk has no account for you yet; "
            "ask an admin of the desk for a link"
        )


class ProviderError(TechwatchError):
    """The identity provider could not be asked, or what it says does not hold."""
