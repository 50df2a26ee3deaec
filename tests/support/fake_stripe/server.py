"""Just enough HTTP/1.1 for Stripe's library, on a free port, with connections that can be cut at will."""

from __future__ import annotations

import asyncio
import contextlib
from http import HTTPStatus
from urllib.parse import urlsplit

from tests.support.fake_stripe.dispatch import Cut, Dispatcher
from tests.support.fake_stripe.errors import StripeError
from tests.support.fake_stripe.faults import Request
from tests.support.fake_stripe.forms import decode
from tests.support.fake_stripe.idempotency import Answer
from tests.support.fake_stripe.store import new_id

HEAD_BYTES_MAX = 65_536


class Server:
    """Serves in the running event loop. Stopped and started again it is at the same address."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._server: asyncio.Server | None = None
        self._port = 0
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port, limit=HEAD_BYTES_MAX)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Nobody is answered any more, and every connection is cut."""
        if self._server is None:
            return
        self._server.close()
        connections = list(self._connections)
        for task, writer in self._connections.items():
            writer.transport.abort()
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = writer
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    await self._answer_one(reader, writer)
        except Cut:
            writer.transport.abort()
        except asyncio.CancelledError:
            return  # stop() waits for us; to be cancelled is how we end
        finally:
            del self._connections[task]
            writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").rstrip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = (await reader.readexactly(int(headers.get("content-length", "0")))).decode()
        url = urlsplit(target)
        request = Request(new_id("req"), method, url.path, {}, headers)
        try:
            request.params = decode(body if method == "POST" else url.query)
            answer = await self._dispatcher.answer(request)
        except StripeError as malformed:
            answer = self._dispatcher.refuse(request, malformed)
        writer.write(_reply(request, answer))
        await writer.drain()


def _reply(request: Request, answer: Answer) -> bytes:
    headers = {
        "Content-Type": "application/json",
        "Content-Length": str(len(answer.body)),
        "Request-Id": request.id,
        **dict(answer.headers),
    }
    if request.method == "POST" and request.key is not None:
        headers["Idempotency-Key"] = request.key
        headers["Original-Request"] = answer.request_id
    if request.replayed:
        headers["Idempotent-Replayed"] = "true"
    if "stripe-version" in request.headers:
        headers["Stripe-Version"] = request.headers["stripe-version"]
    if "stripe-account" in request.headers:
        headers["Stripe-Account"] = request.headers["stripe-account"]
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + answer.body
