"""Passwords, hashed by argon2id."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from techwatch.web.identity.names import LONGEST, normal
from techwatch.web.identity.refusals import TooManyError

if TYPE_CHECKING:
    from collections.abc import Iterator

PARAMETERS = RFC_9106_LOW_MEMORY
_AT_ONCE = 2  # each takes 64 MiB and a tenth of a second
_WAITING = 8  # more would keep the threads that answer everybody else


@dataclass(frozen=True)
class Passwords:
    """Hashes and verifies, in the thread that asks; raises TooManyError where many ask at once."""

    hasher: PasswordHasher = field(
        default_factory=lambda: PasswordHasher.from_parameters(PARAMETERS)
    )
    _turns: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_AT_ONCE))
    _queue: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_WAITING))

    def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        with self._turn():
            return self.hasher.hash(password)

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one of a hash; None: nobody's, which takes as long."""
        decoy = self._decoy  # made whoever asks first, so that its making tells nothing
        typed = normal(password) if len(password) <= LONGEST else ""
        with self._turn():
            try:
                self.hasher.verify(kept or decoy, typed)
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self.hasher.check_needs_rehash(kept)

    @cached_property
    def _decoy(self) -> str:
        return self.hasher.hash(secrets.token_urlsafe(32))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._queue.acquire(blocking=False):
            raise TooManyError(1)
        try:
            with self._turns:
                yield
        finally:
            self._queue.release()
