from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
import structlog

from academe.http import HttpListener, operations_routes
from academe.telemetry import Metrics


class Operations:
    """A listener with the operators' routes, and what it tells, for tests to change."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self.reason: str | None = None
        self.keys: Mapping[str, Any] | None = {"keys": [{"kid": "k1", "kty": "EC"}]}
        self.events: list[dict[str, Any]] = []
        routes = operations_routes(
            self.metrics,
            readiness=lambda: self.reason,
            jwks=lambda: self.keys,
            version=lambda: {"version": "1.2.3", "postgresql": "18.4"},
        )
        log = structlog.wrap_logger(None, processors=[self._record])
        self.listener = HttpListener("127.0.0.1:0", routes, log=log)

    def _record(self, logger: Any, level: str, event: Any) -> Any:
        self.events.append({"level": level, **event})
        raise structlog.DropEvent

    @property
    def port(self) -> int:
        return int(self.listener.address.rpartition(":")[2])


@pytest.fixture
async def operations() -> AsyncIterator[Operations]:
    made = Operations()
    await made.listener.start()
    yield made
    await made.listener.stop()


@pytest.fixture
async def client(operations: Operations) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://{operations.listener.address}") as opened:
        yield opened
