import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LogEvent(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LOG_EVENT_UNSPECIFIED: _ClassVar[LogEvent]
    LOG_EVENT_ISSUE: _ClassVar[LogEvent]
    LOG_EVENT_REVOKE: _ClassVar[LogEvent]
    LOG_EVENT_SUSPEND: _ClassVar[LogEvent]
    LOG_EVENT_REINSTATE: _ClassVar[LogEvent]
LOG_EVENT_UNSPECIFIED: LogEvent
LOG_EVENT_ISSUE: LogEvent
LOG_EVENT_REVOKE: LogEvent
LOG_EVENT_SUSPEND: LogEvent
LOG_EVENT_REINSTATE: LogEvent

class LogEntry(_message.Message):
    __slots__ = ("leaf_index", "event", "credential_sha256", "log_time", "leaf")
    LEAF_INDEX_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    CREDENTIAL_SHA256_FIELD_NUMBER: _ClassVar[int]
    LOG_TIME_FIELD_NUMBER: _ClassVar[int]
    LEAF_FIELD_NUMBER: _ClassVar[int]
    leaf_index: int
    event: LogEvent
    credential_sha256: bytes
    log_time: _timestamp_pb2.Timestamp
    leaf: bytes
    def __init__(self, leaf_index: _Optional[int] = ..., event: _Optional[_Union[LogEvent, str]] = ..., credential_sha256: _Optional[bytes] = ..., log_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., leaf: _Optional[bytes] = ...) -> None: ...

class GetLogCheckpointRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class LogCheckpoint(_message.Message):
    __slots__ = ("tree_size", "root_hash", "note", "verifier_key")
    TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    ROOT_HASH_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    VERIFIER_KEY_FIELD_NUMBER: _ClassVar[int]
    tree_size: int
    root_hash: bytes
    note: str
    verifier_key: str
    def __init__(self, tree_size: _Optional[int] = ..., root_hash: _Optional[bytes] = ..., note: _Optional[str] = ..., verifier_key: _Optional[str] = ...) -> None: ...

class GetInclusionProofRequest(_message.Message):
    __slots__ = ("leaf_index", "credential_event", "tree_size")
    LEAF_INDEX_FIELD_NUMBER: _ClassVar[int]
    CREDENTIAL_EVENT_FIELD_NUMBER: _ClassVar[int]
    TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    leaf_index: int
    credential_event: CredentialLogEvent
    tree_size: int
    def __init__(self, leaf_index: _Optional[int] = ..., credential_event: _Optional[_Union[CredentialLogEvent, _Mapping]] = ..., tree_size: _Optional[int] = ...) -> None: ...

class CredentialLogEvent(_message.Message):
    __slots__ = ("credential_sha256", "event")
    CREDENTIAL_SHA256_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    credential_sha256: bytes
    event: LogEvent
    def __init__(self, credential_sha256: _Optional[bytes] = ..., event: _Optional[_Union[LogEvent, str]] = ...) -> None: ...

class InclusionProof(_message.Message):
    __slots__ = ("entry", "tree_size", "hashes", "root_hash", "checkpoint")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    HASHES_FIELD_NUMBER: _ClassVar[int]
    ROOT_HASH_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    entry: LogEntry
    tree_size: int
    hashes: _containers.RepeatedScalarFieldContainer[bytes]
    root_hash: bytes
    checkpoint: LogCheckpoint
    def __init__(self, entry: _Optional[_Union[LogEntry, _Mapping]] = ..., tree_size: _Optional[int] = ..., hashes: _Optional[_Iterable[bytes]] = ..., root_hash: _Optional[bytes] = ..., checkpoint: _Optional[_Union[LogCheckpoint, _Mapping]] = ...) -> None: ...

class GetConsistencyProofRequest(_message.Message):
    __slots__ = ("old_tree_size", "new_tree_size")
    OLD_TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    NEW_TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    old_tree_size: int
    new_tree_size: int
    def __init__(self, old_tree_size: _Optional[int] = ..., new_tree_size: _Optional[int] = ...) -> None: ...

class ConsistencyProof(_message.Message):
    __slots__ = ("old_tree_size", "new_tree_size", "hashes", "checkpoint")
    OLD_TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    NEW_TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    HASHES_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINT_FIELD_NUMBER: _ClassVar[int]
    old_tree_size: int
    new_tree_size: int
    hashes: _containers.RepeatedScalarFieldContainer[bytes]
    checkpoint: LogCheckpoint
    def __init__(self, old_tree_size: _Optional[int] = ..., new_tree_size: _Optional[int] = ..., hashes: _Optional[_Iterable[bytes]] = ..., checkpoint: _Optional[_Union[LogCheckpoint, _Mapping]] = ...) -> None: ...

class ListLogEntriesRequest(_message.Message):
    __slots__ = ("start_index", "page_size")
    START_INDEX_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    start_index: int
    page_size: int
    def __init__(self, start_index: _Optional[int] = ..., page_size: _Optional[int] = ...) -> None: ...

class ListLogEntriesResponse(_message.Message):
    __slots__ = ("entries", "tree_size")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    TREE_SIZE_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[LogEntry]
    tree_size: int
    def __init__(self, entries: _Optional[_Iterable[_Union[LogEntry, _Mapping]]] = ..., tree_size: _Optional[int] = ...) -> None: ...
