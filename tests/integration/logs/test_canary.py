"""Secrets go through the whole pipeline, in every way that ends in a log line, and none is ever written.

Each secret is a canary: a string that cannot occur by chance. The log is written at debug level, with all
that the libraries say.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import grpc.aio
import pytest

from academe.api.auth.v1 import auth_service_pb2 as pb
from academe.api.auth.v1 import auth_service_pb2_grpc
from academe.api.user.v1 import user_service_pb2, user_service_pb2_grpc
from academe.errors import NotFound
from academe.logs import LogStream, configure_logging, safe_fields
from tests.support.logs import Written
from tests.support.pipeline_server import serving
from tests.support.postgres import TestPostgres

PASSWORD = "kvk7-pa55w0rd with spaces"
TOKEN = "kvk7.t0ken.signature"
REFRESH = "kvk7-r3fr3sh_~value"
CODE = "kvk7-c0de-1234567890"
CANARY = "kvk7"


class LeakyAuth(auth_service_pb2_grpc.AuthServiceServicer):  # type: ignore[misc]
    """Fails in the ways that put a request into a log, chosen by the login."""

    def __init__(self, log: Any, dsn: str) -> None:
        self._log = log
        self._dsn = dsn

    async def Authenticate(self, request: Any, context: Any) -> Any:
        password = request.password.password or request.one_time_code.code
        self._log.debug("signing in", request=request, password=password, fields=safe_fields(request))
        self._log.warning("nested", data={"credential": {"password": password}}, request=[request])
        match request.password.login:
            case "message-in-error":
                raise RuntimeError(request)
            case "repr-in-error":
                raise ValueError(f"cannot handle {request!r}")
            case "value-in-error":
                raise KeyError(password)
            case "value-in-cause":
                try:
                    raise LookupError(password)
                except LookupError as error:
                    raise RuntimeError("no such account") from error
            case "group":
                raise ExceptionGroup("several", [ValueError(password), KeyError(request)])
            case "library":
                logging.getLogger("lib").error("cannot check %s", request, exc_info=ValueError(password))
            case "database":
                await self._insert(password)
            case "refused":
                raise NotFound(login=request.password.login)
            case "task":
                asyncio.get_running_loop().call_exception_handler(
                    {"message": "a task failed", "exception": RuntimeError(request)}
                )
        return pb.TokenPair(access_token=TOKEN, refresh_token=REFRESH)

    async def RefreshToken(self, request: Any, context: Any) -> Any:
        raise RuntimeError(f"refresh of {request.refresh_token} failed for {context.invocation_metadata()}")

    async def _insert(self, password: str) -> None:
        connection = await asyncpg.connect(self._dsn)
        try:
            await connection.execute("create temporary table sign_in (password text, at int not null)")
            await connection.execute("insert into sign_in values ($1, null)", password)
        finally:
            await connection.close()


class LeakyUsers(user_service_pb2_grpc.UserServiceServicer):  # type: ignore[misc]
    """Registers nobody: a bug in the middle of it, with the request at hand."""

    async def RegisterUser(self, request: Any, context: Any) -> Any:
        chosen = request.password
        raise AssertionError(f"bug with {chosen!r} in {request}")


@asynccontextmanager
async def school(format_: str, written: Written, dsn: str) -> AsyncIterator[grpc.aio.Channel]:
    """A server that logs all it can; everything is written when it has stopped."""
    stream = LogStream(written)
    log = configure_logging(format_, "debug", stream=stream)
    services = (
        (
            pb.DESCRIPTOR.services_by_name["AuthService"],
            auth_service_pb2_grpc.add_AuthServiceServicer_to_server,
            LeakyAuth(log, dsn),
        ),
        (
            user_service_pb2.DESCRIPTOR.services_by_name["UserService"],
            user_service_pb2_grpc.add_UserServiceServicer_to_server,
            LeakyUsers(),
        ),
    )
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    try:
        async with serving(services, log) as channel:
            yield channel
    finally:
        loop.set_debug(False)
        stream.flush()


async def outcome(call: Any) -> str:
    """The code that a call ended with."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return str(error.code().name)
    return "OK"


LOGINS = {
    "fine": "OK",
    "message-in-error": "INTERNAL",
    "repr-in-error": "INTERNAL",
    "value-in-error": "INTERNAL",
    "value-in-cause": "INTERNAL",
    "group": "INTERNAL",
    "library": "OK",
    "database": "INTERNAL",
    "refused": "NOT_FOUND",
    "task": "OK",
}


def calls_with_secrets(channel: grpc.aio.Channel) -> list[tuple[str, Any]]:
    """Calls of every kind, each with the code it ends with."""
    auth: Any = auth_service_pb2_grpc.AuthServiceStub(channel)  # type: ignore[no-untyped-call]
    users: Any = user_service_pb2_grpc.UserServiceStub(channel)  # type: ignore[no-untyped-call]
    signed = (("authorization", f"Bearer {TOKEN}"), ("x-request-id", "r1"))

    def authenticate(login: str, password: str) -> Any:
        credential = pb.PasswordCredential(login=login, password=password)
        return auth.Authenticate(pb.AuthenticateRequest(password=credential), metadata=signed)

    def register(email: str, password: str) -> Any:
        return users.RegisterUser(
            user_service_pb2.RegisterUserRequest(username="mia", email=email, password=password)
        )

    code = pb.AuthenticateRequest(one_time_code=pb.OneTimeCodeCredential(code=CODE))
    change = pb.SetPasswordRequest(current_password=PASSWORD, new_password=PASSWORD)
    return [
        *((code, authenticate(login, PASSWORD)) for login, code in LOGINS.items()),
        ("OK", auth.Authenticate(code, metadata=signed)),
        ("INTERNAL", auth.RefreshToken(pb.RefreshTokenRequest(refresh_token=REFRESH), metadata=signed)),
        ("UNAUTHENTICATED", auth.SetPassword(change, metadata=signed)),
        ("INTERNAL", register("mia@example.org", PASSWORD)),
        # against the rules of the contract, whose violations must not quote what they refuse
        ("INVALID_ARGUMENT", authenticate("", PASSWORD * 20)),
        ("INVALID_ARGUMENT", auth.RefreshToken(pb.RefreshTokenRequest(refresh_token=REFRESH * 100))),
        ("INVALID_ARGUMENT", register("x", CODE)),
    ]


@pytest.mark.parametrize("format_", ["json", "console"])
async def test_no_secret_is_ever_written(format_: str, written: Written, postgres: TestPostgres) -> None:
    """Passwords, codes and tokens, in calls that succeed, are refused, or fail in every way known to us."""
    async with school(format_, written, await postgres.create_database()) as channel:
        calls = calls_with_secrets(channel)
        ended = [await outcome(call) for _, call in calls]

    assert ended == [expected for expected, _ in calls]
    text = written.getvalue()
    assert [line for line in text.splitlines() if CANARY in line] == []
    assert text.count("duration_ms") == len(calls)
    assert "Traceback" in text
    assert "[redacted]" in text
