"""What tools/docker_test.py asks of a server over gRPC, as somebody outside of its container."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from academe.api.auth.v1 import auth_service_pb2 as auth_pb
from academe.api.auth.v1 import auth_service_pb2_grpc
from academe.api.user.v1 import user_service_pb2 as user_pb
from academe.api.user.v1 import user_service_pb2_grpc

CALL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Account:
    user_id: str
    username: str
    password: str


class Client:
    """A channel to one server, closed at the end of a `with`."""

    def __init__(self, address: str) -> None:
        self._channel = grpc.insecure_channel(address)
        self._health: Any = health_pb2_grpc.HealthStub(self._channel)
        self._users: Any = user_service_pb2_grpc.UserServiceStub(self._channel)
        self._auth: Any = auth_service_pb2_grpc.AuthServiceStub(self._channel)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._channel.close()

    def healthy(self) -> bool:
        reply = self._health.Check(health_pb2.HealthCheckRequest(), timeout=CALL_SECONDS)
        return bool(reply.status == health_pb2.HealthCheckResponse.SERVING)

    def register(self, username: str) -> Account:
        password = secrets.token_urlsafe(16)
        request = user_pb.RegisterUserRequest(
            username=username, email=f"{username}@example.org", password=password
        )
        user = self._users.RegisterUser(request, timeout=CALL_SECONDS)
        return Account(user.user_id, username, password)

    def sign_in_as(self, account: Account) -> bool:
        """Whether the account can sign in, and GetMe then says that it is that one."""
        credential = auth_pb.PasswordCredential(login=account.username, password=account.password)
        tokens = self._auth.Authenticate(
            auth_pb.AuthenticateRequest(password=credential), timeout=CALL_SECONDS
        )
        me = self._users.GetMe(
            user_pb.GetMeRequest(),
            metadata=(("authorization", f"Bearer {tokens.access_token}"),),
            timeout=CALL_SECONDS,
        )
        return (me.user_id, me.username) == (account.user_id, account.username)
