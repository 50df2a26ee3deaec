"""Servicers of a test's own behind the real engine and the real pipeline, with no database."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc.aio
import protovalidate
from google.protobuf.descriptor import ServiceDescriptor

from academe.caller import Caller
from academe.db.errors import db_error
from academe.errors import TokenInvalid
from academe.rpc.access import Access
from academe.rpc.admission import Admission
from academe.rpc.contract import methods_of
from academe.rpc.interceptors import Deadlines, Errors, RequestLog
from academe.rpc.pipeline import Pipeline
from academe.rpc.server import build_server, listen
from academe.rpc.validation import Validation
from academe.settings import Settings
from academe.telemetry import Metrics, Telemetry, Tracer

ENGINE = os.environ.get("ACADEME_TEST_ENGINE", "native")

Service = tuple[ServiceDescriptor, Any, Any]
"""A service's descriptor, its generated add_..._to_server, and the servicer."""


class KnownTokens:
    """Takes the tokens it was given, and no other."""

    def __init__(self, callers: dict[str, Caller] | None = None) -> None:
        self._callers = callers or {}

    def cached(self, token: str) -> Caller | None:
        return self._callers.get(token)

    async def verify(self, token: str) -> Caller:
        raise TokenInvalid


@asynccontextmanager
async def serving(
    services: Sequence[Service],
    log: Any,
    *,
    metrics: Metrics | None = None,
    tracer: Tracer | None = None,
    callers: dict[str, Caller] | None = None,
) -> AsyncIterator[grpc.aio.Channel]:
    """A channel to a server of these services; both are gone afterwards."""
    settings = Settings.with_defaults(grpc_addr="127.0.0.1:0", grpc_engine=ENGINE)
    server = build_server(settings, log)
    interceptors = [
        RequestLog(log),
        Telemetry(metrics or Metrics(), tracer),
        Errors(log, db_error),
        Admission(in_flight=64, queue=64, streams=64),
        Deadlines(30),
        Access(KnownTokens(callers)),
        Validation(protovalidate.Validator()),
    ]
    methods = [method for descriptor, _, _ in services for method in methods_of(descriptor)]
    pipeline = Pipeline(server, interceptors, methods)
    for _, add, servicer in services:
        add(servicer, pipeline)
    address = listen(server, settings)
    await server.start()
    channel = grpc.aio.insecure_channel(address)
    try:
        yield channel
    finally:
        await channel.close()
        await server.stop(0.2)
