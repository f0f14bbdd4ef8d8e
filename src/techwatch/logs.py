"""The log: events with keys, for a person or for a program. Text from the web never stands in it.

An exception becomes fields: its class, where it was raised, and its words only where they are
ours or the operating system's, since other errors may quote what they choked on.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field

from techwatch.errors import TechwatchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "***"
_SHORTEST_SECRET = 6  # characters; shorter ones would hide half of every line
_FRAMES = 20  # of an exception, the innermost
_LOGIN = re.compile(r"(?<=://)[^\s/@'\"]+(?=@)")
_QUOTED = re.compile(r"(?<!\w)'.*?'(?!\w)|\"[^\"]*\"|[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_TOKEN = re.compile(
    r"([?&;][^=&#\s'\"]*(?:token|key|secret|pass|pwd|auth|sig|code|session|credential)[^=&#\s'\"]*=)"
    r"[^&#\s'\"]+",
    re.IGNORECASE,
)


class LoggingSettings(BaseModel, frozen=True, extra="forbid"):
    """What goes to the log, and in which form."""

    format: Literal["console", "json"] = Field(
        "console", description="Lines for a person, or JSON, an object a line: console or json."
    )
    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="What goes to the log: debug, info, warning or error."
    )


def configure(
    settings: LoggingSettings, secrets: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Let every log event of this process go to `stream`, by default stderr.

    Libraries are heard from `warning` on: what they tell below it holds addresses and texts.
    `secrets` are hidden wherever they would stand.
    """
    import structlog  # noqa: PLC0415 - a command that judges a text logs nothing

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        exception_as_fields,
        Masking(secrets),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(settings.format, handler.stream),
            ],
        )
    )
    level = logging.getLevelName(settings.level.upper())
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)
    logging.getLogger("techwatch").setLevel(level)
    # A poll may well take longer than a tick: that the next one waits is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.captureWarnings(capture=True)


def _rendering(form: str, stream: TextIO) -> Iterator[Processor]:
    import structlog  # noqa: PLC0415 - as above

    if form == "json":
        yield structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    else:
        yield _exception_on_lines
        yield structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), timestamp_key="time", sort_keys=False, pad_event_to=0
        )


def unquoted(text: str) -> str:
    """Leave out what an error quotes, and addresses: those of redirects are chosen by others."""
    return _QUOTED.sub("…", text)


def masked(text: str) -> str:
    """Hide logins and tokens of the URLs in a text."""
    return _TOKEN.sub(rf"\1{HIDDEN}", _LOGIN.sub(HIDDEN, text)) if "://" in text else text


class Masking:
    """Hides secrets: those of the settings, a URL's login, and tokens in its query."""

    def __init__(self, secrets: Iterable[str]) -> None:
        words = {word for secret in secrets for word in (secret, *secret.split())}
        long = sorted((w for w in words if len(w) >= _SHORTEST_SECRET), key=len, reverse=True)
        self._secrets = re.compile("|".join(map(re.escape, long))) if long else None

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        """Mask every value of an event."""
        del logger, method
        return {key: self._value(value) for key, value in event.items()}

    def text(self, text: str) -> str:
        """Mask a text."""
        if self._secrets:
            text = self._secrets.sub(HIDDEN, text)
        return masked(text)

    def _value(self, value: Any) -> Any:  # noqa: ANN401 - of any type
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self._value(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(inner) for inner in value]
        return value


def exception_as_fields(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace an exception by what may be told of it: a field `exception`, the cause last."""
    del logger, method
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["exception"] = [_told(one) for one in _chain(error)]
    return event


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    told: dict[str, Any] = {"type": type(error).__qualname__}
    if isinstance(error, TechwatchError):
        told["message"] = str(error)
    elif isinstance(error, OSError) and error.strerror:
        told["message"] = error.strerror
    return told | {"frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]}


def _exception_on_lines(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Lay the fields of an exception out for a person."""
    del logger, method
    lines: list[str] = []
    for told in event.pop("exception", ()):
        lines.append(told["type"] + (f": {told['message']}" if "message" in told else ""))
        lines += [f"  {frame}" for frame in told["frames"]]
    if lines:
        event["exception"] = "\n".join(lines)
    return event
