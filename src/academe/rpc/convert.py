"""Small conversions between messages and values that every handler needs."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from academe.errors import FieldViolation, InvalidArgument, UpdateMaskInvalid

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def timestamp(moment: datetime | None) -> Timestamp | None:
    """A Timestamp, or None for None, which a message constructor takes as unset."""
    if moment is None:
        return None
    # A third of the time that Timestamp.FromDatetime takes, which a message with three of them feels.
    since = moment - EPOCH
    return Timestamp(seconds=since.days * 86_400 + since.seconds, nanos=since.microseconds * 1_000)


def moment_of(field: str, message: Timestamp) -> datetime:
    """A Timestamp that is set. Raises InvalidArgument, naming the field, outside the years 1 to 9999."""
    try:
        return message.ToDatetime(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidArgument.field(field, "must be in the years 1 to 9999") from error


def optional_id(text: str) -> UUID | None:
    """A UUID, or None for an empty field. The contract's rules have checked the form."""
    return UUID(text) if text else None


def mask_paths(mask: FieldMask, message: Message, allowed: Collection[str]) -> frozenset[str]:
    """The fields that an update changes (AIP-134), as names of `message`'s fields.

    "*" means all of `allowed`; an empty mask means those of `allowed` that are set in the message. Raises
    UpdateMaskInvalid for any other name.
    """
    paths = list(mask.paths)
    if not paths:
        return frozenset(field.name for field, _ in message.ListFields() if field.name in allowed)
    if paths == ["*"]:
        return frozenset(allowed)
    unknown = [path for path in paths if path not in allowed]
    if unknown:
        may = ", ".join(sorted(allowed))
        raise UpdateMaskInvalid(
            violations=[
                FieldViolation("update_mask", f"{path!r} cannot be changed here; these can: {may}")
                for path in unknown
            ]
        )
    return frozenset(paths)


def fingerprint(message: Message, *left_out: str) -> bytes:
    """What a request asks for, as 32 bytes, to tell a repeat from a reuse of its request_id.

    `request_id` itself is left out, and so are the fields named, such as secrets.
    """
    copy = type(message)()
    copy.CopyFrom(message)
    for name in ("request_id", *left_out):
        copy.ClearField(name)
    return hashlib.sha256(copy.SerializeToString(deterministic=True)).digest()
