"""A span around each call, made with the OpenTelemetry SDK; imported only when tracing is on.

A span holds the method, how the call ended and its request id. Parameters, metadata and the text of
exceptions are never captured: they hold what people wrote, and secrets.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

import grpc
from opentelemetry import trace
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from academe.rpc.call import Call
from academe.rpc.contract import Method
from academe.rpc.pipeline import Handler
from academe.rpc.status import STATUS_CODES
from academe.telemetry.tracing import SHUTDOWN_SECONDS

_SERVER_FAULTS = frozenset(
    {"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"}
)
"""Codes that the semantic conventions call an error of the server; the others are the caller's affair."""

_PROPAGATOR = TraceContextTextMapPropagator()
_TRACE_HEADERS = ("traceparent", "tracestate")


def make_provider(exporter: str, version: str, sampled: float | None) -> TracerProvider:
    """`sampled` is the share of calls to trace; None leaves it to the SDK and OTEL_TRACES_SAMPLER."""
    named = Resource({SERVICE_NAME: "academe", SERVICE_VERSION: version}).merge(
        OTELResourceDetector().detect()
    )
    provider = TracerProvider(
        sampler=ParentBasedTraceIdRatio(sampled) if sampled is not None else None,
        resource=named,
        shutdown_on_exit=False,  # CallTracer.shutdown does it, within its time
    )
    provider.add_span_processor(BatchSpanProcessor(_span_exporter(exporter)))
    return provider


def _span_exporter(exporter: str) -> SpanExporter:
    if exporter == "console":
        return ConsoleSpanExporter(out=sys.stdout)
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()


class CallTracer:
    """Continues the client's trace (W3C traceparent) or begins one."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("academe")

    def bind(self, method: Method, following: Handler) -> Handler:
        # Health checks and reflection would be most of the traces, and say nothing.
        if method.service.startswith("grpc."):
            return following
        start, name = self._tracer.start_span, method.path[1:]
        attributes = {"rpc.system": "grpc", "rpc.service": method.service, "rpc.method": method.name}

        async def traced(request: Any, call: Call) -> Any:
            span = start(name, _parent(call), SpanKind.SERVER, attributes)
            if not span.is_recording():
                return await following(request, call)
            with trace.use_span(
                span, end_on_exit=True, record_exception=False, set_status_on_exception=False
            ):
                try:
                    return await following(request, call)
                finally:
                    _describe(span, call)

        return traced

    def shutdown(self) -> None:
        """Exports what is left, in a thread, because a collector that is away holds it for ten seconds."""
        last_export = threading.Thread(target=self._provider.shutdown, name="last trace export", daemon=True)
        last_export.start()
        last_export.join(SHUTDOWN_SECONDS)


def _parent(call: Call) -> Any:
    carrier = {key: value for key, value in call.metadata if key in _TRACE_HEADERS and isinstance(value, str)}
    return _PROPAGATOR.extract(carrier) if carrier else None


def _describe(span: Any, call: Call) -> None:
    code = STATUS_CODES.get(call.code, grpc.StatusCode.UNKNOWN)
    span.set_attribute("rpc.grpc.status_code", code.value[0])
    span.set_attribute("academe.request_id", call.request_id)
    if call.reason:
        span.set_attribute("academe.reason", call.reason)
    if call.code in _SERVER_FAULTS:
        span.set_status(Status(StatusCode.ERROR))
