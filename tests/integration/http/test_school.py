"""What operators see of a whole school: its metrics, and its health while the database comes and goes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
import httpx
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client.parser import text_string_to_metric_families

from academe.api.course.v1 import course_service_pb2
from academe.api.user.v1 import user_service_pb2
from academe.errors import AcademeError
from tests.support.database_proxy import DatabaseProxy
from tests.support.errors import expect_error
from tests.support.school import School

NOTICED_SECONDS = 2.0
HEALED_SECONDS = 1.0
SLACK_SECONDS = 0.5
"""For a machine that is busy with other tests."""

USER_SERVICE = "academe.api.user.v1.UserService"


class Watched:
    """A school with its HTTP listener, over a database that can be taken away."""

    def __init__(self, school: School, proxy: DatabaseProxy, http: httpx.AsyncClient) -> None:
        self.school = school
        self.proxy = proxy
        self.http = http
        self.stopped = False
        self.health: Any = health_pb2_grpc.HealthStub(school.channel)  # type: ignore[no-untyped-call]

    async def stop(self) -> None:
        """Once; a test may have stopped the server itself."""
        if self.stopped:
            await self.school.channel.close()
        else:
            await self.school.stop()

    async def serving(self, service: str = "") -> bool:
        response = await self.health.Check(health_pb2.HealthCheckRequest(service=service))
        return bool(response.status == health_pb2.HealthCheckResponse.SERVING)

    async def ready(self) -> bool:
        return (await self.http.get("/readyz")).status_code == 200

    async def metrics(self) -> dict[tuple[str, str, str], float]:
        """Samples by name, method and code."""
        text = (await self.http.get("/metrics")).text
        return {
            (
                sample.name,
                sample.labels.get("grpc_method", ""),
                sample.labels.get("grpc_code", ""),
            ): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }


@pytest.fixture
async def watched(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    proxy = DatabaseProxy(database, tmp_path_factory.mktemp("pg"))
    await proxy.start()
    school = School(proxy.dsn, tmp_path_factory.mktemp("school"), http_addr="127.0.0.1:0")
    await school.start()
    async with httpx.AsyncClient(base_url=f"http://{school.app.http_address}") as http:
        watching = Watched(school, proxy, http)
        yield watching
        await watching.stop()
    await proxy.stop()


async def within(seconds: float, wanted: bool, ask: Callable[[], Awaitable[bool]]) -> float:
    """How long it took until the answer was the wanted one; fails when it took longer than it may."""
    started = time.monotonic()
    while await ask() is not wanted:
        assert time.monotonic() - started < seconds + SLACK_SECONDS
        await asyncio.sleep(0.02)
    return time.monotonic() - started


async def test_calls_are_counted_by_method_and_code(watched: Watched) -> None:
    """Those that went well, those that were refused, and how long they took."""
    learner = await watched.school.learner()
    for _ in range(3):
        await learner.users.GetMe(user_service_pb2.GetMeRequest())
    with expect_error(AcademeError):
        await learner.courses.GetCourse(course_service_pb2.GetCourseRequest(course_id="not an id"))
    with expect_error("TOKEN_MISSING"):
        await watched.school.anonymous.users.GetMe(user_service_pb2.GetMeRequest())

    seen = await watched.metrics()
    assert seen["grpc_server_handled_total", "GetMe", "OK"] == 3
    assert seen["grpc_server_handled_total", "GetMe", "UNAUTHENTICATED"] == 1
    assert seen["grpc_server_handled_total", "GetCourse", "INVALID_ARGUMENT"] == 1
    assert seen["grpc_server_handling_seconds_count", "GetMe", ""] == 4
    assert seen["grpc_server_started_total", "GetMe", ""] == 4
    assert seen["grpc_server_in_flight", "GetMe", ""] == 0
    assert seen["academe_database_ready", "", ""] == 1
    assert seen["academe_pool_waiters", "", ""] == 0


@pytest.mark.parametrize("fault", ["cut", "freeze"])
async def test_a_database_that_goes_away_and_returns(watched: Watched, fault: str) -> None:
    """NOT_SERVING and not ready within two seconds, back within one; the process lives throughout."""
    await within(HEALED_SECONDS, True, watched.serving)

    if fault == "cut":
        await watched.proxy.cut()
    else:
        watched.proxy.freeze()
    await within(NOTICED_SECONDS, False, watched.serving)
    during = [await watched.ready(), await watched.serving(USER_SERVICE)]
    gauge = (await watched.metrics())["academe_database_ready", "", ""]
    alive = (await watched.http.get("/healthz")).status_code
    if fault == "cut":
        await watched.proxy.start()
    else:
        watched.proxy.thaw()
    await within(HEALED_SECONDS, True, watched.serving)

    assert during == [False, False]
    assert gauge == 0
    assert alive == 200
    assert await watched.ready()


async def test_a_drain(watched: Watched) -> None:
    """Not ready before anything is refused, and streams of health end instead of holding up the stop."""
    stream = watched.health.Watch(health_pb2.HealthCheckRequest())
    assert (await stream.read()).status == health_pb2.HealthCheckResponse.SERVING
    started = time.monotonic()

    stopping = asyncio.create_task(watched.school.app.stop())
    watched.stopped = True
    draining = await stream.read()
    ended = await stream.code()
    await stopping

    assert draining.status == health_pb2.HealthCheckResponse.NOT_SERVING
    assert ended in (grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE)
    assert time.monotonic() - started < watched.school.settings.drain_seconds + 1


async def test_the_keys_and_the_version(watched: Watched) -> None:
    """Public keys for whoever verifies our tokens, and what runs here."""
    keys = (await watched.http.get("/.well-known/jwks.json")).json()["keys"]

    async def known() -> bool:
        return bool((await watched.http.get("/version")).json()["postgresql"])

    await within(HEALED_SECONDS, True, known)  # the first ping of the database tells it
    version = (await watched.http.get("/version")).json()

    assert all(key["kty"] == "EC" and "d" not in key for key in keys)
    assert version["postgresql"].startswith("18.")
