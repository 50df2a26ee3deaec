"""The composition root: a whole server, built from the settings and taken down in reverse.

Nothing in the rest of the code is global; what a part needs is handed to it here, and the slices of the
product get theirs in `academe.slices`.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import grpc.aio
import protovalidate
from grpc_reflection.v1alpha import reflection, reflection_pb2, reflection_pb2_grpc

from academe import __version__
from academe.background import Background
from academe.db.database import Database
from academe.db.errors import db_error
from academe.db.readiness import Readiness
from academe.db.start_faults import as_startup_error
from academe.http import HttpListener, operations_routes
from academe.rpc.access import Access
from academe.rpc.admission import Admission
from academe.rpc.contract import methods_of
from academe.rpc.drain import drain
from academe.rpc.interceptors import Deadlines, Errors, RequestLog
from academe.rpc.pipeline import Interceptor, Pipeline
from academe.rpc.server import build_server, listen
from academe.rpc.validation import Validation
from academe.secret_key import root_secret
from academe.secrets import Secrets
from academe.services import health
from academe.settings import Settings
from academe.slices import SERVICES, Slices
from academe.telemetry import LoopLag, Metrics, Telemetry, tracer_from_environment

ONE_TIME_CODE_LIFETIME = timedelta(hours=24)
"""How long the first administrator's sign-in works; each start makes a new one until it was used."""


class App:
    """A whole server. `start` leaves it serving, `stop` leaves nothing behind."""

    def __init__(self, settings: Settings, log: Any) -> None:
        self.settings = settings
        self.log = log
        self.metrics = Metrics()
        self.health = health.HealthState([descriptor.full_name for descriptor, _ in SERVICES])
        self.database = Database(settings, log=log)
        self.grpc_address = ""
        self.first_sign_in_code: str | None = None
        """As it was at the start; None when the administrator has a password."""
        self._away: str | None = "starting"
        self._server: grpc.aio.Server = build_server(settings, log)
        self._background = Background(log)
        self._admission = Admission(
            in_flight=settings.max_in_flight,
            queue=settings.max_queue,
            streams=settings.max_open_streams,
            on_shed=self.metrics.on_shed,
        )
        self._http: HttpListener | None = None
        self._tracer = tracer_from_environment(__version__)

    async def start(self) -> None:
        """Opens the ports before the database, so that a taken one is told at once and readiness can be
        asked while the database recovers. Raises StartupError."""
        self.grpc_address = listen(self._server, self.settings)
        secrets = Secrets.from_bytes(root_secret(self.settings.secret_key, self.settings.data_dir))
        if self.settings.http_addr:
            self._http = HttpListener(self.settings.http_addr, self._routes(), log=self.log)
            await self._http.start()
        await self.database.start(self.metrics.on_pool_wait)
        self.metrics.watch_pool(self.database.pool)
        self._readiness = Readiness(self.database.dsn, self._database_changed, self.log)
        self.slices = Slices(self.settings, self.database, secrets, self.metrics, self.log)
        self.metrics.watch_jobs(self.slices.tips.jobs)
        self.metrics.watch_outbox(self.slices.outbox.upkeep)
        if self._http is not None:
            self._http.add_routes(self.slices.tips.routes())
            self._http.add_routes(self.slices.credentials.routes())
        with as_startup_error():
            await self.slices.keys.load()
            await self.slices.credentials.load()
            self.first_sign_in_code = await self.first_sign_in()
        self._access = Access(self.slices.verifier)
        self._register()
        await self._server.start()
        self._start_background()
        self._database_changed(None)

    async def stop(self, hurry: asyncio.Event | None = None) -> None:
        """Drains: NOT_SERVING first, then no new calls, then what is left is ended and everything closed.

        Once `hurry` is set nothing is waited for any more. Also ends what a failed start has left.
        """
        has_served = self._away != "starting"
        if has_served:
            self._away = "draining"
        self.health.start_draining()
        try:
            await drain(
                self._server,
                self._admission,
                delay_seconds=self.settings.drain_delay_ms / 1000 if has_served else 0,
                grace_seconds=self.settings.drain_seconds,
                end_health_watches=self.health.stop,
                hurry=hurry or asyncio.Event(),
            )
            await self._background.stop()
            if hasattr(self, "slices"):
                await self.slices.close()
            if self._http is not None:
                await self._http.stop()
        finally:
            await self.database.stop()
            self._tracer.shutdown()

    @property
    def http_address(self) -> str:
        return self._http.address if self._http is not None else ""

    async def first_sign_in(self) -> str | None:
        """A one-time code for the first administrator while that account has no password, else None."""
        administrator = await self.slices.users.ensure_administrator()
        if administrator is None or await self.slices.users.has_password(administrator.user_id):
            return None
        return await self.slices.auth.issue_one_time_code(administrator.user_id, ONE_TIME_CODE_LIFETIME)

    def _register(self) -> None:
        described = [descriptor for descriptor, _ in SERVICES]
        described.append(reflection_pb2.DESCRIPTOR.services_by_name["ServerReflection"])
        methods = [method for descriptor in described for method in methods_of(descriptor)]
        pipeline = Pipeline(self._server, self._interceptors(), methods)
        for (_, add), handler in zip(SERVICES, self.slices.handlers(self.health), strict=True):
            add(handler, pipeline)
        if self.settings.grpc_reflection:
            names = [descriptor.full_name for descriptor, _ in SERVICES]
            reflect = reflection.aio.ReflectionServicer([*names, reflection.SERVICE_NAME])
            reflection_pb2_grpc.add_ServerReflectionServicer_to_server(reflect, pipeline)

    def _interceptors(self) -> list[Interceptor]:
        """The pipeline; academe.rpc.interceptors says why in this order."""
        settings = self.settings
        return [
            RequestLog(self.log),
            Telemetry(self.metrics, self._tracer),
            Errors(self.log, db_error),
            self._admission,
            Deadlines(settings.default_deadline_seconds),
            self._access,
            Validation(protovalidate.Validator()),
        ]

    def _start_background(self) -> None:
        self._background.run("readiness", self._readiness.run)
        self._background.run("sessions", self.slices.verifier.run_revalidation)
        self._background.run("streams", self._access.run)
        self._background.run("progress", self.slices.progress_watch.run)
        self._background.run("tips", self.slices.tips.poll.run)
        self._background.run("jobs", self.slices.tips.jobs.run)
        self._background.run("issue jobs", self.slices.credentials.jobs.run)
        self._background.run("log checkpoints", self.slices.credentials.checkpoints.run)
        self._background.run("unsigned credentials", self.slices.credentials.backlog.run)
        self._background.run("outbox", self.slices.outbox.upkeep.run)
        for consumer in self.slices.outbox.consumers:
            self._background.run(consumer.name, consumer.run)
        # The first hash measures how long one takes, so that nobody's sign-in has to.
        self._background.run("passwords", self.slices.passwords.prepare)
        self._background.run("loop lag", LoopLag(self.metrics).run)

    def _database_changed(self, reason: str | None) -> None:
        """Readiness tells why the database cannot be used, or None when it can."""
        if self._away != "draining":
            self._away = reason
            self.health.set_ready(reason is None)
            self.metrics.set_database_ready(reason is None)

    def _routes(self) -> list[Any]:
        return operations_routes(
            self.metrics,
            readiness=lambda: self._away,
            jwks=lambda: None if self._away == "starting" else self.slices.keys.jwks(),
            version=lambda: {
                "version": __version__,
                "engine": self.settings.engine,
                "postgresql": "" if self._away == "starting" else self._readiness.server_version,
            },
        )
