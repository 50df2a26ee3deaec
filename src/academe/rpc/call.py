"""One call in flight, and how code below the handlers learns who is calling."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

import grpc.aio

from academe.caller import Caller
from academe.errors import TokenMissing
from academe.rpc.contract import Method

_current: ContextVar[Call] = ContextVar("academe_call")


class Call:
    """What the interceptors know about a call; made when it arrives, filled as it passes them."""

    __slots__ = ("caller", "code", "context", "metadata", "method", "reason", "request_id")

    def __init__(self, method: Method, context: grpc.aio.ServicerContext[Any, Any]) -> None:
        self.method = method
        self.context = context
        self.metadata: tuple[tuple[str, str | bytes], ...] = context.invocation_metadata() or ()  # type: ignore[assignment]
        self.request_id = ""
        self.caller: Caller | None = None
        self.code = "OK"
        """Name of the status code that the call ends with."""
        self.reason = ""
        """The error's reason, when it is one of ours."""

    def enter(self) -> None:
        """Makes this the current call; each call runs in a task of its own, so nothing undoes it."""
        _current.set(self)


def current_call() -> Call | None:
    """The call that the running task serves, or None outside one."""
    return _current.get(None)


def current_caller() -> Caller:
    """Who is calling. Raises TokenMissing in a method whose access is public."""
    call = _current.get(None)
    if call is None or call.caller is None:
        raise TokenMissing
    return call.caller
