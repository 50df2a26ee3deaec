"""Stopping without failing anybody who could still be served."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from academe.api.user.v1 import user_service_pb2 as user_pb
from tests.support.errors import expect_error
from tests.support.school import School

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


async def test_calls_in_flight_finish_and_health_goes_first(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NOT_SERVING while everything is still served, then twenty slow calls all end well, then nothing."""
    school = School(database, tmp_path / "data", drain_delay_ms=400, drain_seconds=5)
    await school.start()
    learner = await school.learner()
    release, begun = asyncio.Event(), asyncio.Semaphore(0)
    get_user = school.app.slices.users.get_user

    async def slow(*args: Any) -> Any:
        begun.release()
        await release.wait()
        return await get_user(*args)

    monkeypatch.setattr(school.app.slices.users, "get_user", slow)
    health: Any = health_pb2_grpc.HealthStub(school.channel)
    assert (await health.Check(health_pb2.HealthCheckRequest())).status == SERVING
    calls = [asyncio.create_task(_get_me(learner)) for _ in range(20)]
    for _ in range(20):
        await begun.acquire()

    stopping = asyncio.create_task(school.app.stop())
    await asyncio.sleep(0.05)
    assert (await health.Check(health_pb2.HealthCheckRequest())).status == NOT_SERVING
    late = asyncio.create_task(_get_me(learner))
    await begun.acquire()  # still served: load balancers have not noticed yet
    await asyncio.sleep(0.6)
    release.set()

    assert await asyncio.gather(*calls, late) == [learner.user_id] * 21
    await stopping
    with pytest.raises(grpc.aio.AioRpcError):
        await asyncio.wait_for(_get_me(learner), 5)
    await school.channel.close()


async def test_a_stop_that_is_hurried(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the load balancer nor the calls in flight are waited for any more; those hear that we stop."""
    school = School(database, tmp_path / "data", drain_delay_ms=600_000, drain_seconds=600)
    await school.start()
    learner = await school.learner()
    begun = asyncio.Semaphore(0)

    async def endless(*args: Any) -> Any:
        begun.release()
        await asyncio.Event().wait()

    monkeypatch.setattr(school.app.slices.users, "get_user", endless)
    calls = [asyncio.create_task(_get_me(learner)) for _ in range(20)]
    for _ in range(20):
        await begun.acquire()
    hurry = asyncio.Event()
    stopping = asyncio.create_task(school.app.stop(hurry))
    await asyncio.sleep(0.1)
    assert not any(task.done() for task in (stopping, *calls))

    async with asyncio.timeout(5):
        hurry.set()
        for call in calls:
            with expect_error("SHUTTING_DOWN"):
                await call
        await stopping
    await school.channel.close()


async def test_open_streams_end_at_once(database: str, tmp_path: Path) -> None:
    """Watchers of health and progress do not hold up a stop."""
    school = School(database, tmp_path / "data", drain_seconds=30)
    await school.start()
    health: Any = health_pb2_grpc.HealthStub(school.channel)
    seen: list[int] = []

    first = asyncio.Event()

    async def watch() -> None:
        async for change in health.Watch(health_pb2.HealthCheckRequest()):
            seen.append(change.status)
            first.set()

    watching = asyncio.create_task(watch())
    await first.wait()

    async with asyncio.timeout(5):
        await school.app.stop()
        await asyncio.gather(watching, return_exceptions=True)

    assert seen == [SERVING, NOT_SERVING]
    await school.channel.close()


async def _get_me(person: Any) -> str:
    found: str = (await person.users.GetMe(user_pb.GetMeRequest(), timeout=10)).user_id
    return found
