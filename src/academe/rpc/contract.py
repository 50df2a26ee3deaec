"""The contract as the server sees it: every method with its access rule, read from the descriptors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from academe.api.rpc.v1 import error_reason_pb2, options_pb2
from academe.caller import Role
from academe.startup import StartupError

# Methods of standard services, whose protos carry no option of ours.
_STANDARD_PUBLIC = frozenset({"grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"})


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """One RPC: what it takes, who may call it, which reasons it declares."""

    path: str
    """As on the wire: /package.Service/Method."""
    service: str
    name: str
    request_class: type[Message]
    client_streaming: bool
    server_streaming: bool
    public: bool
    roles: frozenset[Role]
    """Of which one is needed; empty means that being signed in is enough."""
    max_authentication_age_seconds: float | None
    raises: frozenset[str]
    """Reasons declared by the method, without the ERROR_REASON_ prefix."""


def methods_of(service: ServiceDescriptor) -> list[Method]:
    """Reads a service's methods. Raises StartupError when one does not say who may call it."""
    return [_method(service, method) for method in service.methods]


def _method(service: ServiceDescriptor, method: MethodDescriptor) -> Method:
    options: Any = method.GetOptions()
    access = options.Extensions[options_pb2.access]
    level = access.level
    if service.full_name in _STANDARD_PUBLIC:
        level = options_pb2.Access.LEVEL_PUBLIC
    fault = _fault(level, access.roles)
    if fault:
        raise StartupError(
            f"{service.full_name}.{method.name} {fault}; "
            "set option (academe.api.rpc.v1.access) on it in its .proto file."
        )
    age = access.max_authentication_age
    request_class: Any = GetMessageClass(method.input_type)
    return Method(
        path=f"/{service.full_name}/{method.name}",
        service=service.full_name,
        name=method.name,
        request_class=request_class,
        client_streaming=method.client_streaming,
        server_streaming=method.server_streaming,
        public=level == options_pb2.Access.LEVEL_PUBLIC,
        roles=frozenset(Role(role) for role in access.roles),
        max_authentication_age_seconds=(
            age.ToTimedelta().total_seconds() if access.HasField("max_authentication_age") else None
        ),
        raises=frozenset(reason_name(number) for number in options.Extensions[options_pb2.raises]),
    )


def _fault(level: int, roles: Iterable[int]) -> str | None:
    if level == options_pb2.Access.LEVEL_UNSPECIFIED:
        return "does not say who may call it"
    if (level == options_pb2.Access.LEVEL_ROLES) != bool(list(roles)):
        return "must name roles exactly when its access level is LEVEL_ROLES"
    return None


def reason_name(number: int) -> str:
    """COURSE_NOT_FOUND for ERROR_REASON_COURSE_NOT_FOUND."""
    return error_reason_pb2.ErrorReason.Name(number).removeprefix("ERROR_REASON_")
