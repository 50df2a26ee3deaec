import datetime

from academe.api.rpc.v1 import error_reason_pb2 as _error_reason_pb2
from academe.api.rpc.v1 import options_pb2 as _options_pb2
from academe.api.type.v1 import money_pb2 as _money_pb2
from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TipVisibility(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TIP_VISIBILITY_UNSPECIFIED: _ClassVar[TipVisibility]
    TIP_VISIBILITY_PUBLIC: _ClassVar[TipVisibility]
    TIP_VISIBILITY_PRIVATE: _ClassVar[TipVisibility]
    TIP_VISIBILITY_ANONYMOUS: _ClassVar[TipVisibility]

class TipDirection(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TIP_DIRECTION_UNSPECIFIED: _ClassVar[TipDirection]
    TIP_DIRECTION_SENT: _ClassVar[TipDirection]
    TIP_DIRECTION_RECEIVED: _ClassVar[TipDirection]
TIP_VISIBILITY_UNSPECIFIED: TipVisibility
TIP_VISIBILITY_PUBLIC: TipVisibility
TIP_VISIBILITY_PRIVATE: TipVisibility
TIP_VISIBILITY_ANONYMOUS: TipVisibility
TIP_DIRECTION_UNSPECIFIED: TipDirection
TIP_DIRECTION_SENT: TipDirection
TIP_DIRECTION_RECEIVED: TipDirection

class Tip(_message.Message):
    __slots__ = ("tip_id", "sender_id", "educator_id", "amount", "message", "visibility", "hide_amount", "context", "create_time")
    TIP_ID_FIELD_NUMBER: _ClassVar[int]
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    EDUCATOR_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    HIDE_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    tip_id: str
    sender_id: str
    educator_id: str
    amount: _money_pb2.Money
    message: str
    visibility: TipVisibility
    hide_amount: bool
    context: TipContext
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, tip_id: _Optional[str] = ..., sender_id: _Optional[str] = ..., educator_id: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., message: _Optional[str] = ..., visibility: _Optional[_Union[TipVisibility, str]] = ..., hide_amount: _Optional[bool] = ..., context: _Optional[_Union[TipContext, _Mapping]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class TipContext(_message.Message):
    __slots__ = ("course_id", "lesson_id")
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    LESSON_ID_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    lesson_id: str
    def __init__(self, course_id: _Optional[str] = ..., lesson_id: _Optional[str] = ...) -> None: ...

class SendTipRequest(_message.Message):
    __slots__ = ("request_id", "educator_id", "amount", "message", "visibility", "hide_amount", "context")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    EDUCATOR_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    HIDE_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    educator_id: str
    amount: _money_pb2.Money
    message: str
    visibility: TipVisibility
    hide_amount: bool
    context: TipContext
    def __init__(self, request_id: _Optional[str] = ..., educator_id: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., message: _Optional[str] = ..., visibility: _Optional[_Union[TipVisibility, str]] = ..., hide_amount: _Optional[bool] = ..., context: _Optional[_Union[TipContext, _Mapping]] = ...) -> None: ...

class SendTipResponse(_message.Message):
    __slots__ = ("tip", "replayed")
    TIP_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    tip: Tip
    replayed: bool
    def __init__(self, tip: _Optional[_Union[Tip, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class GetTipRequest(_message.Message):
    __slots__ = ("tip_id",)
    TIP_ID_FIELD_NUMBER: _ClassVar[int]
    tip_id: str
    def __init__(self, tip_id: _Optional[str] = ...) -> None: ...

class ListTipsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "direction")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    direction: TipDirection
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., direction: _Optional[_Union[TipDirection, str]] = ...) -> None: ...

class ListTipsResponse(_message.Message):
    __slots__ = ("tips", "next_page_token")
    TIPS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    tips: _containers.RepeatedCompositeFieldContainer[Tip]
    next_page_token: str
    def __init__(self, tips: _Optional[_Iterable[_Union[Tip, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetBalanceRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetBalanceResponse(_message.Message):
    __slots__ = ("balances",)
    BALANCES_FIELD_NUMBER: _ClassVar[int]
    balances: _containers.RepeatedCompositeFieldContainer[_money_pb2.Money]
    def __init__(self, balances: _Optional[_Iterable[_Union[_money_pb2.Money, _Mapping]]] = ...) -> None: ...
