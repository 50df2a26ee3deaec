"""A school as its apps see it: one channel, three people, every call timed."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio

from academe.api.auth.v1 import auth_service_pb2 as auth_pb
from academe.api.auth.v1 import auth_service_pb2_grpc
from academe.api.course.v1 import course_service_pb2_grpc
from academe.api.credential.v1 import credential_service_pb2_grpc
from academe.api.enrollment.v1 import enrollment_service_pb2_grpc
from academe.api.tip.v1 import tip_service_pb2_grpc
from academe.api.user.v1 import user_service_pb2 as user_pb
from academe.api.user.v1 import user_service_pb2_grpc
from academe.ids import new_id

CALL_SECONDS = 60.0
"""Deadline of each call; an import of a large course is the longest."""


@dataclass(slots=True)
class Meter:
    """How long every call took, in seconds."""

    seconds: list[float] = field(default_factory=list)

    async def time(self, call: Awaitable[Any]) -> Any:
        started = time.perf_counter()
        try:
            return await call
        finally:
            self.seconds.append(time.perf_counter() - started)

    def quantile(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class Person:
    """Somebody at a client, signed in or not."""

    def __init__(self, channel: grpc.aio.Channel, meter: Meter) -> None:
        self._meter = meter
        self._metadata: tuple[tuple[str, str], ...] = ()
        self.user_id = ""
        self.users: Any = user_service_pb2_grpc.UserServiceStub(channel)
        self.auth: Any = auth_service_pb2_grpc.AuthServiceStub(channel)
        self.courses: Any = course_service_pb2_grpc.CourseServiceStub(channel)
        self.enrollments: Any = enrollment_service_pb2_grpc.EnrollmentServiceStub(channel)
        self.credentials: Any = credential_service_pb2_grpc.CredentialServiceStub(channel)
        self.tips: Any = tip_service_pb2_grpc.TipServiceStub(channel)

    async def call(self, method: Callable[..., Any], request: Any) -> Any:
        """Calls a unary or client-streaming method with this person's token."""
        return await self._meter.time(method(request, metadata=self._metadata, timeout=CALL_SECONDS))

    def stream(self, method: Callable[..., Any], request: Any) -> Any:
        """Opens a server stream with this person's token."""
        return method(request, metadata=self._metadata)

    async def register(self, name: str, password: str, *, educator: bool = False) -> None:
        """Makes an account under a name that is free, and signs in."""
        username = f"{name.lower()}-{new_id().hex[-10:]}"
        await self.call(
            self.users.RegisterUser,
            user_pb.RegisterUserRequest(
                request_id=str(new_id()),
                username=username,
                email=f"{username}@example.org",
                password=password,
                display_name=name,
                educator=educator,
            ),
        )
        tokens = await self.call(
            self.auth.Authenticate,
            auth_pb.AuthenticateRequest(
                password=auth_pb.PasswordCredential(login=username, password=password)
            ),
        )
        self._metadata = (("authorization", f"Bearer {tokens.access_token}"),)
        self.user_id = tokens.user_id
