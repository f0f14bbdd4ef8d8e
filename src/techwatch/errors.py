"""The errors techwatch raises on purpose, one tree.

TechwatchError
├── InvalidFilesError         files a user wrote: every problem, with file and line
├── NotFoundError             a feed, item, edition or entity that is not there
├── FetchError                a feed's document could not be brought
│   ├── ConnectionFailedError   no connection: DNS, refused, TLS
│   ├── FetchTimeoutError       too slow, as a whole or between two bytes
│   ├── HttpStatusError         an answer other than 200 or 304
│   ├── PostponedError          not asked: its host wants to be left alone for a while
│   ├── RobotsError             an article that robots.txt does not let us fetch
│   ├── WrongKindError          not the kind of document that was asked for
│   ├── RedirectError           too many redirects, or one to where we don't go
│   └── TooLargeError           more bytes than allowed, packed or unpacked
├── ParseError                a document that is no feed we can read
│   ├── EmptyDocumentError
│   ├── NotAFeedError           a web page, or something else
│   ├── HostileDocumentError    built to exhaust a parser
│   ├── NoArticleError          a web page without an article, or with another one
│   ├── ParseMemoryError        the parser wanted more memory than it may have
│   └── ParseTimeoutError       the parser did not finish
├── DeliveryError             a digest was not sent
│   ├── DeliveryUncertainError  it may have been: not to be repeated unasked
│   └── ClaimLostError          another process has taken the delivery over
├── MissingPackageError       an optional package that a setting needs
├── PortError                 the port that health checks ask can't be opened
├── QueryError                a search that can't be read: where, and what is allowed there
├── EditError                 the baseline can't be edited: read-only, or changed meanwhile
├── LedgerError               what a person asks of a digest's deliveries can't be done
├── UnstorableError           a value that no database holds: half a character, a huge number
├── JudgementError            what a person says of an item can't be so
├── ReplayError               an archive can't be judged to its end
└── StorageError              the database
    ├── BackupError             a back-up that can't be made or used
    ├── DamagedError            the database's file is not what was written
    ├── StorageConflictError    another transaction was in the way: repeat it
    ├── SchemaOutdatedError     `techwatch db upgrade` mends it
    ├── SchemaTooNewError       written by a newer techwatch
    └── UpgradeError            a migration fails; the database is as it was

Each carries what it concerns. In a batch the pipeline turns them into data: one bad feed never
stops the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class TechwatchError(Exception):
    """Base of all errors below; its text is fit for a person."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with a file, and what would be right."""

    file: str
    line: int  # from 1; 0 where the file as a whole is meant
    message: str

    def __str__(self) -> str:
        """As compilers print it, so that editors can jump there."""
        return f"{self.file}:{self.line}: {self.message}"


class InvalidFilesError(TechwatchError):
    """Files that a user wrote have problems; all of them are here."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class NotFoundError(TechwatchError):
    """Something asked for by name is not there."""

    def __init__(self, what: str, name: str, advice: str = "") -> None:
        self.what = what
        self.name = name
        super().__init__(f"no {what} {name!r}" + (f": {advice}" if advice else ""))


class MissingPackageError(TechwatchError):
    """A setting or an option needs a package that is not installed."""

    def __init__(self, message: str, package: str) -> None:
        self.package = package  # as pip knows it
        super().__init__(f"{message}: install it with `pip install '{package}'`")


class PortError(TechwatchError):
    """The HTTP port can't be had: another process has it, or the address is none of ours."""


class UnstorableError(TechwatchError):
    """A value that the database can't hold or look for: a NUL, half a character, a huge number."""


class QueryError(TechwatchError):
    """A search can't be read."""

    def __init__(self, query: str, at: int, message: str) -> None:
        self.query = query
        self.at = at  # the character, from 0
        self.message = message
        super().__init__(f"the query can't be read at character {at + 1}: {message}")


class FetchError(TechwatchError):
    """A document could not be brought from `url`."""

    def __init__(self, url: str, message: str) -> None:
        self.url = url
        super().__init__(message)


class ConnectionFailedError(FetchError):
    """No connection: name not found, refused, reset, TLS."""


class FetchTimeoutError(FetchError):
    """The server was too slow."""


class HttpStatusError(FetchError):
    """The server answered with something other than 200 or 304."""

    def __init__(self, url: str, status: int, retry_after: float | None = None) -> None:
        self.status = status
        self.retry_after = retry_after  # seconds, as the server asked
        super().__init__(url, f"the server answered {status}")


class PostponedError(FetchError):
    """Not asked: the host said to others that it has too much to do."""

    def __init__(self, url: str, seconds: float) -> None:
        self.seconds = seconds  # until it may be asked again
        super().__init__(url, f"its host asked for {seconds:.0f} more seconds without requests")


class RobotsError(FetchError):
    """The robots.txt of its host does not let us fetch the page."""

    def __init__(self, url: str, message: str, *, for_now: bool = False) -> None:
        self.for_now = for_now  # the file could not be had: its rules are not known
        super().__init__(url, message)


class WrongKindError(FetchError):
    """The server sent another kind of document than was asked for."""


class RedirectError(FetchError):
    """A redirect that is not followed."""


class TooLargeError(FetchError):
    """More bytes than allowed, on the wire or unpacked."""


class ParseError(TechwatchError):
    """The document from `url` is no feed we can read."""

    def __init__(self, url: str, message: str) -> None:
        self.url = url
        super().__init__(message)

    def __reduce__(self) -> tuple[type[ParseError], tuple[str, str]]:
        """Cross the border between processes whole."""
        return type(self), (self.url, str(self))


class EmptyDocumentError(ParseError):
    """No bytes, or only white space."""


class NotAFeedError(ParseError):
    """A web page or something else that is no feed."""


class HostileDocumentError(ParseError):
    """Built, or so broken, that a parser would not end."""


class NoArticleError(ParseError):
    """A web page that holds no article of the item, or too little of it."""


class ParseMemoryError(ParseError):
    """The parser wanted more memory than it may have."""


class ParseTimeoutError(ParseError):
    """The parser did not finish in time and was stopped."""


class DeliveryError(TechwatchError):
    """Nothing was sent; trying again is safe unless `permanent`."""

    def __init__(
        self,
        channel: str,
        message: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
    ) -> None:
        self.channel = channel
        self.permanent = permanent
        self.retry_after = retry_after  # seconds, as the other side asked
        super().__init__(message)


class DeliveryUncertainError(DeliveryError):
    """The connection broke after the message was handed over: it may have arrived."""


class ClaimLostError(DeliveryError):
    """The delivery was taken over while this process slept: nothing was sent by it."""


class EditError(TechwatchError):
    """A file can't be written: nothing may be written there, or somebody else changed it."""


class LedgerError(TechwatchError):
    """A delivery is not in a state in which that can be done, or a digest exists already."""


class JudgementError(TechwatchError):
    """What a person says of an item can't be so; why, and what can be said."""


class ReplayError(TechwatchError):
    """An archive can't be judged to its end: workers died, or run another program."""


class StorageError(TechwatchError):
    """The database can't be used as it is."""


class BackupError(StorageError):
    """A back-up can't be made, or can't be used; the database is as it was."""


class DamagedError(StorageError):
    """The database is damaged; this process writes nothing to it any more."""


class StorageConflictError(StorageError):
    """Another transaction was in the way; the same may succeed when it is repeated."""


class SchemaOutdatedError(StorageError):
    """The database was made by an older techwatch."""


class SchemaTooNewError(StorageError):
    """The database was made by a newer techwatch."""


class UpgradeError(StorageError):
    """A migration fails on what the database holds; the database is as it was."""
