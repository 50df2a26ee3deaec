"""Watch: a stream that tells of changes for as long as the server lives."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from tests.integration.health.conftest import COURSES, HealthServer


async def told(stream: Any) -> str:
    async with asyncio.timeout(5):
        response = await stream.read()
    return str(HealthCheckResponse.ServingStatus.Name(response.status))


@pytest.mark.parametrize("service", ["", COURSES])
async def test_every_change(server: HealthServer, service: str) -> None:
    """The present at once, then each change, and a clean end when the server stops."""
    stream = server.stub.Watch(HealthCheckRequest(service=service))

    assert await told(stream) == "NOT_SERVING"
    server.state.set_ready(True)
    assert await told(stream) == "SERVING"
    server.state.start_draining()
    assert await told(stream) == "NOT_SERVING"
    server.state.stop()
    assert await stream.read() is grpc.aio.EOF
    assert await stream.code() is grpc.StatusCode.OK


async def test_a_service_that_is_not_here(server: HealthServer) -> None:
    """SERVICE_UNKNOWN, and the stream stays open, as the protocol demands of Watch."""
    stream = server.stub.Watch(HealthCheckRequest(service="school.v1.Canteen"))

    assert await told(stream) == "SERVICE_UNKNOWN"
    server.state.set_ready(True)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await stream.read()


async def test_a_watcher_that_leaves(server: HealthServer) -> None:
    """The others go on being told."""
    leaving = server.stub.Watch(HealthCheckRequest())
    staying = server.stub.Watch(HealthCheckRequest())
    await told(leaving)
    await told(staying)

    leaving.cancel()
    server.state.set_ready(True)

    assert await told(staying) == "SERVING"


async def test_many_watchers(server: HealthServer) -> None:
    """Fifty streams on one connection are told of the same change."""
    streams = [server.stub.Watch(HealthCheckRequest()) for _ in range(50)]
    await asyncio.gather(*(told(stream) for stream in streams))

    server.state.set_ready(True)

    assert await asyncio.gather(*(told(stream) for stream in streams)) == ["SERVING"] * 50
