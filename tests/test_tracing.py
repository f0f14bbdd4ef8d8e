"""Traces as a real receiver of OTLP gets them, over HTTP."""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from tests.digests.delivery.receiver import Receiver, receiving
from tests.news import rss
from tests.runtime.service import running

from techwatch.errors import MissingPackageError
from techwatch.testing import Behaviour
from techwatch.tracing import TracingSettings, tracing

if TYPE_CHECKING:
    from pathlib import Path

    from techwatch.testing import Publisher

FINE = "EU fines TikTok 530 million euros over data transfers to China"


def spans(receiver: Receiver) -> list[Any]:
    found = []
    for path, headers, body in receiver.got:
        assert path == "/v1/traces"
        packed = headers.get("content-encoding") == "gzip"
        request = ExportTraceServiceRequest.FromString(gzip.decompress(body) if packed else body)
        for resource in request.resource_spans:
            [name] = [a for a in resource.resource.attributes if a.key == "service.name"]
            assert name.value.string_value == "techwatch"
            found += [span for scope in resource.scope_spans for span in scope.spans]
    return found


def keys(span: Any) -> dict[str, Any]:
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in span.attributes}


def test_a_run_is_traced_from_poll_to_delivery(publisher: Publisher, config: Path) -> None:
    publisher.publish("news.rss", rss(FINE))
    editions = "editions:\n- {id: often, title: O, schedule: '* * * * *', channels: [folder]}\n"
    (config / "digests.yaml").write_text(editions)
    with receiving(Receiver()) as receiver:
        options = (f"tracing.endpoint={receiver.url}/v1/traces",)
        with running(config, *options) as service:
            service.until(lambda: service.events("job done", job="judge"))
            service.stop()
        found = spans(receiver)
    by_name = defaultdict(list)
    for span in found:
        by_name[span.name].append(span)
    assert by_name.keys() >= {"poll", "fetch", "parse", "judge", "publish", "deliver"}
    poll = next(s for s in by_name["poll"] if keys(s).get("feeds") == 1)
    [fetch], [parse] = by_name["fetch"], by_name["parse"]
    assert keys(fetch) == {"feed": publisher.url("news.rss")}
    assert keys(parse) == {"feed": publisher.url("news.rss"), "items": 1}
    assert fetch.parent_span_id == parse.parent_span_id == poll.span_id
    assert fetch.trace_id == poll.trace_id
    assert poll.start_time_unix_nano <= fetch.start_time_unix_nano
    assert fetch.end_time_unix_nano <= parse.start_time_unix_nano
    assert keys(poll)["new"] == 1
    assert any(keys(span).get("escalating") == 1 for span in by_name["judge"])
    assert FINE.encode() not in b"".join(span.SerializeToString() for span in found)


def test_an_error_is_noted_by_its_class_alone(publisher: Publisher, config: Path) -> None:
    publisher.misbehave("news.rss", Behaviour(status=500, body=FINE.encode()))
    with receiving(Receiver()) as receiver:
        with running(config, f"tracing.endpoint={receiver.url}/v1/traces") as service:
            service.until(
                lambda: (
                    service.events("job done", job="judge", level="debug")
                    or service.events("feed polled", result="failed")
                )
            )
            service.stop()
        [fetch] = [span for span in spans(receiver) if span.name == "fetch"]
    assert keys(fetch)["error.type"] == "HttpStatusError"
    assert fetch.status.code == fetch.status.STATUS_CODE_ERROR
    assert not fetch.status.message
    assert not fetch.events


def test_a_digest_and_its_delivery_are_traced(publisher: Publisher, config: Path) -> None:
    publisher.publish("news.rss", rss(FINE))
    with receiving(Receiver()) as receiver:
        made = tracing(TracingSettings(endpoint=f"{receiver.url}/v1/traces"))
        with made.span("deliver") as outer:
            outer.note(sent=1)
            with made.span("send", edition="daily", channel="folder", id=3):
                pass
        made.close()
        inner, outer_span = spans(receiver)
    assert keys(inner) == {"edition": "daily", "channel": "folder", "id": 3}
    assert inner.parent_span_id == outer_span.span_id
    assert keys(outer_span) == {"sent": 1}
    del config


def test_a_receiver_that_is_gone_keeps_nobody_from_stopping(
    publisher: Publisher, config: Path
) -> None:
    publisher.publish("news.rss", rss(FINE))
    with running(config, "tracing.endpoint=http://127.0.0.1:1/v1/traces") as service:
        service.until(lambda: service.events("job done", job="judge"))
        assert service.stop() < 10


def test_a_receiver_that_never_answers_is_not_waited_for() -> None:
    with receiving(Receiver(silent=True)) as receiver:
        made = tracing(TracingSettings(endpoint=f"{receiver.url}/v1/traces"))
        with made.span("poll"):
            pass
        began = time.monotonic()
        made.close()
        assert time.monotonic() - began < 4


def test_without_an_endpoint_nothing_of_opentelemetry_is_loaded() -> None:
    program = (
        "import sys; from techwatch.tracing import *\n"
        "with tracing(TracingSettings()).span('poll', feeds=3) as span: span.note(new=1)\n"
        "sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_missing_package_is_told_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("opentelemetry")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'techwatch\[otel\]'"):
        tracing(TracingSettings(endpoint="http://127.0.0.1:4318/v1/traces"))
