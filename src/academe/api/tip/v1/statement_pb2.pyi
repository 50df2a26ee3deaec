import datetime

from academe.api.type.v1 import money_pb2 as _money_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AccountKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACCOUNT_KIND_UNSPECIFIED: _ClassVar[AccountKind]
    ACCOUNT_KIND_WALLET: _ClassVar[AccountKind]
    ACCOUNT_KIND_EDUCATOR: _ClassVar[AccountKind]
    ACCOUNT_KIND_HELD: _ClassVar[AccountKind]
    ACCOUNT_KIND_PAYOUT: _ClassVar[AccountKind]
    ACCOUNT_KIND_DEBT: _ClassVar[AccountKind]
    ACCOUNT_KIND_PLATFORM_FEE: _ClassVar[AccountKind]
    ACCOUNT_KIND_PAYMENT_FEE: _ClassVar[AccountKind]
    ACCOUNT_KIND_PROVIDER: _ClassVar[AccountKind]
    ACCOUNT_KIND_CASH: _ClassVar[AccountKind]
    ACCOUNT_KIND_OUTSIDE: _ClassVar[AccountKind]

class TransactionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRANSACTION_KIND_UNSPECIFIED: _ClassVar[TransactionKind]
    TRANSACTION_KIND_TIP: _ClassVar[TransactionKind]
    TRANSACTION_KIND_HOLD: _ClassVar[TransactionKind]
    TRANSACTION_KIND_TOP_UP: _ClassVar[TransactionKind]
    TRANSACTION_KIND_CAPTURE: _ClassVar[TransactionKind]
    TRANSACTION_KIND_VOID: _ClassVar[TransactionKind]
    TRANSACTION_KIND_CHARGE: _ClassVar[TransactionKind]
    TRANSACTION_KIND_REFUND: _ClassVar[TransactionKind]
    TRANSACTION_KIND_DISPUTE: _ClassVar[TransactionKind]
    TRANSACTION_KIND_DISPUTE_WON: _ClassVar[TransactionKind]
    TRANSACTION_KIND_PAYOUT: _ClassVar[TransactionKind]
    TRANSACTION_KIND_PAYOUT_PAID: _ClassVar[TransactionKind]
    TRANSACTION_KIND_PAYOUT_FAILED: _ClassVar[TransactionKind]
    TRANSACTION_KIND_PROVIDER_FEE: _ClassVar[TransactionKind]
    TRANSACTION_KIND_DEBT_REPAID: _ClassVar[TransactionKind]
    TRANSACTION_KIND_TOP_UP_TAKEN_BACK: _ClassVar[TransactionKind]
    TRANSACTION_KIND_REFUND_FAILED: _ClassVar[TransactionKind]
    TRANSACTION_KIND_PROVIDER_FEE_RETURNED: _ClassVar[TransactionKind]

class DocumentFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DOCUMENT_FORMAT_UNSPECIFIED: _ClassVar[DocumentFormat]
    DOCUMENT_FORMAT_CSV: _ClassVar[DocumentFormat]
    DOCUMENT_FORMAT_PDF: _ClassVar[DocumentFormat]
    DOCUMENT_FORMAT_SVG: _ClassVar[DocumentFormat]
ACCOUNT_KIND_UNSPECIFIED: AccountKind
ACCOUNT_KIND_WALLET: AccountKind
ACCOUNT_KIND_EDUCATOR: AccountKind
ACCOUNT_KIND_HELD: AccountKind
ACCOUNT_KIND_PAYOUT: AccountKind
ACCOUNT_KIND_DEBT: AccountKind
ACCOUNT_KIND_PLATFORM_FEE: AccountKind
ACCOUNT_KIND_PAYMENT_FEE: AccountKind
ACCOUNT_KIND_PROVIDER: AccountKind
ACCOUNT_KIND_CASH: AccountKind
ACCOUNT_KIND_OUTSIDE: AccountKind
TRANSACTION_KIND_UNSPECIFIED: TransactionKind
TRANSACTION_KIND_TIP: TransactionKind
TRANSACTION_KIND_HOLD: TransactionKind
TRANSACTION_KIND_TOP_UP: TransactionKind
TRANSACTION_KIND_CAPTURE: TransactionKind
TRANSACTION_KIND_VOID: TransactionKind
TRANSACTION_KIND_CHARGE: TransactionKind
TRANSACTION_KIND_REFUND: TransactionKind
TRANSACTION_KIND_DISPUTE: TransactionKind
TRANSACTION_KIND_DISPUTE_WON: TransactionKind
TRANSACTION_KIND_PAYOUT: TransactionKind
TRANSACTION_KIND_PAYOUT_PAID: TransactionKind
TRANSACTION_KIND_PAYOUT_FAILED: TransactionKind
TRANSACTION_KIND_PROVIDER_FEE: TransactionKind
TRANSACTION_KIND_DEBT_REPAID: TransactionKind
TRANSACTION_KIND_TOP_UP_TAKEN_BACK: TransactionKind
TRANSACTION_KIND_REFUND_FAILED: TransactionKind
TRANSACTION_KIND_PROVIDER_FEE_RETURNED: TransactionKind
DOCUMENT_FORMAT_UNSPECIFIED: DocumentFormat
DOCUMENT_FORMAT_CSV: DocumentFormat
DOCUMENT_FORMAT_PDF: DocumentFormat
DOCUMENT_FORMAT_SVG: DocumentFormat

class AccountBalance(_message.Message):
    __slots__ = ("account", "balance")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    account: AccountKind
    balance: _money_pb2.Money
    def __init__(self, account: _Optional[_Union[AccountKind, str]] = ..., balance: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class StatementLine(_message.Message):
    __slots__ = ("number", "time", "kind", "amount", "balance", "transaction_id", "tip_id", "source_id")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    BALANCE_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_ID_FIELD_NUMBER: _ClassVar[int]
    TIP_ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    number: int
    time: _timestamp_pb2.Timestamp
    kind: TransactionKind
    amount: _money_pb2.Money
    balance: _money_pb2.Money
    transaction_id: str
    tip_id: str
    source_id: str
    def __init__(self, number: _Optional[int] = ..., time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., kind: _Optional[_Union[TransactionKind, str]] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., balance: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., transaction_id: _Optional[str] = ..., tip_id: _Optional[str] = ..., source_id: _Optional[str] = ...) -> None: ...

class DocumentChunk(_message.Message):
    __slots__ = ("content_type", "file_name", "content")
    CONTENT_TYPE_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    content_type: str
    file_name: str
    content: bytes
    def __init__(self, content_type: _Optional[str] = ..., file_name: _Optional[str] = ..., content: _Optional[bytes] = ...) -> None: ...
