"""grpc.health.v1.Health over the state; the protocol's rules for unknown services differ by method."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from grpc_health.v1 import health_pb2, health_pb2_grpc

from academe.errors import NotFound
from academe.services.health.model import HealthState, Serving


class HealthHandler(health_pb2_grpc.HealthServicer):  # type: ignore[misc]  # generated without types
    def __init__(self, state: HealthState) -> None:
        self._state = state

    async def Check(self, request: Any, context: Any) -> Any:
        status = self._state.status_of(request.service)
        if status is Serving.SERVICE_UNKNOWN:
            raise NotFound("This server has no such service; List names those it has.")
        return _response(status)

    async def List(self, request: Any, context: Any) -> Any:
        statuses = self._state.statuses()
        return health_pb2.HealthListResponse(
            statuses={service: _response(status) for service, status in statuses.items()}
        )

    async def Watch(self, request: Any, context: Any) -> AsyncIterator[Any]:
        async with aclosing(self._state.watch(request.service)) as changes:
            async for status in changes:
                yield _response(status)


def _response(status: Serving) -> Any:
    return health_pb2.HealthCheckResponse(
        status=health_pb2.HealthCheckResponse.ServingStatus.Value(status.value)
    )
