"""Check and List: what load balancers and people ask."""

from __future__ import annotations

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse, HealthListRequest

from tests.integration.health.conftest import COURSES, HealthServer


@pytest.mark.parametrize("service", ["", COURSES])
async def test_serving_and_not(server: HealthServer, service: str) -> None:
    """The whole and each service follow the database, and a drain."""
    request = HealthCheckRequest(service=service)
    statuses = [(await server.stub.Check(request)).status]
    server.state.set_ready(True)
    statuses.append((await server.stub.Check(request)).status)
    server.state.set_ready(False)
    statuses.append((await server.stub.Check(request)).status)
    server.state.set_ready(True)
    server.state.start_draining()
    statuses.append((await server.stub.Check(request)).status)

    names = [HealthCheckResponse.ServingStatus.Name(status) for status in statuses]
    assert names == ["NOT_SERVING", "SERVING", "NOT_SERVING", "NOT_SERVING"]


@pytest.mark.parametrize("service", ["school.v1.Canteen", "grpc", "x" * 1000])
async def test_a_service_that_is_not_here(server: HealthServer, service: str) -> None:
    """NOT_FOUND, as the protocol demands of Check."""
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await server.stub.Check(HealthCheckRequest(service=service))

    assert refused.value.code() is grpc.StatusCode.NOT_FOUND


async def test_no_token_is_asked_for(server: HealthServer) -> None:
    """A probe has none, and a bad one does not matter."""
    bad = (("authorization", "Bearer nonsense"),)

    await server.stub.Check(HealthCheckRequest(), metadata=bad)
    await server.stub.List(HealthListRequest(), metadata=bad)


async def test_the_list_of_all(server: HealthServer) -> None:
    """Every service and the whole, each with its status."""
    server.state.set_ready(True)

    listed = await server.stub.List(HealthListRequest())

    assert {name: response.status for name, response in listed.statuses.items()} == {
        "": HealthCheckResponse.SERVING,
        COURSES: HealthCheckResponse.SERVING,
    }
