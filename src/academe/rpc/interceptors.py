"""What happens to every call, in order; the first is the outermost.

    1. RequestLog    gives the call its id, writes one line when it ends
    2. Telemetry     counts and times it, and traces it when tracing is on (academe.telemetry)
    3. Errors        turns exceptions into statuses; the only place where that happens
    4. Admission     refuses at once what the server has no room for
    5. Deadlines     ends work that nobody waits for any more
    6. Access        says who is calling and whether they may
    7. Validation    holds the request against the rules in the contract

Telemetry stands outside Errors so that refusals are counted with the code they end with. Message and
metadata sizes are limited by the engine before a call exists (academe.rpc.server).
"""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
import protovalidate

from academe import errors
from academe.errors import AcademeError, FieldViolation, InvalidArgument
from academe.rpc.call import Call
from academe.rpc.contract import Method
from academe.rpc.pipeline import Handler
from academe.rpc.status import STATUS_CODES, VIOLATIONS_MAX, error_to_trailers

REQUEST_ID_KEY = "x-request-id"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")

_UNASKED_SECONDS = 10.0 * 365 * 86400
"""A time_remaining above this means that the client set no deadline (engines report a huge number)."""


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


class Admission:
    """Lets `in_flight` calls run and `queue` more wait; refuses the rest at once.

    Streams that stay open (WatchProgress, Health.Watch) are counted apart, against `streams`, so that
    watchers never keep short calls out. `exempt` services are always let in: a health check that is
    refused looks like a dead server.
    """

    def __init__(
        self,
        *,
        in_flight: int,
        queue: int,
        streams: int,
        on_shed: Callable[[str], None] = lambda reason: None,
        exempt: frozenset[str] = frozenset({"grpc.health.v1.Health"}),
    ) -> None:
        self._room = in_flight
        self._stream_room = streams
        self._queue_limit = queue
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._on_shed = on_shed
        self._exempt = exempt
        self._open: set[asyncio.Task[Any]] = set()
        self._running: set[asyncio.Task[Any]] = set()
        self._ended: set[asyncio.Task[Any]] = set()
        self._ending = False

    @property
    def running(self) -> int:
        """Calls that are being served, streams not counted."""
        return len(self._running)

    def bind(self, method: Method, following: Handler) -> Handler:
        if method.server_streaming:
            return self._stream_gate(following, ended=method.service not in self._exempt)
        if method.service in self._exempt:
            return following

        async def admitted(request: Any, call: Call) -> Any:
            if self._room <= 0:
                await self._wait()
            else:
                self._room -= 1
            task = asyncio.current_task()
            assert task is not None  # noqa: S101  # a call always runs in a task
            self._running.add(task)
            try:
                return await following(request, call)
            except asyncio.CancelledError:
                if task not in self._ended:
                    raise
                task.uncancel()
                raise errors.ShuttingDown(retry_after_seconds=1.0) from None
            finally:
                self._running.discard(task)
                self._leave()

        return admitted

    def _stream_gate(self, following: Handler, *, ended: bool) -> Handler:
        """`ended` says that `end_streams` ends it; health ends its own watches, and well."""

        async def admitted(request: Any, call: Call) -> Any:
            if self._ending:
                raise errors.ShuttingDown(retry_after_seconds=1.0)
            if self._stream_room <= 0:
                self._on_shed("streams")
                raise errors.Overloaded(retry_after_seconds=1.0)
            task = asyncio.current_task()
            assert task is not None  # noqa: S101  # a call always runs in a task
            self._stream_room -= 1
            if ended:
                self._open.add(task)
            try:
                return await following(request, call)
            except asyncio.CancelledError:
                if not self._ending:
                    raise
                task.uncancel()
                raise errors.ShuttingDown(retry_after_seconds=1.0) from None
            finally:
                self._open.discard(task)
                self._stream_room += 1

        return admitted

    def end_streams(self) -> None:
        """Ends every open stream with ShuttingDown, and refuses new ones: they would outlast any grace."""
        self._ending = True
        for task in self._open:
            task.cancel()

    def end_calls(self) -> None:
        """Ends every call that is being served with ShuttingDown; what waits takes its turn and is next.

        For a stop that cannot wait. A write that a group commit has taken goes on.
        """
        self._ended |= self._running
        for task in self._running:
            task.cancel()

    async def _wait(self) -> None:
        if len(self._waiters) >= self._queue_limit:
            self._on_shed("queue")
            raise errors.Overloaded(retry_after_seconds=1.0)
        turn = asyncio.get_running_loop().create_future()
        self._waiters.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()  # the place was given to a call that no longer wants it
            elif turn in self._waiters:
                self._waiters.remove(turn)
            raise

    def _leave(self) -> None:
        while self._waiters:
            turn = self._waiters.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._room += 1


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


class Validation:
    """Refuses a request that breaks the contract's field rules, naming each field (at most 20)."""

    def __init__(self, validator: protovalidate.Validator) -> None:
        self._validator = validator

    def bind(self, method: Method, following: Handler) -> Handler:
        check = self.check
        # The first check of a message type compiles its rules, which takes milliseconds: do it now.
        self._validator.collect_violations(method.request_class())

        if method.client_streaming:

            async def checked_stream(requests: AsyncIterator[Any], call: Call) -> Any:
                async def each() -> AsyncIterator[Any]:
                    async for request in requests:
                        check(request)
                        yield request

                return await following(each(), call)

            return checked_stream

        async def checked(request: Any, call: Call) -> Any:
            check(request)
            return await following(request, call)

        return checked

    def check(self, request: Any) -> None:
        """Raises InvalidArgument when the request breaks a rule."""
        found = self._validator.collect_violations(request)
        if not found:
            return
        violations = [_violation(item.proto) for item in found[:VIOLATIONS_MAX]]
        first = violations[0]
        message = f"{first.field}: {first.description}" if first.field else first.description
        if len(found) > 1:
            message += f" (and {len(found) - 1} more)"
        raise InvalidArgument(message, violations=violations)


def _violation(proto: Any) -> FieldViolation:
    path = "".join(_step(element) for element in proto.field.elements) if proto.field else ""
    return FieldViolation(path.removeprefix("."), proto.message, proto.rule_id)


def _step(element: Any) -> str:
    subscript = element.subscript
    if subscript is None:
        return f".{element.field_name}"
    return f".{element.field_name}[{subscript.value}]"
