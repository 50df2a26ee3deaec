"""What switches tracing on, and what a span holds."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import StatusCode

from academe.rpc.call import Call
from academe.rpc.contract import Method
from academe.startup import StartupError
from academe.telemetry import Metrics, Telemetry, tracer_from_environment
from academe.telemetry.spans import CallTracer
from academe.telemetry.tracing import SHUTDOWN_SECONDS, Untraced
from tests.support.calls import make_call, method

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"OTEL_SERVICE_NAME": "academe"},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4317"},
        {"OTEL_SDK_DISABLED": "TRUE", "OTEL_TRACES_EXPORTER": "otlp"},
        {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://collector:4317"},
    ],
)
def test_off(variables: dict[str, str]) -> None:
    """Nothing asks for traces, or something says no."""
    assert isinstance(tracer_from_environment("1", variables), Untraced)


@pytest.mark.parametrize(
    "variables",
    [
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4317"},
        {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4317"},
        {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "false"},
        {"OTEL_TRACES_EXPORTER": "console"},
    ],
)
def test_on(variables: dict[str, str]) -> None:
    """An endpoint or an exporter is named."""
    tracer = tracer_from_environment("1", variables)

    assert isinstance(tracer, CallTracer)
    tracer.shutdown()


@pytest.mark.parametrize(
    "variables",
    [
        {"OTEL_TRACES_EXPORTER": "zipkin"},
        {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"},
    ],
)
def test_something_that_is_not_here(variables: dict[str, str]) -> None:
    """The start ends with a sentence that names the variable and what to set it to."""
    with pytest.raises(StartupError, match=r"^OTEL_\w+ is '\S+'; set it to .*\.$"):
        tracer_from_environment("1", variables)


def test_off_means_not_even_imported() -> None:
    """OpenTelemetry's SDK is 20 MB and 0.3 s that nobody pays for."""
    program = (
        "import sys; from academe.telemetry import tracer_from_environment as t; t('1', {});"
        "sys.exit(any(name.startswith('opentelemetry.sdk') for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


class Spans:
    """A tracer whose spans stay here."""

    def __init__(self, **options: Any) -> None:
        self._exporter = InMemorySpanExporter()
        provider = TracerProvider(shutdown_on_exit=False, **options)
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.tracer = CallTracer(provider)

    def finished(self) -> tuple[ReadableSpan, ...]:
        return self._exporter.get_finished_spans()


async def handle(request: Any, call: Call) -> Any:
    call.request_id = "r1"
    return request


async def test_a_span_of_a_call() -> None:
    """Its name is the method; it says how the call ended, and nothing of what was in it."""
    spans = Spans()

    await Telemetry(Metrics(), spans.tracer).bind(method(), handle)("parameters", make_call())

    (span,) = spans.finished()
    assert span.name == "academe.api.course.v1.CourseService/GetCourse"
    assert dict(span.attributes or {}) == {
        "rpc.system": "grpc",
        "rpc.service": "academe.api.course.v1.CourseService",
        "rpc.method": "GetCourse",
        "rpc.grpc.status_code": 0,
        "academe.request_id": "r1",
    }
    assert span.parent is None
    assert span.status.status_code is StatusCode.UNSET


async def test_the_client_s_trace_goes_on() -> None:
    """W3C traceparent in the metadata makes the span a child of the client's."""
    spans = Spans()

    await spans.tracer.bind(method(), handle)(None, make_call(traceparent=TRACEPARENT))

    (span,) = spans.finished()
    assert span.parent is not None
    assert f"{span.parent.trace_id:032x}" in TRACEPARENT
    assert f"{span.parent.span_id:016x}" in TRACEPARENT


@pytest.mark.parametrize("header", ["", "00-zz", "x" * 10_000, TRACEPARENT[:-3]])
async def test_a_traceparent_that_is_none(header: str) -> None:
    """A trace begins here instead."""
    spans = Spans()

    await spans.tracer.bind(method(), handle)(None, make_call(traceparent=header))

    assert spans.finished()[0].parent is None


@pytest.mark.parametrize(
    ("code", "number", "status"),
    [
        ("NOT_FOUND", 5, StatusCode.UNSET),
        ("INTERNAL", 13, StatusCode.ERROR),
        ("CANCELLED", 1, StatusCode.UNSET),
    ],
)
async def test_a_call_that_fails(code: str, number: int, status: StatusCode) -> None:
    """A refusal is the caller's affair, a fault is an error; the exception's text stays out of it."""
    spans = Spans()

    async def fail(request: Any, call: Call) -> None:
        call.code, call.reason = code, "SOME_REASON"
        raise asyncio.CancelledError if code == "CANCELLED" else RuntimeError("secret text")

    with pytest.raises((RuntimeError, asyncio.CancelledError)):
        await spans.tracer.bind(method(), fail)(None, make_call())

    (span,) = spans.finished()
    assert span.attributes is not None
    assert span.attributes["rpc.grpc.status_code"] == number
    assert span.attributes["academe.reason"] == "SOME_REASON"
    assert span.status.status_code is status
    assert span.events == ()
    assert "secret text" not in span.to_json()


async def test_a_call_that_is_not_sampled() -> None:
    """It is served all the same."""
    spans = Spans(sampler=ALWAYS_OFF)

    assert await spans.tracer.bind(method(), handle)("reply", make_call()) == "reply"
    assert spans.finished() == ()


@pytest.mark.parametrize("service", ["grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"])
def test_what_is_not_traced(service: str) -> None:
    """Health checks and reflection come back without a span around them."""
    plain = method()
    other = Method(
        path=f"/{service}/Check",
        service=service,
        name="Check",
        request_class=plain.request_class,
        client_streaming=False,
        server_streaming=False,
        public=True,
        roles=frozenset(),
        max_authentication_age_seconds=None,
        raises=frozenset(),
    )

    assert Spans().tracer.bind(other, handle) is handle


async def test_a_collector_that_is_away_does_not_hold_up_the_stop() -> None:
    """What could not be exported is lost; the server stops in time."""
    tracer = tracer_from_environment(
        "1", {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_TRACES_SAMPLER": "always_on"}
    )
    await tracer.bind(method(), handle)(None, make_call())
    started = time.monotonic()

    tracer.shutdown()

    assert time.monotonic() - started < SHUTDOWN_SECONDS + 1
