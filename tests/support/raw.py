"""Calls by path, for tests that go through every method of the contract."""

from __future__ import annotations

from typing import Any

import grpc.aio
from google.protobuf.empty_pb2 import Empty

from academe.rpc.contract import Method, methods_of
from academe.slices import SERVICES

METHODS = [
    method
    for descriptor, _ in SERVICES
    for method in methods_of(descriptor)
    if descriptor.full_name.startswith("academe.")
]


async def call(
    channel: grpc.aio.Channel, method: Method, body: bytes = b"", *, token: str = "", **options: Any
) -> Empty | None:
    """Makes a call with a serialised request; a stream is read until its first message."""
    if token:
        options["metadata"] = (*options.get("metadata", ()), ("authorization", f"Bearer {token}"))

    def serialize(raw: bytes) -> bytes:
        return raw

    kind = ("stream" if method.client_streaming else "unary") + "_"
    kind += "stream" if method.server_streaming else "unary"
    stub: Any = getattr(channel, kind)(
        method.path, request_serializer=serialize, response_deserializer=Empty.FromString
    )
    request: Any = iter([body]) if method.client_streaming else body
    if method.server_streaming:
        async for message in stub(request, timeout=10, **options):
            return message  # type: ignore[no-any-return]
        return None
    return await stub(request, timeout=10, **options)  # type: ignore[no-any-return]
