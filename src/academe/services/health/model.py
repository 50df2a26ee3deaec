"""What the server knows about its own health, and how those who watch learn of a change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from enum import Enum

OVERALL = ""
"""The name under which the protocol asks for the server as a whole."""


class Serving(Enum):
    """Names as in grpc.health.v1.HealthCheckResponse.ServingStatus."""

    SERVING = "SERVING"
    NOT_SERVING = "NOT_SERVING"
    SERVICE_UNKNOWN = "SERVICE_UNKNOWN"


class HealthState:
    """Not serving until it is told to be ready; once draining, never serving again.

    Every service needs the database, so all of them share one status. Belongs to the event loop's thread.
    """

    def __init__(self, services: Iterable[str]) -> None:
        self._services = (OVERALL, *services)
        self._ready = False
        self._draining = False
        self._stopped = False
        self._change = asyncio.Event()  # set and replaced at each change

    def set_ready(self, ready: bool) -> None:
        """Says whether the services could do their work now."""
        if ready != self._ready:
            self._ready = ready
            self._announce()

    def start_draining(self) -> None:
        """The server is about to stop: load balancers should go elsewhere, calls are still served."""
        if not self._draining:
            self._draining = True
            self._announce()

    def stop(self) -> None:
        """Ends every watch, so that open streams do not hold up the server's stop."""
        self._stopped = True
        self._announce()

    def status_of(self, service: str) -> Serving:
        """SERVICE_UNKNOWN for a service that this server does not have."""
        if service not in self._services:
            return Serving.SERVICE_UNKNOWN
        return Serving.SERVING if self._ready and not self._draining else Serving.NOT_SERVING

    def statuses(self) -> Mapping[str, Serving]:
        """The status of every service, and of the whole under the empty name."""
        return {service: self.status_of(service) for service in self._services}

    async def watch(self, service: str) -> AsyncGenerator[Serving, None]:
        """The status now and after every change, until `stop`. A watcher that is slow misses what was
        undone meanwhile, never the last state."""
        told: Serving | None = None
        while True:
            change, status = self._change, self.status_of(service)
            if status is not told:
                told = status
                yield status
            if self._stopped:
                return
            await change.wait()

    def _announce(self) -> None:
        change, self._change = self._change, asyncio.Event()
        change.set()
