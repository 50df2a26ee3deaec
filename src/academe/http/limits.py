"""Refuses requests that are too large, before anybody keeps them in memory."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS_MAX = 16_384
"""Bytes of a request's headers, as for gRPC metadata."""

BODY_MAX = 262_144
"""Bytes, as for a gRPC message. Webhooks are a few KB."""


class Limits:
    """ASGI middleware: answers 431 to more headers, and 413 to a longer body, announced or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif sum(len(name) + len(value) for name, value in scope["headers"]) > HEADERS_MAX:
            await _refuse(431, "The headers are too large.\n", scope, receive, send)
        elif _announced(scope) > BODY_MAX:
            await _refuse(413, "The body is too large.\n", scope, receive, send)
        else:
            await self._limit_body(scope, receive, send)

    async def _limit_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        received, answered = 0, False

        async def receive_within() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > BODY_MAX:
                raise _TooLargeError
            return message

        async def send_noted(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, receive_within, send_noted)
        except _TooLargeError:
            if not answered:
                await _refuse(413, "The body is too large.\n", scope, receive, send)


class _TooLargeError(Exception):
    """More came than the limit allows."""


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(status: int, why: str, scope: Scope, receive: Receive, send: Send) -> None:
    # Closing also ends what the client is still sending.
    refusal = PlainTextResponse(why, status, headers={"connection": "close"})
    await refusal(scope, receive, send)
