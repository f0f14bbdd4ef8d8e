"""Traces: how long each step took, for OpenTelemetry, where it is asked for. No text from the web.

One job of the service is one trace; what it fetched, parsed, composed and delivered are its spans.
Environment variables of OpenTelemetry (OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_HEADERS and others)
have their meaning.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, Field, field_validator

from techwatch.errors import MissingPackageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span as OtelSpan

    Key = str | int | float | bool

_CLOSING = 1.0  # second that the last spans get to be sent when the process stops


class TracingSettings(BaseModel, frozen=True, extra="forbid"):
    """Where traces go."""

    endpoint: str | None = Field(
        None,
        description="The address of an OTLP receiver, such as http://127.0.0.1:4318/v1/traces; "
        "null: no traces.",
    )
    timeout: float = Field(
        5.0, gt=0, le=60, description="Seconds after which sending some spans is given up."
    )

    @field_validator("endpoint")
    @classmethod
    def _is_web(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            message = "does not begin with http:// or https://"
            raise ValueError(message)
        return value


class Span(Protocol):
    """A step under way."""

    def note(self, **keys: Key) -> None:
        """Add what became known of it."""


class Tracing(Protocol):
    """What notes how long steps took."""

    def span(self, name: str, **keys: Key) -> AbstractContextManager[Span]:
        """Trace a step, inside the one under way. An error is noted by its class alone."""

    def close(self) -> None:
        """Send what was not sent, for a second at most."""


def tracing(settings: TracingSettings) -> Tracing:
    """Return what traces; raises MissingPackageError where OpenTelemetry is not installed."""
    if settings.endpoint is None:
        return _Nothing()
    try:
        return _OpenTelemetry(settings.endpoint, settings.timeout)
    except ImportError as error:
        message = "tracing.endpoint is set, which needs OpenTelemetry"
        raise MissingPackageError(message, "techwatch[otel]") from error


class _Nothing:
    """Traces nothing."""

    @contextmanager
    def span(self, name: str, **keys: Key) -> Iterator[Span]:
        del name, keys
        yield self

    def note(self, **keys: Key) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class _OpenTelemetry:
    """Traces to an OTLP receiver over HTTP."""

    def __init__(self, endpoint: str, timeout: float) -> None:
        self._provider = _provider(endpoint, timeout)
        self._tracer = self._provider.get_tracer("techwatch")

    @contextmanager
    def span(self, name: str, **keys: Key) -> Iterator[Span]:
        from opentelemetry.trace import StatusCode  # noqa: PLC0415 - an extra

        with self._tracer.start_as_current_span(
            name, attributes=keys, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield _Noting(span)
            except BaseException as error:
                span.set_attribute("error.type", type(error).__qualname__)
                span.set_status(StatusCode.ERROR)  # its words may quote a text from the web
                raise

    def close(self) -> None:
        closing = threading.Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        closing.join(_CLOSING)  # a receiver that is gone keeps nobody from stopping


class _Noting:
    def __init__(self, span: OtelSpan) -> None:
        self._span = span

    def note(self, **keys: Key) -> None:
        self._span.set_attributes(keys)


def _provider(endpoint: str, timeout: float) -> TracerProvider:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - an extra
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    import techwatch  # noqa: PLC0415

    resource = Resource.create(
        {"service.name": "techwatch", "service.version": techwatch.__version__}
    )
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=endpoint, timeout=timeout)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
