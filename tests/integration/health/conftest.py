from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import pytest
import structlog
from grpc_health.v1 import health_pb2, health_pb2_grpc

from academe.services.health import HealthHandler, HealthState
from tests.support.pipeline_server import serving

COURSES = "academe.api.course.v1.CourseService"


class HealthServer:
    """A server with nothing but health, its state, and a way to ask it."""

    def __init__(self, channel: grpc.aio.Channel, state: HealthState) -> None:
        self.channel = channel
        self.state = state
        self.stub: Any = health_pb2_grpc.HealthStub(channel)  # type: ignore[no-untyped-call]


@pytest.fixture
async def server() -> AsyncIterator[HealthServer]:
    state = HealthState([COURSES])
    service = (
        health_pb2.DESCRIPTOR.services_by_name["Health"],
        health_pb2_grpc.add_HealthServicer_to_server,
        HealthHandler(state),
    )
    async with serving([service], structlog.wrap_logger(None, processors=[drop])) as channel:
        yield HealthServer(channel, state)
        state.stop()


def drop(logger: Any, method: str, event: Any) -> Any:
    raise structlog.DropEvent
