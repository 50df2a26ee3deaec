"""What HTTP says of what went wrong."""

from __future__ import annotations

import json
from typing import Any

import asyncpg
import pytest
from starlette.requests import Request
from starlette.responses import Response

from academe.errors import InvalidArgument, NotFound, Overloaded, ShuttingDown
from academe.http.replies import guarded

REQUEST = Request({"type": "http", "method": "GET", "path": "/credentials/x", "headers": []})


class Heard:
    """A log that keeps what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def error(self, event: str, **_: Any) -> None:
        self.said.append(event)


@pytest.mark.parametrize(
    ("fault", "status", "reason"),
    [
        (InvalidArgument.field("from", "is there twice"), 400, "FIELD_INVALID"),
        (NotFound(), 404, NotFound.reason),
        (Overloaded(), 503, Overloaded.reason),
        (ShuttingDown(), 503, ShuttingDown.reason),
        (ConnectionResetError(), 503, "DATABASE_UNAVAILABLE"),
        (TimeoutError(), 503, "DEADLINE_EXCEEDED"),
        (asyncpg.QueryCanceledError(), 503, "DEADLINE_EXCEEDED"),
    ],
)
async def test_what_is_no_fault_of_ours(fault: Exception, status: int, reason: str) -> None:
    """Mistakes of who asks, and times when it is worth asking again: neither is told to the log."""
    heard = Heard()

    async def endpoint(request: Request) -> Response:
        raise fault

    answer = await guarded(endpoint, heard)(REQUEST)

    assert (answer.status_code, json.loads(bytes(answer.body))["reason"]) == (status, reason)
    assert answer.headers["cache-control"] == "no-store"
    assert heard.said == []


async def test_a_fault_of_ours() -> None:
    """The log is told, and who asks learns nothing of it."""
    heard = Heard()

    async def endpoint(request: Request) -> Response:
        raise KeyError("canary")

    answer = await guarded(endpoint, heard)(REQUEST)

    assert (answer.status_code, json.loads(bytes(answer.body))["reason"]) == (500, "INTERNAL")
    assert b"canary" not in bytes(answer.body)
    assert len(heard.said) == 1
