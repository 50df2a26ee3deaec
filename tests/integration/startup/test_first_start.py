"""From an empty directory to an administrator with a password, and every start after that."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from academe.api.auth.v1 import auth_service_pb2 as auth_pb
from tests.integration.startup.conftest import MakeServer
from tests.integration.startup.people import get_me, register, sign_in, sign_in_once
from tests.support.errors import expect_error
from tests.support.process import ServerProcess
from tests.support.school import PASSWORD

CODE = re.compile(r"^First administrator: .*\bone_time_code (\S+)$", re.MULTILINE)

SECOND_START_SECONDS = 10.0
"""For the promise of three seconds on a machine with nothing else to do; here others run their tests."""


def greeting(server: ServerProcess) -> str:
    """What the operator reads after the last start."""
    return server.said()[server.said().index("Academe serves gRPC on") :]


async def test_from_nothing_to_an_administrator(make_server: MakeServer) -> None:
    """One code for one sign-in, a password, and no code any more."""
    server = make_server()
    await server.start()
    told = greeting(server)
    assert f"Academe serves gRPC on {server.address}\n" in told
    assert f"http://{server.http_address}\n" in told
    assert told.count(f"Try next: make demo ACADEME_TARGET={server.address}\n") == 1
    (code,) = CODE.findall(told)

    async with server.channel() as channel:
        administrator = await sign_in_once(channel, code)
        assert administrator.tokens.password_required
        assert (await get_me(administrator)).username == "administrator"
        with expect_error("CREDENTIALS_INVALID"):
            await sign_in_once(channel, code)
        await administrator.auth.SetPassword(auth_pb.SetPasswordRequest(new_password=PASSWORD))
        again = await sign_in(channel, "administrator")
        assert again.user_id == administrator.user_id
        assert not again.tokens.password_required
    assert await server.stop() == 0
    await server.start()

    assert CODE.findall(greeting(server)) == []
    async with server.channel() as channel:
        assert (await sign_in(channel, "administrator")).user_id == administrator.user_id
    assert await server.stop() == 0


async def test_nobody_used_the_code(make_used_server: MakeServer) -> None:
    """Lost with the terminal's lines: the next start prints another, and the old one is worth nothing."""
    server = make_used_server()
    await server.start()
    (first,) = CODE.findall(greeting(server))
    await server.kill()
    await server.start()
    (second,) = CODE.findall(greeting(server))

    assert first != second
    async with server.channel() as channel:
        with expect_error("CREDENTIALS_INVALID"):
            await sign_in_once(channel, first)
        assert (await get_me(await sign_in_once(channel, second))).username == "administrator"
    assert await server.stop() == 0


async def test_the_second_start_is_quick(
    make_used_server: MakeServer, record_property: Callable[[str, object], None]
) -> None:
    """From the command to the first healthy Check, with a database that was stopped in order."""
    server = make_used_server()
    started = time.monotonic()

    await server.start()

    seconds = time.monotonic() - started
    record_property("second_start_seconds", round(seconds, 2))
    processor = [process.cpu_times() for process in server.processes()]
    record_property(
        "second_start_processor_seconds", round(sum(times.user + times.system for times in processor), 2)
    )
    print(f"second start: {seconds:.2f} s")  # noqa: T201  # shown with -s and with a failure
    assert await server.stop() == 0
    assert seconds < SECOND_START_SECONDS


async def test_a_database_of_somebody_else(make_server: MakeServer, dsn: str) -> None:
    """ACADEME_DATABASE_URL: no PostgreSQL of its own, all data there, the secret here."""
    server = make_server(ACADEME_DATABASE_URL=dsn)
    await server.start()

    async with server.channel() as channel:
        assert (await get_me(await register(channel, "ada"))).username == "ada"
    assert len(server.processes()) == 1
    assert [path.name for path in server.data_dir.iterdir()] == ["secret.key"]
    assert await server.stop() == 0
