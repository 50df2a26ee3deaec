"""Refuses request bodies that are too large, before anybody keeps them in memory."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_MAX = 262_144
"""Bytes, as for a gRPC message. Nothing here takes a body yet; the webhooks to come are a few KB."""


class BodyLimit:
    """ASGI middleware: answers 413 to a longer body, announced or not."""

    def __init__(self, app: ASGIApp, limit: int = BODY_MAX) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _announced(scope) > self._limit:
            await _refuse(scope, receive, send)
            return
        received, answered = 0, False

        async def receive_within() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
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
                await _refuse(scope, receive, send)


class _TooLargeError(Exception):
    """More came than the limit allows."""


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    refusal = PlainTextResponse("The body is too large.\n", 413, headers={"connection": "close"})
    await refusal(scope, receive, send)
