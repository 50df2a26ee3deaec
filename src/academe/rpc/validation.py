"""The contract's field rules (protovalidate), enforced before a handler sees a request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import protovalidate
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError, Message

from academe.errors import FieldViolation, InvalidArgument
from academe.rpc.call import Call
from academe.rpc.contract import Method
from academe.rpc.pipeline import Handler
from academe.rpc.status import VIOLATIONS_MAX

PLAIN = {
    "enum.not_in": "must be set",
    "enum.defined_only": "must be one of the enum's values",
}
"""Sentences for rules whose own are about numbers."""


class Validation:
    """Decodes a request, and refuses it when it breaks the contract's field rules, naming each field (at most
    20)."""

    def __init__(self, validator: protovalidate.Validator) -> None:
        self._validator = validator

    def bind(self, method: Method, following: Handler) -> Handler:
        check, decode = self.check, method.request_class.FromString
        name = method.request_class.DESCRIPTOR.full_name

        def read(raw: bytes) -> Message:
            try:
                request = decode(raw)
            except DecodeError as error:
                raise InvalidArgument(f"The request is no {name} message.") from error
            check(request)
            return request

        # The first check of a message type compiles its rules, which takes milliseconds: do it now.
        self._validator.collect_violations(method.request_class())

        if method.client_streaming:

            async def checked_stream(requests: AsyncIterator[Any], call: Call) -> Any:
                async def each() -> AsyncIterator[Any]:
                    async for raw in requests:
                        yield read(raw)

                return await following(each(), call)

            return checked_stream

        async def checked(raw: bytes, call: Call) -> Any:
            return await following(read(raw), call)

        return checked

    def check(self, request: Any) -> None:
        """Raises InvalidArgument when the request breaks a rule."""
        found = self._validator.collect_violations(request)
        if not found:
            return
        violations = [_violation(item.proto, request.DESCRIPTOR) for item in found[:VIOLATIONS_MAX]]
        first = violations[0]
        message = f"{first.field}: {first.description}" if first.field else first.description
        if len(found) > 1:
            message += f" (and {len(found) - 1} more)"
        raise InvalidArgument(message, violations=violations)


def _violation(proto: Any, message: Descriptor) -> FieldViolation:
    path = "".join(_step(element) for element in proto.field.elements) if proto.field else ""
    path = path.removeprefix(".")
    if proto.rule_id.startswith(f"{path}."):
        path = proto.rule_id  # a rule on a message about one of its fields is named after that field
    choices = _choices(message, proto.field.elements) if proto.rule_id == "required" else []
    description = f"one of these must be set: {', '.join(choices)}" if choices else proto.message
    return FieldViolation(path, PLAIN.get(proto.rule_id, description), proto.rule_id)


def _choices(message: Descriptor | None, elements: Sequence[Any]) -> list[str]:
    """The fields of the oneof that a path leads to; none when it leads to a field."""
    for element in elements:
        if message is None:
            return []
        if element.field_name in message.oneofs_by_name:
            return [field.name for field in message.oneofs_by_name[element.field_name].fields]
        field = message.fields_by_name.get(element.field_name)
        message = field.message_type if field is not None else None
    return []


def _step(element: Any) -> str:
    subscript = element.subscript
    if subscript is None:
        return f".{element.field_name}"
    return f".{element.field_name}[{subscript.value}]"
