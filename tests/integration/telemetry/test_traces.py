"""Traces on their way: from a client's call through the server to a collector, over OTLP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import pytest
import structlog
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from academe.api.user.v1 import user_service_pb2 as pb
from academe.api.user.v1 import user_service_pb2_grpc
from academe.telemetry import tracer_from_environment
from tests.support.pipeline_server import serving

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
PASSWORD = "kvk7-pa55w0rd"


class Collector(trace_service_pb2_grpc.TraceServiceServicer):  # type: ignore[misc]
    """Keeps what is exported to it."""

    def __init__(self) -> None:
        self.exports: list[Any] = []

    async def Export(self, request: Any, context: Any) -> Any:
        self.exports.append(request)
        return trace_service_pb2.ExportTraceServiceResponse()


class Users(user_service_pb2_grpc.UserServiceServicer):  # type: ignore[misc]
    async def RegisterUser(self, request: Any, context: Any) -> Any:
        return pb.User(username=request.username)


@pytest.fixture
async def collector(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Collector]:
    """A collector that the standard variables point to."""
    receiving = Collector()
    server = grpc.aio.server()
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(receiving, server)  # type: ignore[no-untyped-call]
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "school-of-testing")
    yield receiving
    await server.stop(0)


def services() -> tuple[Any, ...]:
    return (
        (
            pb.DESCRIPTOR.services_by_name["UserService"],
            user_service_pb2_grpc.add_UserServiceServicer_to_server,
            Users(),
        ),
    )


async def test_a_traced_call_reaches_the_collector(collector: Collector) -> None:
    """The client's trace goes on, what is left is exported at the stop, and no parameter is in it."""
    tracer = tracer_from_environment("1.2.3")
    log = structlog.wrap_logger(None, processors=[drop])
    async with serving(services(), log, tracer=tracer) as channel:
        users: Any = user_service_pb2_grpc.UserServiceStub(channel)  # type: ignore[no-untyped-call]
        await users.RegisterUser(
            pb.RegisterUserRequest(username="mia", email="mia@example.org", password=PASSWORD),
            metadata=(("traceparent", f"00-{TRACE_ID}-b7ad6b7169203331-01"), ("x-request-id", "r1")),
        )
    await asyncio.to_thread(tracer.shutdown)

    (export,) = collector.exports
    (resource_spans,) = export.resource_spans
    resource = {item.key: item.value.string_value for item in resource_spans.resource.attributes}
    assert resource["service.name"] == "school-of-testing"
    assert resource["service.version"] == "1.2.3"
    (span,) = resource_spans.scope_spans[0].spans
    assert span.name == "academe.api.user.v1.UserService/RegisterUser"
    assert span.trace_id.hex() == TRACE_ID
    assert {item.key for item in span.attributes} == {
        "rpc.system",
        "rpc.service",
        "rpc.method",
        "rpc.grpc.status_code",
        "academe.request_id",
    }
    assert PASSWORD not in str(export)


async def test_most_calls_that_begin_here_are_not_traced(collector: Collector) -> None:
    """One in a hundred, unless OTEL_TRACES_SAMPLER says otherwise: of 60 calls, hardly one."""
    tracer = tracer_from_environment("1.2.3")
    log = structlog.wrap_logger(None, processors=[drop])
    async with serving(services(), log, tracer=tracer) as channel:
        users: Any = user_service_pb2_grpc.UserServiceStub(channel)  # type: ignore[no-untyped-call]
        request = pb.RegisterUserRequest(username="mia", email="mia@example.org", password=PASSWORD)
        for _ in range(60):
            await users.RegisterUser(request)
    await asyncio.to_thread(tracer.shutdown)

    spans = [span for export in collector.exports for span in export.resource_spans[0].scope_spans[0].spans]
    assert len(spans) < 12


async def test_every_call_when_the_sampler_says_so(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The standard variable is obeyed."""
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_on")
    tracer = tracer_from_environment("1.2.3")
    log = structlog.wrap_logger(None, processors=[drop])
    async with serving(services(), log, tracer=tracer) as channel:
        users: Any = user_service_pb2_grpc.UserServiceStub(channel)  # type: ignore[no-untyped-call]
        request = pb.RegisterUserRequest(username="mia", email="mia@example.org", password=PASSWORD)
        for _ in range(5):
            await users.RegisterUser(request)
    await asyncio.to_thread(tracer.shutdown)

    assert sum(len(export.resource_spans[0].scope_spans[0].spans) for export in collector.exports) == 5


def drop(logger: Any, method: str, event: Any) -> Any:
    raise structlog.DropEvent
