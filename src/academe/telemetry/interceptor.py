"""Counts and times every call, and traces it when tracing is on."""

from __future__ import annotations

import time
from typing import Any

from academe.rpc.call import Call
from academe.rpc.contract import Method
from academe.rpc.pipeline import Handler
from academe.telemetry.metrics import Metrics
from academe.telemetry.tracing import Tracer


class Telemetry:
    """The second interceptor: outside Errors, so that a refusal is counted with the code it ends with."""

    def __init__(self, metrics: Metrics, tracer: Tracer | None = None) -> None:
        self._metrics = metrics
        self._tracer = tracer

    def bind(self, method: Method, following: Handler) -> Handler:
        calls = self._metrics.calls_of(method)
        handled, observe, clock = calls.handled, calls.seconds.observe, time.perf_counter
        if self._tracer is not None:
            following = self._tracer.bind(method, following)

        async def measured(request: Any, call: Call) -> Any:
            calls.started += 1
            started = clock()
            try:
                return await following(request, call)
            finally:
                observe(clock() - started)
                code = call.code
                handled[code] = handled.get(code, 0) + 1

        return measured
