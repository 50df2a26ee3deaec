import datetime

from academe.api.tip.v1 import tip_pb2 as _tip_pb2
from academe.api.type.v1 import money_pb2 as _money_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RecurrenceInterval(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECURRENCE_INTERVAL_UNSPECIFIED: _ClassVar[RecurrenceInterval]
    RECURRENCE_INTERVAL_WEEK: _ClassVar[RecurrenceInterval]
    RECURRENCE_INTERVAL_MONTH: _ClassVar[RecurrenceInterval]
    RECURRENCE_INTERVAL_YEAR: _ClassVar[RecurrenceInterval]

class CatchUpPolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CATCH_UP_POLICY_UNSPECIFIED: _ClassVar[CatchUpPolicy]
    CATCH_UP_POLICY_EACH: _ClassVar[CatchUpPolicy]
    CATCH_UP_POLICY_LATEST: _ClassVar[CatchUpPolicy]
    CATCH_UP_POLICY_NONE: _ClassVar[CatchUpPolicy]

class RecurringTipState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RECURRING_TIP_STATE_UNSPECIFIED: _ClassVar[RecurringTipState]
    RECURRING_TIP_STATE_ACTIVE: _ClassVar[RecurringTipState]
    RECURRING_TIP_STATE_PAUSED: _ClassVar[RecurringTipState]
    RECURRING_TIP_STATE_CANCELED: _ClassVar[RecurringTipState]
RECURRENCE_INTERVAL_UNSPECIFIED: RecurrenceInterval
RECURRENCE_INTERVAL_WEEK: RecurrenceInterval
RECURRENCE_INTERVAL_MONTH: RecurrenceInterval
RECURRENCE_INTERVAL_YEAR: RecurrenceInterval
CATCH_UP_POLICY_UNSPECIFIED: CatchUpPolicy
CATCH_UP_POLICY_EACH: CatchUpPolicy
CATCH_UP_POLICY_LATEST: CatchUpPolicy
CATCH_UP_POLICY_NONE: CatchUpPolicy
RECURRING_TIP_STATE_UNSPECIFIED: RecurringTipState
RECURRING_TIP_STATE_ACTIVE: RecurringTipState
RECURRING_TIP_STATE_PAUSED: RecurringTipState
RECURRING_TIP_STATE_CANCELED: RecurringTipState

class RecurringTip(_message.Message):
    __slots__ = ("recurring_tip_id", "sender_id", "educator_id", "amount", "message", "visibility", "hide_amount", "interval", "start_date", "catch_up", "state", "next_period", "create_time", "recent_periods")
    RECURRING_TIP_ID_FIELD_NUMBER: _ClassVar[int]
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    EDUCATOR_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    HIDE_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    CATCH_UP_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    NEXT_PERIOD_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    RECENT_PERIODS_FIELD_NUMBER: _ClassVar[int]
    recurring_tip_id: str
    sender_id: str
    educator_id: str
    amount: _money_pb2.Money
    message: str
    visibility: _tip_pb2.TipVisibility
    hide_amount: bool
    interval: RecurrenceInterval
    start_date: str
    catch_up: CatchUpPolicy
    state: RecurringTipState
    next_period: str
    create_time: _timestamp_pb2.Timestamp
    recent_periods: _containers.RepeatedCompositeFieldContainer[RecurringPeriod]
    def __init__(self, recurring_tip_id: _Optional[str] = ..., sender_id: _Optional[str] = ..., educator_id: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., message: _Optional[str] = ..., visibility: _Optional[_Union[_tip_pb2.TipVisibility, str]] = ..., hide_amount: _Optional[bool] = ..., interval: _Optional[_Union[RecurrenceInterval, str]] = ..., start_date: _Optional[str] = ..., catch_up: _Optional[_Union[CatchUpPolicy, str]] = ..., state: _Optional[_Union[RecurringTipState, str]] = ..., next_period: _Optional[str] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., recent_periods: _Optional[_Iterable[_Union[RecurringPeriod, _Mapping]]] = ...) -> None: ...

class RecurringPeriod(_message.Message):
    __slots__ = ("start_date", "tip_id", "failure_reason")
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    TIP_ID_FIELD_NUMBER: _ClassVar[int]
    FAILURE_REASON_FIELD_NUMBER: _ClassVar[int]
    start_date: str
    tip_id: str
    failure_reason: str
    def __init__(self, start_date: _Optional[str] = ..., tip_id: _Optional[str] = ..., failure_reason: _Optional[str] = ...) -> None: ...
