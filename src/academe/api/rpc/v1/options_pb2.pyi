import datetime

from academe.api.rpc.v1 import error_reason_pb2 as _error_reason_pb2
from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROLE_UNSPECIFIED: _ClassVar[Role]
    ROLE_LEARNER: _ClassVar[Role]
    ROLE_EDUCATOR: _ClassVar[Role]
    ROLE_ADMINISTRATOR: _ClassVar[Role]
ROLE_UNSPECIFIED: Role
ROLE_LEARNER: Role
ROLE_EDUCATOR: Role
ROLE_ADMINISTRATOR: Role
ACCESS_FIELD_NUMBER: _ClassVar[int]
access: _descriptor.FieldDescriptor
RAISES_FIELD_NUMBER: _ClassVar[int]
raises: _descriptor.FieldDescriptor
SENSITIVE_FIELD_NUMBER: _ClassVar[int]
sensitive: _descriptor.FieldDescriptor

class Access(_message.Message):
    __slots__ = ("level", "roles", "max_authentication_age")
    class Level(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        LEVEL_UNSPECIFIED: _ClassVar[Access.Level]
        LEVEL_PUBLIC: _ClassVar[Access.Level]
        LEVEL_SIGNED_IN: _ClassVar[Access.Level]
        LEVEL_ROLES: _ClassVar[Access.Level]
    LEVEL_UNSPECIFIED: Access.Level
    LEVEL_PUBLIC: Access.Level
    LEVEL_SIGNED_IN: Access.Level
    LEVEL_ROLES: Access.Level
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    MAX_AUTHENTICATION_AGE_FIELD_NUMBER: _ClassVar[int]
    level: Access.Level
    roles: _containers.RepeatedScalarFieldContainer[Role]
    max_authentication_age: _duration_pb2.Duration
    def __init__(self, level: _Optional[_Union[Access.Level, str]] = ..., roles: _Optional[_Iterable[_Union[Role, str]]] = ..., max_authentication_age: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...
