"""The state of health, and those who watch it."""

from __future__ import annotations

import asyncio

import pytest

from academe.services.health import HealthState, Serving

COURSES = "academe.api.course.v1.CourseService"


@pytest.fixture
def state() -> HealthState:
    return HealthState([COURSES])


def test_not_serving_until_it_is_told_to(state: HealthState) -> None:
    """The port opens before the database has recovered."""
    assert state.statuses() == {"": Serving.NOT_SERVING, COURSES: Serving.NOT_SERVING}

    state.set_ready(True)

    assert state.statuses() == {"": Serving.SERVING, COURSES: Serving.SERVING}


def test_a_database_that_comes_back_during_a_drain(state: HealthState) -> None:
    """Once draining, never serving again: load balancers must not return."""
    state.set_ready(True)
    state.start_draining()
    state.set_ready(False)
    state.set_ready(True)

    assert state.status_of("") is Serving.NOT_SERVING


def test_a_service_of_another_server(state: HealthState) -> None:
    """Unknown, whatever the state."""
    assert state.status_of("school.v1.Canteen") is Serving.SERVICE_UNKNOWN


async def test_a_watcher_is_told_the_present_and_every_change(state: HealthState) -> None:
    """First the status as it is, then each change, once."""
    told: asyncio.Queue[Serving] = asyncio.Queue()

    async def watch() -> None:
        async for status in state.watch(COURSES):
            told.put_nowait(status)

    watching = asyncio.create_task(watch())
    assert await told.get() is Serving.NOT_SERVING
    state.set_ready(True)
    assert await told.get() is Serving.SERVING
    state.set_ready(True)
    state.start_draining()
    assert await told.get() is Serving.NOT_SERVING
    state.start_draining()
    state.stop()
    await watching

    assert told.empty()


async def test_a_slow_watcher_misses_what_was_undone(state: HealthState) -> None:
    """It gets the last state, not the history."""
    changes = state.watch("")
    assert await anext(changes) is Serving.NOT_SERVING

    for ready in (True, False, True):
        state.set_ready(ready)

    assert await anext(changes) is Serving.SERVING
    state.stop()
    assert [status async for status in changes] == []


async def test_watching_after_the_stop(state: HealthState) -> None:
    """The status once, and the end: no stream stays open."""
    state.stop()

    assert [status async for status in state.watch("")] == [Serving.NOT_SERVING]


async def test_a_thousand_watchers(state: HealthState) -> None:
    """Each is told, and each ends."""

    async def watch() -> list[Serving]:
        return [status async for status in state.watch("")]

    watching = [asyncio.create_task(watch()) for _ in range(1000)]
    await asyncio.sleep(0)
    state.set_ready(True)
    await asyncio.sleep(0)
    state.stop()

    assert await asyncio.gather(*watching) == [[Serving.NOT_SERVING, Serving.SERVING]] * 1000
