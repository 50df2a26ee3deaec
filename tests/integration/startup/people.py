"""Who meets a server that is a process: the operator at its terminal, and people over gRPC."""

from __future__ import annotations

import grpc.aio

from academe.api.auth.v1 import auth_service_pb2 as auth_pb
from academe.api.user.v1 import user_service_pb2 as user_pb
from tests.support.process import Ended, ServerProcess
from tests.support.school import PASSWORD, Person

AT_ONCE_SECONDS = 20.0
"""For a refusal, which takes two seconds; the rest is for a machine that is busy with other tests."""


async def refused(server: ServerProcess, *arguments: str) -> str:
    """The one sentence with which the server (or another verb) refuses to start, leaving nothing running."""
    ended = await server.run(*(arguments or ("serve",)), seconds=AT_ONCE_SECONDS)
    assert ended.code == 1, ended
    assert "Traceback" not in ended.out + ended.err
    assert await server.left() == []
    return only_sentence(ended)


def only_sentence(ended: Ended) -> str:
    """All that stderr holds, without the name of the program."""
    said = ended.err.removeprefix("academe: ")
    assert said != ended.err, ended
    assert said.endswith(".\n"), ended
    assert said.count("\n") == 1, ended
    return said.removesuffix("\n")


async def register(channel: grpc.aio.Channel, username: str, *, educator: bool = False) -> Person:
    """Makes an account and signs in."""
    request = user_pb.RegisterUserRequest(
        username=username,
        email=f"{username}@example.org",
        password=PASSWORD,
        display_name=username.title(),
        educator=educator,
    )
    await Person(channel).users.RegisterUser(request)
    return await sign_in(channel, username)


async def sign_in(channel: grpc.aio.Channel, username: str, password: str = PASSWORD) -> Person:
    credential = auth_pb.PasswordCredential(login=username, password=password)
    return await _authenticate(channel, username, auth_pb.AuthenticateRequest(password=credential))


async def sign_in_once(channel: grpc.aio.Channel, code: str) -> Person:
    """With the code that the server prints at its start."""
    credential = auth_pb.OneTimeCodeCredential(code=code)
    return await _authenticate(
        channel, "administrator", auth_pb.AuthenticateRequest(one_time_code=credential)
    )


async def _authenticate(
    channel: grpc.aio.Channel, username: str, request: auth_pb.AuthenticateRequest
) -> Person:
    tokens = await Person(channel).auth.Authenticate(request)
    return Person(channel, tokens.user_id, username, tokens)


async def get_me(person: Person) -> user_pb.User:
    me: user_pb.User = await person.users.GetMe(user_pb.GetMeRequest(), timeout=10)
    return me
