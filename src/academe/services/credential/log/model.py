"""The transparency log as values: what is appended, what a leaf says, what was signed, what is proved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

from academe.services.credential.log.merkle import leaf_hash


class LogEvent(IntEnum):
    """Numbers as in academe.api.credential.v1.LogEvent and in the table; the names are hashed, too."""

    ISSUE = 1
    REVOKE = 2
    SUSPEND = 3
    REINSTATE = 4

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What is to be appended. The log itself adds the place and the time."""

    event: LogEvent
    credential_sha256: bytes
    """Of the credential's JSON document, byte for byte; 32 bytes."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry in the log."""

    leaf_index: int
    event: LogEvent
    credential_sha256: bytes
    log_time: datetime

    @property
    def data(self) -> bytes:
        """The text that is hashed. Fixed for ever: every proof depends on each of its bytes."""
        moment = self.log_time.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00")
        return f"academe-log/1\n{self.event.word}\n{self.credential_sha256.hex()}\n{moment}Z\n".encode()

    @property
    def hash(self) -> bytes:
        return leaf_hash(self.data)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The size and root of the tree as they were signed."""

    tree_size: int
    root_hash: bytes
    note: str
    """The signed note, as it is handed out."""
    sign_time: datetime


@dataclass(frozen=True, slots=True)
class CredentialEvent:
    """Asks for the last leaf that says this of a credential."""

    credential_sha256: bytes
    event: LogEvent


@dataclass(frozen=True, slots=True)
class LeafHash:
    """Asks for the leaf with this hash."""

    hash: bytes


Wanted = int | CredentialEvent | LeafHash
"""Which leaf is asked for; a number is its index."""


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That `leaf` is in the tree of `tree_size` leaves (RFC 9162, 2.1.3)."""

    leaf: Leaf
    tree_size: int
    hashes: tuple[bytes, ...]
    """From the leaf's neighbour to the child of the root."""
    root_hash: bytes
    checkpoint: Checkpoint | None
    """Of this size, if one was signed."""


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """That the tree of `new_size` leaves begins with the one of `old_size` (RFC 9162, 2.1.4)."""

    old_size: int
    new_size: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint | None
    """Of the new size, if one was signed."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """Leaves by index, and how many there are altogether."""

    leaves: list[Leaf]
    tree_size: int
