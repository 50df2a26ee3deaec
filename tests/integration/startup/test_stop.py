"""Asked to stop: while it serves, while it starts, and once more while it waits for calls in flight."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator

import grpc.aio
import httpx
import pytest

from academe.api.course.v1 import course_service_pb2 as course_pb
from tests.integration.startup.conftest import MakeServer
from tests.integration.startup.people import get_me, register, sign_in
from tests.support.errors import expect_error
from tests.support.process import ServerProcess

APART_SECONDS = 0.7
"""Between signals of a person who has lost patience: more than between those that are taken for one."""


async def test_both_signals_stop_it_and_the_data_stays(make_used_server: MakeServer) -> None:
    """SIGTERM from an init, SIGINT from Ctrl-C: exit code 0, no process left, everybody there next time."""
    server = make_used_server()
    people = {"ada": signal.SIGTERM, "blaise": signal.SIGINT}
    for username, request in people.items():
        await server.start()
        async with server.channel() as channel:
            await register(channel, username)
        assert await server.stop(request) == 0
        assert await server.left() == []

    await server.start()
    async with server.channel() as channel:
        for username in people:
            assert (await get_me(await sign_in(channel, username))).username == username
    assert "recovers" not in server.said()
    assert await server.stop() == 0


async def test_while_the_database_is_made(make_server: MakeServer) -> None:
    """SIGTERM in the middle of the first start: nothing half-made is taken for a database at the next."""
    server = make_server()
    await server.start(healthy=False)
    await server.wait_said("Making the database")

    assert await server.stop() == 0

    assert "Traceback" not in server.said()
    assert await server.left() == []
    await server.start()
    assert await server.stop() == 0


@pytest.mark.parametrize(
    ("moment", "wish"), [("listening for HTTP", signal.SIGTERM), ("PostgreSQL is ready", signal.SIGINT)]
)
async def test_while_it_starts(make_used_server: MakeServer, moment: str, wish: signal.Signals) -> None:
    """Before PostgreSQL runs and just after: the start is given up, in order."""
    server = make_used_server()
    await server.start(healthy=False)
    await server.wait_said(moment)

    assert await server.stop(wish) == 0

    assert "Traceback" not in server.said()
    assert await server.left() == []


@pytest.fixture
async def importing(make_used_server: MakeServer) -> AsyncIterator[tuple[ServerProcess, asyncio.Task[None]]]:
    """A server with an import in flight that would never end by itself, and is waited for if it stops."""
    server = make_used_server(ACADEME_DRAIN_SECONDS="600")
    await server.start()
    async with server.channel() as channel:
        begun = asyncio.Event()
        importing = asyncio.create_task(_import_for_ever(channel, begun))
        await begun.wait()
        await server.wait_measured(r"grpc_server_started_total\{.*ImportCourse.*\} 1\.0")
        yield server, importing
        importing.cancel()
        await asyncio.wait((importing,))


async def test_a_second_signal_ends_the_calls_in_flight(
    importing: tuple[ServerProcess, asyncio.Task[None]],
) -> None:
    """Ten minutes were allowed; the operator decides otherwise, and the client hears why."""
    server, call = importing
    assert server.process is not None
    server.process.send_signal(signal.SIGTERM)
    await server.wait_said("stopping; calls in flight may finish")
    await asyncio.sleep(APART_SECONDS)
    assert not call.done()

    code = await server.stop()
    with expect_error("SHUTTING_DOWN"):
        await asyncio.wait_for(call, 60)

    assert code == 0
    assert "Traceback" not in server.said()
    assert await server.left() == []


async def test_one_request_that_arrives_twice(importing: tuple[ServerProcess, asyncio.Task[None]]) -> None:
    """A signal to the process group reaches the server from the terminal and from make: still one wish."""
    server, call = importing
    assert server.process is not None
    # Both are there when it goes on, however busy the machine is; two of a kind would become one on the way.
    for each in (signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGCONT):
        server.process.send_signal(each)
    await server.wait_said("stopping; calls in flight may finish")
    await asyncio.sleep(APART_SECONDS)

    assert not call.done()
    async with httpx.AsyncClient() as client:
        ready = await client.get(f"http://{server.http_address}/readyz")
    assert (ready.status_code, ready.text) == (503, "draining\n")
    assert await server.stop() == 0


async def _import_for_ever(channel: grpc.aio.Channel, begun: asyncio.Event) -> None:
    educator = await register(channel, "edda", educator=True)

    async def parts() -> AsyncIterator[course_pb.ImportCourseRequest]:
        yield course_pb.ImportCourseRequest(header=course_pb.ImportCourseHeader())
        begun.set()
        await asyncio.Event().wait()

    await educator.courses.ImportCourse(parts())
