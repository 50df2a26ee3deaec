"""What happens to every call, in order; the first is the outermost.

    1. RequestLog    gives the call its id, writes one line when it ends
    2. Telemetry     counts and times it, and traces it when tracing is on (academe.telemetry)
    3. Errors        turns exceptions into statuses; the only place where that happens
    4. Admission     refuses at once what the server has no room for (admission.py)
    5. Deadlines     ends work that nobody waits for any more
    6. Access        says who is calling and whether they may (access.py)
    7. Validation    holds the request against the rules in the contract (validation.py)

Telemetry stands outside Errors so that refusals are counted with the code they end with. Message and
metadata sizes are limited by the engine before a call exists (academe.rpc.server).
"""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
import time
from collections.abc import Callable
from typing import Any

import grpc

from academe import errors
from academe.errors import AcademeError
from academe.rpc.call import Call
from academe.rpc.contract import Method
from academe.rpc.pipeline import Handler
from academe.rpc.status import STATUS_CODES, error_to_trailers

REQUEST_ID_KEY = "x-request-id"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")


class RequestLog:
    """Gives every call an id (the client's x-request-id when it is a plain word) and logs one line."""

    def __init__(
        self, log: Any, quiet_services: frozenset[str] = frozenset({"grpc.health.v1.Health"})
    ) -> None:
        self._log = log
        self._quiet = quiet_services
        # Unique across processes and restarts by its random half, cheap by its counted half.
        self._prefix, self._numbers = secrets.token_hex(4), itertools.count(1)

    def bind(self, method: Method, following: Handler) -> Handler:
        log = self._log.debug if method.service in self._quiet else self._log.info
        path, prefix, numbers = method.path, self._prefix, self._numbers

        async def logged(request: Any, call: Call) -> Any:
            started = time.perf_counter()
            call.request_id = _given_request_id(call.metadata) or f"{prefix}{next(numbers):08x}"
            try:
                return await following(request, call)
            finally:
                caller = call.caller
                log(
                    "call",
                    request_id=call.request_id,
                    method=path,
                    code=call.code,
                    reason=call.reason,
                    caller_id=str(caller.user_id) if caller is not None else "",
                    duration_ms=round((time.perf_counter() - started) * 1000, 3),
                )

        return logged


def _given_request_id(metadata: tuple[tuple[str, str | bytes], ...]) -> str | None:
    for key, value in metadata:
        if key == REQUEST_ID_KEY and isinstance(value, str) and _REQUEST_ID.match(value):
            return value
    return None


class Errors:
    """Ends a failed call with the status of its error; what is unexpected becomes one fixed sentence.

    `translate` turns a driver's exception into an AcademeError, or None when it is not one to expect.
    """

    def __init__(self, log: Any, translate: Callable[[BaseException], AcademeError | None]) -> None:
        self._log = log
        self._translate = translate

    def bind(self, method: Method, following: Handler) -> Handler:
        async def guarded(request: Any, call: Call) -> Any:
            try:
                return await following(request, call)
            except asyncio.CancelledError:
                call.code = "DEADLINE_EXCEEDED" if call.context.time_remaining() == 0.0 else "CANCELLED"
                raise
            except AcademeError as error:
                failure = error
            except grpc.aio.AbortError:
                raise
            except Exception as fault:
                failure = self._explain(fault, method, call)
            call.code, call.reason = failure.code, failure.reason
            return await call.context.abort(
                STATUS_CODES[failure.code], failure.message, trailing_metadata=error_to_trailers(failure)
            )

        return guarded

    def _explain(self, fault: Exception, method: Method, call: Call) -> AcademeError:
        known = self._translate(fault)
        if known is not None:
            self._log.warning(
                "database refused a call", request_id=call.request_id, method=method.path, fault=repr(fault)
            )
            return known
        self._log.error(
            "a call failed unexpectedly", request_id=call.request_id, method=method.path, exc_info=fault
        )
        return errors.Internal(request_id=call.request_id)


class Deadlines:
    """Ends a call after `default_seconds` when its client set no deadline, or a longer one.

    The engine itself cancels a call whose client's deadline passes. Streams run until either side ends
    them. Cancelling stops the SQL of a read; a write already handed to a group commit goes on and is
    simply not waited for.
    """

    def __init__(self, default_seconds: float) -> None:
        self._default = default_seconds

    def bind(self, method: Method, following: Handler) -> Handler:
        if method.server_streaming or method.client_streaming:
            return following
        limit = self._default

        async def limited(request: Any, call: Call) -> Any:
            remaining = call.context.time_remaining()
            if remaining is not None and remaining <= limit:
                return await following(request, call)
            try:
                async with asyncio.timeout(limit):
                    return await following(request, call)
            except TimeoutError as error:
                raise errors.DeadlineExceeded from error

        return limited
