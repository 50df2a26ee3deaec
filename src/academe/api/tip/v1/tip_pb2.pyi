import datetime

from academe.api.rpc.v1 import options_pb2 as _options_pb2
from academe.api.type.v1 import money_pb2 as _money_pb2
from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TipVisibility(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TIP_VISIBILITY_UNSPECIFIED: _ClassVar[TipVisibility]
    TIP_VISIBILITY_PUBLIC: _ClassVar[TipVisibility]
    TIP_VISIBILITY_PRIVATE: _ClassVar[TipVisibility]
    TIP_VISIBILITY_ANONYMOUS: _ClassVar[TipVisibility]

class TipState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TIP_STATE_UNSPECIFIED: _ClassVar[TipState]
    TIP_STATE_HELD: _ClassVar[TipState]
    TIP_STATE_IN_REVIEW: _ClassVar[TipState]
    TIP_STATE_PENDING: _ClassVar[TipState]
    TIP_STATE_GIVEN: _ClassVar[TipState]
    TIP_STATE_VOIDED: _ClassVar[TipState]
    TIP_STATE_FAILED: _ClassVar[TipState]
    TIP_STATE_REFUNDED: _ClassVar[TipState]

class TipFunding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TIP_FUNDING_UNSPECIFIED: _ClassVar[TipFunding]
    TIP_FUNDING_WALLET: _ClassVar[TipFunding]
    TIP_FUNDING_PAYMENT: _ClassVar[TipFunding]

class PaymentState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PAYMENT_STATE_UNSPECIFIED: _ClassVar[PaymentState]
    PAYMENT_STATE_CREATED: _ClassVar[PaymentState]
    PAYMENT_STATE_REQUIRES_ACTION: _ClassVar[PaymentState]
    PAYMENT_STATE_PROCESSING: _ClassVar[PaymentState]
    PAYMENT_STATE_SUCCEEDED: _ClassVar[PaymentState]
    PAYMENT_STATE_FAILED: _ClassVar[PaymentState]
    PAYMENT_STATE_CANCELED: _ClassVar[PaymentState]

class RefundState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REFUND_STATE_UNSPECIFIED: _ClassVar[RefundState]
    REFUND_STATE_PENDING: _ClassVar[RefundState]
    REFUND_STATE_SUCCEEDED: _ClassVar[RefundState]
    REFUND_STATE_FAILED: _ClassVar[RefundState]
TIP_VISIBILITY_UNSPECIFIED: TipVisibility
TIP_VISIBILITY_PUBLIC: TipVisibility
TIP_VISIBILITY_PRIVATE: TipVisibility
TIP_VISIBILITY_ANONYMOUS: TipVisibility
TIP_STATE_UNSPECIFIED: TipState
TIP_STATE_HELD: TipState
TIP_STATE_IN_REVIEW: TipState
TIP_STATE_PENDING: TipState
TIP_STATE_GIVEN: TipState
TIP_STATE_VOIDED: TipState
TIP_STATE_FAILED: TipState
TIP_STATE_REFUNDED: TipState
TIP_FUNDING_UNSPECIFIED: TipFunding
TIP_FUNDING_WALLET: TipFunding
TIP_FUNDING_PAYMENT: TipFunding
PAYMENT_STATE_UNSPECIFIED: PaymentState
PAYMENT_STATE_CREATED: PaymentState
PAYMENT_STATE_REQUIRES_ACTION: PaymentState
PAYMENT_STATE_PROCESSING: PaymentState
PAYMENT_STATE_SUCCEEDED: PaymentState
PAYMENT_STATE_FAILED: PaymentState
PAYMENT_STATE_CANCELED: PaymentState
REFUND_STATE_UNSPECIFIED: RefundState
REFUND_STATE_PENDING: RefundState
REFUND_STATE_SUCCEEDED: RefundState
REFUND_STATE_FAILED: RefundState

class Tip(_message.Message):
    __slots__ = ("tip_id", "sender_id", "educator_id", "amount", "message", "visibility", "hide_amount", "context", "create_time", "state", "funding", "platform_fee", "payment_fee", "refunded", "expire_time", "payment", "recurring_tip_id")
    TIP_ID_FIELD_NUMBER: _ClassVar[int]
    SENDER_ID_FIELD_NUMBER: _ClassVar[int]
    EDUCATOR_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    HIDE_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    FUNDING_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_FEE_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_FEE_FIELD_NUMBER: _ClassVar[int]
    REFUNDED_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_FIELD_NUMBER: _ClassVar[int]
    RECURRING_TIP_ID_FIELD_NUMBER: _ClassVar[int]
    tip_id: str
    sender_id: str
    educator_id: str
    amount: _money_pb2.Money
    message: str
    visibility: TipVisibility
    hide_amount: bool
    context: TipContext
    create_time: _timestamp_pb2.Timestamp
    state: TipState
    funding: TipFunding
    platform_fee: _money_pb2.Money
    payment_fee: _money_pb2.Money
    refunded: _money_pb2.Money
    expire_time: _timestamp_pb2.Timestamp
    payment: Payment
    recurring_tip_id: str
    def __init__(self, tip_id: _Optional[str] = ..., sender_id: _Optional[str] = ..., educator_id: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., message: _Optional[str] = ..., visibility: _Optional[_Union[TipVisibility, str]] = ..., hide_amount: _Optional[bool] = ..., context: _Optional[_Union[TipContext, _Mapping]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., state: _Optional[_Union[TipState, str]] = ..., funding: _Optional[_Union[TipFunding, str]] = ..., platform_fee: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., payment_fee: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., refunded: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., payment: _Optional[_Union[Payment, _Mapping]] = ..., recurring_tip_id: _Optional[str] = ...) -> None: ...

class TipContext(_message.Message):
    __slots__ = ("course_id", "lesson_id")
    COURSE_ID_FIELD_NUMBER: _ClassVar[int]
    LESSON_ID_FIELD_NUMBER: _ClassVar[int]
    course_id: str
    lesson_id: str
    def __init__(self, course_id: _Optional[str] = ..., lesson_id: _Optional[str] = ...) -> None: ...

class Payment(_message.Message):
    __slots__ = ("provider", "provider_reference", "client_secret", "state", "failure")
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    CLIENT_SECRET_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    provider: str
    provider_reference: str
    client_secret: str
    state: PaymentState
    failure: str
    def __init__(self, provider: _Optional[str] = ..., provider_reference: _Optional[str] = ..., client_secret: _Optional[str] = ..., state: _Optional[_Union[PaymentState, str]] = ..., failure: _Optional[str] = ...) -> None: ...

class Refund(_message.Message):
    __slots__ = ("refund_id", "tip_id", "amount", "reason", "state", "create_time")
    REFUND_ID_FIELD_NUMBER: _ClassVar[int]
    TIP_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    refund_id: str
    tip_id: str
    amount: _money_pb2.Money
    reason: str
    state: RefundState
    create_time: _timestamp_pb2.Timestamp
    def __init__(self, refund_id: _Optional[str] = ..., tip_id: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., reason: _Optional[str] = ..., state: _Optional[_Union[RefundState, str]] = ..., create_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class TipDraft(_message.Message):
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
