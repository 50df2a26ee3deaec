"""How a call reaches its handler: interceptors bound around it once, when the server is built.

gRPC's own interceptors are asked again on every call which handler to use. Ours are asked once per method
and give back a function, so a call costs one Python call per interceptor and nothing else.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import grpc
import grpc.aio

from academe.rpc.call import Call
from academe.rpc.contract import Method

Handler = Callable[[Any, Call], Awaitable[Any]]
"""Takes the request (an async iterator of requests for a client stream) and the call; requests are bytes
until Validation has decoded them. Gives the reply, or None for a server stream, whose messages it has written
by then."""


class Interceptor(Protocol):
    """Something that happens to every call."""

    def bind(self, method: Method, following: Handler) -> Handler:
        """Returns `following` with this interceptor around it, or `following` itself when the
        interceptor has nothing to do for the method."""
        ...


class Pipeline:
    """Stands where generated `add_…Servicer_to_server` functions expect a server, and registers every
    handler with the interceptors around it. The first interceptor is the outermost."""

    def __init__(
        self, server: grpc.aio.Server, interceptors: Sequence[Interceptor], methods: Iterable[Method]
    ) -> None:
        self._server = server
        self._interceptors = tuple(interceptors)
        self._methods = {method.path: method for method in methods}

    def add_registered_method_handlers(
        self, service: str, handlers: Mapping[str, grpc.RpcMethodHandler[Any, Any]]
    ) -> None:
        bound = {
            name: self._bind(self._methods[f"/{service}/{name}"], handler)
            for name, handler in handlers.items()
        }
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, bound),))
        self._server.add_registered_method_handlers(service, bound)

    def add_generic_rpc_handlers(self, handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Nothing: generated code offers each handler twice, and the registered form is bound above."""

    def _bind(
        self, method: Method, handler: grpc.RpcMethodHandler[Any, Any]
    ) -> grpc.RpcMethodHandler[Any, Any]:
        innermost = _innermost(method, handler)
        for interceptor in reversed(self._interceptors):
            innermost = interceptor.bind(method, innermost)
        serve = _entrance(method, innermost)
        make = _MAKERS[(method.client_streaming, method.server_streaming)]
        bound: grpc.RpcMethodHandler[Any, Any] = make(
            serve,
            request_deserializer=None,  # Validation decodes: what cannot be decoded is an error like others
            response_serializer=handler.response_serializer,
        )
        return bound


_MAKERS: dict[tuple[bool, bool], Callable[..., Any]] = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, False): grpc.stream_unary_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}


def _entrance(method: Method, handler: Handler) -> Callable[[Any, Any], Awaitable[Any]]:
    async def serve(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
        call = Call(method, context)
        call.enter()
        return await handler(request, call)

    return serve


def _innermost(method: Method, handler: grpc.RpcMethodHandler[Any, Any]) -> Handler:
    """The servicer's own method, in the shape of a Handler."""
    behavior: Any = (
        (handler.stream_stream if method.server_streaming else handler.stream_unary)
        if method.client_streaming
        else (handler.unary_stream if method.server_streaming else handler.unary_unary)
    )
    if not method.server_streaming:

        def call_unary(request: Any, call: Call) -> Awaitable[Any]:
            result: Awaitable[Any] = behavior(request, call.context)
            return result

        return call_unary

    async def call_stream(request: Any, call: Call) -> None:
        messages: AsyncGenerator[Any, None] = behavior(request, call.context)
        try:
            async for message in messages:
                await call.context.write(message)
        finally:
            await messages.aclose()

    return call_stream
