"""A whole server in this process and the people who use it, over real gRPC."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import UUID

import grpc.aio
import structlog

from academe.api.auth.v1 import auth_service_pb2, auth_service_pb2_grpc
from academe.api.course.v1 import course_service_pb2_grpc
from academe.api.credential.v1 import credential_service_pb2_grpc
from academe.api.enrollment.v1 import enrollment_service_pb2_grpc
from academe.api.rpc.v1 import error_reason_pb2
from academe.api.tip.v1 import tip_service_pb2_grpc
from academe.api.user.v1 import user_service_pb2, user_service_pb2_grpc
from academe.app import App
from academe.ids import new_id
from academe.rpc.contract import reason_name
from academe.settings import Settings
from tests.support.ledger import fill_wallets
from tests.support.raw import METHODS

PASSWORD = "correct horse battery staple"
CURRENCIES = ("EUR", "USD", "JPY")
"""In which everybody's wallet is full."""
ENGINE = os.environ.get("ACADEME_TEST_ENGINE", "native")


ANYWHERE = {reason_name(number) for number in error_reason_pb2.ErrorReason.values() if 0 < number < 100}
"""Reasons that every method may end with."""


class Channel:
    """A channel whose calls carry metadata, for generated stubs."""

    def __init__(self, channel: grpc.aio.Channel, metadata: tuple[tuple[str, str], ...]) -> None:
        self._channel = channel
        self._metadata = metadata

    def __getattr__(self, kind: str) -> Any:
        make = getattr(self._channel, kind)

        def make_callable(*args: Any, **kwargs: Any) -> Any:
            call = make(*args, **kwargs)

            def signed(*call_args: Any, metadata: Any = (), **call_kwargs: Any) -> Any:
                return call(*call_args, metadata=(*self._metadata, *metadata), **call_kwargs)

            return signed

        return make_callable


class Person:
    """Somebody at a client; `token` is empty for somebody who is not signed in."""

    def __init__(self, channel: grpc.aio.Channel, user_id: str = "", username: str = "", tokens: Any = None):
        self.user_id = user_id
        self.username = username
        self.tokens = tokens
        self.token: str = tokens.access_token if tokens is not None else ""
        metadata = (("authorization", f"Bearer {self.token}"),) if self.token else ()
        signed: Any = Channel(channel, metadata)
        self.users: Any = user_service_pb2_grpc.UserServiceStub(signed)
        self.auth: Any = auth_service_pb2_grpc.AuthServiceStub(signed)
        self.courses: Any = course_service_pb2_grpc.CourseServiceStub(signed)
        self.enrollments: Any = enrollment_service_pb2_grpc.EnrollmentServiceStub(signed)
        self.credentials: Any = credential_service_pb2_grpc.CredentialServiceStub(signed)
        self.tips: Any = tip_service_pb2_grpc.TipServiceStub(signed)


class School:
    """`start` it, ask it for people, `stop` it. A second one on the same database is like another process."""

    def __init__(self, database: str, data_dir: Path, *, log: Any = None, **changes: Any) -> None:
        self.settings = Settings.with_defaults(
            **{
                "grpc_addr": "127.0.0.1:0",
                "http_addr": None,
                "database_url": database,
                "data_dir": data_dir,
                "secret_key": b"one school has one secret, always",
                "grpc_engine": ENGINE,
                "bcrypt_cost": 4,
                "drain_seconds": 1,
                "tip_limits": (),
                **changes,
            }
        )
        self.records: list[dict[str, Any]] = []
        """Everything logged, as dictionaries, in order; nothing where the log is somebody else's."""
        self.app = App(self.settings, log or structlog.wrap_logger(None, processors=[self._record]))

    def _record(self, logger: Any, method: str, event: Any) -> Any:
        self.records.append({"level": method, **event})
        raise structlog.DropEvent

    async def start(self) -> None:
        await self.app.start()
        self.channel = grpc.aio.insecure_channel(self.app.grpc_address)
        self.anonymous = Person(self.channel)

    async def stop(self) -> None:
        """Fails when a method ended with a reason that the contract does not declare for it."""
        await self.channel.close()
        await self.app.stop()
        assert self._undeclared() == set()

    def _undeclared(self) -> set[tuple[str, str]]:
        ended = {(record["method"], record["reason"]) for record in self.records if record["event"] == "call"}
        declared = {method.path: method.raises for method in METHODS}
        return {
            (path, reason)
            for path, reason in ended
            if path in declared and reason not in declared[path] | ANYWHERE | {""}
        }

    async def learner(self, name: str = "learner") -> Person:
        return await self._register(name, educator=False)

    async def educator(self, name: str = "educator") -> Person:
        return await self._register(name, educator=True)

    async def administrator(self) -> Person:
        """Another session of the first administrator each time."""
        account = await self.app.slices.users.ensure_administrator()
        if account is None:
            raise RuntimeError("the school has no administrator of the first start")
        code = await self.app.first_sign_in()
        if code is None:
            raise RuntimeError("the administrator has a password; sign in with it")
        request = auth_service_pb2.AuthenticateRequest(
            one_time_code=auth_service_pb2.OneTimeCodeCredential(code=code)
        )
        tokens = await self.anonymous.auth.Authenticate(request)
        return Person(self.channel, tokens.user_id, "administrator", tokens)

    async def sign_in(self, login: str, password: str = PASSWORD) -> Person:
        request = auth_service_pb2.AuthenticateRequest(
            password=auth_service_pb2.PasswordCredential(login=login, password=password)
        )
        tokens = await self.anonymous.auth.Authenticate(request)
        return Person(self.channel, tokens.user_id, login, tokens)

    async def _register(self, name: str, *, educator: bool) -> Person:
        username = f"{name}-{new_id().hex[-12:]}"
        await self.anonymous.users.RegisterUser(
            user_service_pb2.RegisterUserRequest(
                username=username,
                email=f"{username}@example.org",
                password=PASSWORD,
                display_name=name.title(),
                educator=educator,
            )
        )
        person = await self.sign_in(username)
        for currency in CURRENCIES:
            await self.fund(person, currency)
        return person

    async def fund(self, person: Person, currency: str = "EUR", amount: int = 10**13) -> None:
        """Puts money into somebody's wallet, as an administrator's top-up does."""
        await fill_wallets(self.app.database.pool, [UUID(person.user_id)], amount, currency)
