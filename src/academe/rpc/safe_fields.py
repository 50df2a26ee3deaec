"""What of a message may be written down: everything but the fields that the contract calls sensitive."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from academe.api.rpc.v1 import options_pb2

TEXT_MAX = 200
"""Characters of one string; a lesson's text would fill the log."""
ITEMS_MAX = 20
"""Items of one repeated field or map, for the same reason."""
DEPTH_MAX = 8
"""Levels of messages in messages; ours have four, and a hostile one would have a hundred."""


def safe_fields(message: Message) -> dict[str, Any]:
    """A message's populated fields as plain values, without those marked sensitive, at any depth."""
    return _fields(message, DEPTH_MAX)


def sensitive_values(message: Message) -> Iterator[str | bytes]:
    """The values of a message's sensitive fields, at any depth; for taking them out of other text."""
    for field, value in message.ListFields():
        values = _items(field, value)
        if _is_sensitive(field):
            yield from (item for item in values if isinstance(item, str | bytes))
        for item in values:
            if isinstance(item, Message):
                yield from sensitive_values(item)


@lru_cache(maxsize=4096)
def _is_sensitive(field: FieldDescriptor) -> bool:
    options: Any = field.GetOptions()
    return bool(options.Extensions[options_pb2.sensitive])


def _items(field: FieldDescriptor, value: Any) -> list[Any]:
    if not field.is_repeated:
        return [value]
    return list(value.values()) if _is_map(field) else list(value)


def _is_map(field: FieldDescriptor) -> bool:
    kind: Descriptor | None = field.message_type
    return kind is not None and bool(kind.GetOptions().map_entry)


def _fields(message: Message, depth: int) -> dict[str, Any]:
    if depth == 0:
        return {"…": "nested too deep"}
    return {
        field.name: _plain_field(field, value, depth)
        for field, value in message.ListFields()
        if not _is_sensitive(field)
    }


def _plain_field(field: FieldDescriptor, value: Any, depth: int) -> Any:
    if not field.is_repeated:
        return _plain(field, value, depth)
    if _is_map(field):
        entry: Any = field.message_type
        of_value = entry.fields_by_name["value"]
        return {str(key): _plain(of_value, value[key], depth) for key in list(value)[:ITEMS_MAX]}
    items = [_plain(field, item, depth) for item in value[:ITEMS_MAX]]
    return items if len(value) <= ITEMS_MAX else [*items, f"and {len(value) - ITEMS_MAX} more"]


def _plain(field: FieldDescriptor, value: Any, depth: int) -> Any:
    if isinstance(value, Timestamp | Duration):
        return value.ToJsonString()
    if isinstance(value, Message):
        return _fields(value, depth - 1)
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, str):
        return value if len(value) <= TEXT_MAX else value[:TEXT_MAX] + "…"
    if field.enum_type is not None:
        named = field.enum_type.values_by_number.get(value)
        return named.name if named is not None else value
    return value
