import datetime

from academe.api.rpc.v1 import error_reason_pb2 as _error_reason_pb2
from academe.api.rpc.v1 import options_pb2 as _options_pb2
from academe.api.tip.v1 import payout_pb2 as _payout_pb2
from academe.api.tip.v1 import recurring_tip_pb2 as _recurring_tip_pb2
from academe.api.tip.v1 import statement_pb2 as _statement_pb2
from academe.api.tip.v1 import tip_pb2 as _tip_pb2
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

class TipDirection(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TIP_DIRECTION_UNSPECIFIED: _ClassVar[TipDirection]
    TIP_DIRECTION_SENT: _ClassVar[TipDirection]
    TIP_DIRECTION_RECEIVED: _ClassVar[TipDirection]

class TopUpSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TOP_UP_SOURCE_UNSPECIFIED: _ClassVar[TopUpSource]
    TOP_UP_SOURCE_HAND: _ClassVar[TopUpSource]
    TOP_UP_SOURCE_PAYMENT: _ClassVar[TopUpSource]

class CheckResult(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHECK_RESULT_UNSPECIFIED: _ClassVar[CheckResult]
    CHECK_RESULT_PASS: _ClassVar[CheckResult]
    CHECK_RESULT_FAIL: _ClassVar[CheckResult]
TIP_DIRECTION_UNSPECIFIED: TipDirection
TIP_DIRECTION_SENT: TipDirection
TIP_DIRECTION_RECEIVED: TipDirection
TOP_UP_SOURCE_UNSPECIFIED: TopUpSource
TOP_UP_SOURCE_HAND: TopUpSource
TOP_UP_SOURCE_PAYMENT: TopUpSource
CHECK_RESULT_UNSPECIFIED: CheckResult
CHECK_RESULT_PASS: CheckResult
CHECK_RESULT_FAIL: CheckResult

class SendTipRequest(_message.Message):
    __slots__ = ("request_id", "educator_id", "amount", "message", "visibility", "hide_amount", "context", "funding")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    EDUCATOR_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    HIDE_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    FUNDING_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    educator_id: str
    amount: _money_pb2.Money
    message: str
    visibility: _tip_pb2.TipVisibility
    hide_amount: bool
    context: _tip_pb2.TipContext
    funding: _tip_pb2.TipFunding
    def __init__(self, request_id: _Optional[str] = ..., educator_id: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., message: _Optional[str] = ..., visibility: _Optional[_Union[_tip_pb2.TipVisibility, str]] = ..., hide_amount: _Optional[bool] = ..., context: _Optional[_Union[_tip_pb2.TipContext, _Mapping]] = ..., funding: _Optional[_Union[_tip_pb2.TipFunding, str]] = ...) -> None: ...

class SendTipResponse(_message.Message):
    __slots__ = ("tip", "replayed")
    TIP_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    tip: _tip_pb2.Tip
    replayed: bool
    def __init__(self, tip: _Optional[_Union[_tip_pb2.Tip, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class BatchSendTipsRequest(_message.Message):
    __slots__ = ("tips",)
    TIPS_FIELD_NUMBER: _ClassVar[int]
    tips: _containers.RepeatedCompositeFieldContainer[_tip_pb2.TipDraft]
    def __init__(self, tips: _Optional[_Iterable[_Union[_tip_pb2.TipDraft, _Mapping]]] = ...) -> None: ...

class BatchSendTipsResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[BatchSendTipsResult]
    def __init__(self, results: _Optional[_Iterable[_Union[BatchSendTipsResult, _Mapping]]] = ...) -> None: ...

class BatchSendTipsResult(_message.Message):
    __slots__ = ("tip_id", "replayed", "error_reason", "error_message")
    TIP_ID_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    ERROR_REASON_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    tip_id: str
    replayed: bool
    error_reason: str
    error_message: str
    def __init__(self, tip_id: _Optional[str] = ..., replayed: _Optional[bool] = ..., error_reason: _Optional[str] = ..., error_message: _Optional[str] = ...) -> None: ...

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
    tips: _containers.RepeatedCompositeFieldContainer[_tip_pb2.Tip]
    next_page_token: str
    def __init__(self, tips: _Optional[_Iterable[_Union[_tip_pb2.Tip, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class RefundTipRequest(_message.Message):
    __slots__ = ("request_id", "tip_id", "amount", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    TIP_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    tip_id: str
    amount: _money_pb2.Money
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., tip_id: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class HoldTipRequest(_message.Message):
    __slots__ = ("request_id", "educator_id", "amount", "message", "visibility", "hide_amount", "context", "expire_time")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    EDUCATOR_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    HIDE_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    educator_id: str
    amount: _money_pb2.Money
    message: str
    visibility: _tip_pb2.TipVisibility
    hide_amount: bool
    context: _tip_pb2.TipContext
    expire_time: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., educator_id: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., message: _Optional[str] = ..., visibility: _Optional[_Union[_tip_pb2.TipVisibility, str]] = ..., hide_amount: _Optional[bool] = ..., context: _Optional[_Union[_tip_pb2.TipContext, _Mapping]] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CaptureTipRequest(_message.Message):
    __slots__ = ("tip_id",)
    TIP_ID_FIELD_NUMBER: _ClassVar[int]
    tip_id: str
    def __init__(self, tip_id: _Optional[str] = ...) -> None: ...

class VoidTipRequest(_message.Message):
    __slots__ = ("tip_id",)
    TIP_ID_FIELD_NUMBER: _ClassVar[int]
    tip_id: str
    def __init__(self, tip_id: _Optional[str] = ...) -> None: ...

class ListReviewsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListReviewsResponse(_message.Message):
    __slots__ = ("tips", "next_page_token")
    TIPS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    tips: _containers.RepeatedCompositeFieldContainer[_tip_pb2.Tip]
    next_page_token: str
    def __init__(self, tips: _Optional[_Iterable[_Union[_tip_pb2.Tip, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ReviewTipRequest(_message.Message):
    __slots__ = ("tip_id", "approve")
    TIP_ID_FIELD_NUMBER: _ClassVar[int]
    APPROVE_FIELD_NUMBER: _ClassVar[int]
    tip_id: str
    approve: bool
    def __init__(self, tip_id: _Optional[str] = ..., approve: _Optional[bool] = ...) -> None: ...

class CreateRecurringTipRequest(_message.Message):
    __slots__ = ("request_id", "educator_id", "amount", "message", "visibility", "hide_amount", "interval", "start_date", "catch_up")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    EDUCATOR_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    HIDE_AMOUNT_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    START_DATE_FIELD_NUMBER: _ClassVar[int]
    CATCH_UP_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    educator_id: str
    amount: _money_pb2.Money
    message: str
    visibility: _tip_pb2.TipVisibility
    hide_amount: bool
    interval: _recurring_tip_pb2.RecurrenceInterval
    start_date: str
    catch_up: _recurring_tip_pb2.CatchUpPolicy
    def __init__(self, request_id: _Optional[str] = ..., educator_id: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., message: _Optional[str] = ..., visibility: _Optional[_Union[_tip_pb2.TipVisibility, str]] = ..., hide_amount: _Optional[bool] = ..., interval: _Optional[_Union[_recurring_tip_pb2.RecurrenceInterval, str]] = ..., start_date: _Optional[str] = ..., catch_up: _Optional[_Union[_recurring_tip_pb2.CatchUpPolicy, str]] = ...) -> None: ...

class GetRecurringTipRequest(_message.Message):
    __slots__ = ("recurring_tip_id",)
    RECURRING_TIP_ID_FIELD_NUMBER: _ClassVar[int]
    recurring_tip_id: str
    def __init__(self, recurring_tip_id: _Optional[str] = ...) -> None: ...

class PauseRecurringTipRequest(_message.Message):
    __slots__ = ("recurring_tip_id",)
    RECURRING_TIP_ID_FIELD_NUMBER: _ClassVar[int]
    recurring_tip_id: str
    def __init__(self, recurring_tip_id: _Optional[str] = ...) -> None: ...

class ResumeRecurringTipRequest(_message.Message):
    __slots__ = ("recurring_tip_id",)
    RECURRING_TIP_ID_FIELD_NUMBER: _ClassVar[int]
    recurring_tip_id: str
    def __init__(self, recurring_tip_id: _Optional[str] = ...) -> None: ...

class CancelRecurringTipRequest(_message.Message):
    __slots__ = ("recurring_tip_id",)
    RECURRING_TIP_ID_FIELD_NUMBER: _ClassVar[int]
    recurring_tip_id: str
    def __init__(self, recurring_tip_id: _Optional[str] = ...) -> None: ...

class ListRecurringTipsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListRecurringTipsResponse(_message.Message):
    __slots__ = ("recurring_tips", "next_page_token")
    RECURRING_TIPS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    recurring_tips: _containers.RepeatedCompositeFieldContainer[_recurring_tip_pb2.RecurringTip]
    next_page_token: str
    def __init__(self, recurring_tips: _Optional[_Iterable[_Union[_recurring_tip_pb2.RecurringTip, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class TopUpWalletRequest(_message.Message):
    __slots__ = ("request_id", "amount", "user_id", "source")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    amount: _money_pb2.Money
    user_id: str
    source: TopUpSource
    def __init__(self, request_id: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., user_id: _Optional[str] = ..., source: _Optional[_Union[TopUpSource, str]] = ...) -> None: ...

class TopUpWalletResponse(_message.Message):
    __slots__ = ("top_up_id", "amount", "payment", "replayed")
    TOP_UP_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    top_up_id: str
    amount: _money_pb2.Money
    payment: _tip_pb2.Payment
    replayed: bool
    def __init__(self, top_up_id: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., payment: _Optional[_Union[_tip_pb2.Payment, _Mapping]] = ..., replayed: _Optional[bool] = ...) -> None: ...

class GetBalanceRequest(_message.Message):
    __slots__ = ("user_id", "school", "at")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    SCHOOL_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    school: bool
    at: _timestamp_pb2.Timestamp
    def __init__(self, user_id: _Optional[str] = ..., school: _Optional[bool] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetBalanceResponse(_message.Message):
    __slots__ = ("balances", "accounts")
    BALANCES_FIELD_NUMBER: _ClassVar[int]
    ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    balances: _containers.RepeatedCompositeFieldContainer[_money_pb2.Money]
    accounts: _containers.RepeatedCompositeFieldContainer[_statement_pb2.AccountBalance]
    def __init__(self, balances: _Optional[_Iterable[_Union[_money_pb2.Money, _Mapping]]] = ..., accounts: _Optional[_Iterable[_Union[_statement_pb2.AccountBalance, _Mapping]]] = ...) -> None: ...

class GetStatementRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "account", "currency_code", "start_time", "end_time", "user_id")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    account: _statement_pb2.AccountKind
    currency_code: str
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    user_id: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., account: _Optional[_Union[_statement_pb2.AccountKind, str]] = ..., currency_code: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., user_id: _Optional[str] = ...) -> None: ...

class GetStatementResponse(_message.Message):
    __slots__ = ("opening_balance", "closing_balance", "lines", "next_page_token", "line_count")
    OPENING_BALANCE_FIELD_NUMBER: _ClassVar[int]
    CLOSING_BALANCE_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    LINE_COUNT_FIELD_NUMBER: _ClassVar[int]
    opening_balance: _money_pb2.Money
    closing_balance: _money_pb2.Money
    lines: _containers.RepeatedCompositeFieldContainer[_statement_pb2.StatementLine]
    next_page_token: str
    line_count: int
    def __init__(self, opening_balance: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., closing_balance: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[_statement_pb2.StatementLine, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., line_count: _Optional[int] = ...) -> None: ...

class ExportStatementRequest(_message.Message):
    __slots__ = ("account", "currency_code", "start_time", "end_time", "user_id", "format", "language")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    account: _statement_pb2.AccountKind
    currency_code: str
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    user_id: str
    format: _statement_pb2.DocumentFormat
    language: str
    def __init__(self, account: _Optional[_Union[_statement_pb2.AccountKind, str]] = ..., currency_code: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., user_id: _Optional[str] = ..., format: _Optional[_Union[_statement_pb2.DocumentFormat, str]] = ..., language: _Optional[str] = ...) -> None: ...

class CreatePayoutAccountRequest(_message.Message):
    __slots__ = ("return_url",)
    RETURN_URL_FIELD_NUMBER: _ClassVar[int]
    return_url: str
    def __init__(self, return_url: _Optional[str] = ...) -> None: ...

class CreatePayoutAccountResponse(_message.Message):
    __slots__ = ("account", "onboarding_url")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    ONBOARDING_URL_FIELD_NUMBER: _ClassVar[int]
    account: _payout_pb2.PayoutAccount
    onboarding_url: str
    def __init__(self, account: _Optional[_Union[_payout_pb2.PayoutAccount, _Mapping]] = ..., onboarding_url: _Optional[str] = ...) -> None: ...

class CreatePayoutRequest(_message.Message):
    __slots__ = ("request_id", "currency_code")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    currency_code: str
    def __init__(self, request_id: _Optional[str] = ..., currency_code: _Optional[str] = ...) -> None: ...

class GetPayoutRequest(_message.Message):
    __slots__ = ("payout_id",)
    PAYOUT_ID_FIELD_NUMBER: _ClassVar[int]
    payout_id: str
    def __init__(self, payout_id: _Optional[str] = ...) -> None: ...

class ListPayoutsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "state")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    state: _payout_pb2.PayoutState
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., state: _Optional[_Union[_payout_pb2.PayoutState, str]] = ...) -> None: ...

class ListPayoutsResponse(_message.Message):
    __slots__ = ("payouts", "next_page_token")
    PAYOUTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    payouts: _containers.RepeatedCompositeFieldContainer[_payout_pb2.Payout]
    next_page_token: str
    def __init__(self, payouts: _Optional[_Iterable[_Union[_payout_pb2.Payout, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListPayoutLinesRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "payout_id")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PAYOUT_ID_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    payout_id: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., payout_id: _Optional[str] = ...) -> None: ...

class ListPayoutLinesResponse(_message.Message):
    __slots__ = ("lines", "next_page_token")
    LINES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedCompositeFieldContainer[_statement_pb2.StatementLine]
    next_page_token: str
    def __init__(self, lines: _Optional[_Iterable[_Union[_statement_pb2.StatementLine, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class SettlePayoutRequest(_message.Message):
    __slots__ = ("payout_id", "paid", "reason", "expected_state")
    PAYOUT_ID_FIELD_NUMBER: _ClassVar[int]
    PAID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_STATE_FIELD_NUMBER: _ClassVar[int]
    payout_id: str
    paid: bool
    reason: str
    expected_state: _payout_pb2.PayoutState
    def __init__(self, payout_id: _Optional[str] = ..., paid: _Optional[bool] = ..., reason: _Optional[str] = ..., expected_state: _Optional[_Union[_payout_pb2.PayoutState, str]] = ...) -> None: ...

class TopSupportersRequest(_message.Message):
    __slots__ = ("educator_id", "currency_code", "start_time", "limit")
    EDUCATOR_ID_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    educator_id: str
    currency_code: str
    start_time: _timestamp_pb2.Timestamp
    limit: int
    def __init__(self, educator_id: _Optional[str] = ..., currency_code: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., limit: _Optional[int] = ...) -> None: ...

class TopSupportersResponse(_message.Message):
    __slots__ = ("supporters",)
    SUPPORTERS_FIELD_NUMBER: _ClassVar[int]
    supporters: _containers.RepeatedCompositeFieldContainer[Supporter]
    def __init__(self, supporters: _Optional[_Iterable[_Union[Supporter, _Mapping]]] = ...) -> None: ...

class Supporter(_message.Message):
    __slots__ = ("user_id", "display_name", "amount", "tip_count", "latest_time")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    TIP_COUNT_FIELD_NUMBER: _ClassVar[int]
    LATEST_TIME_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    display_name: str
    amount: _money_pb2.Money
    tip_count: int
    latest_time: _timestamp_pb2.Timestamp
    def __init__(self, user_id: _Optional[str] = ..., display_name: _Optional[str] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., tip_count: _Optional[int] = ..., latest_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class WatchTipsRequest(_message.Message):
    __slots__ = ("since",)
    SINCE_FIELD_NUMBER: _ClassVar[int]
    since: _timestamp_pb2.Timestamp
    def __init__(self, since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class WatchTipsResponse(_message.Message):
    __slots__ = ("tip",)
    TIP_FIELD_NUMBER: _ClassVar[int]
    tip: _tip_pb2.Tip
    def __init__(self, tip: _Optional[_Union[_tip_pb2.Tip, _Mapping]] = ...) -> None: ...

class VerifyLedgerRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class VerifyLedgerResponse(_message.Message):
    __slots__ = ("check", "result", "examined", "faults", "fault_count", "head_hash")
    CHECK_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    EXAMINED_FIELD_NUMBER: _ClassVar[int]
    FAULTS_FIELD_NUMBER: _ClassVar[int]
    FAULT_COUNT_FIELD_NUMBER: _ClassVar[int]
    HEAD_HASH_FIELD_NUMBER: _ClassVar[int]
    check: str
    result: CheckResult
    examined: int
    faults: _containers.RepeatedScalarFieldContainer[str]
    fault_count: int
    head_hash: str
    def __init__(self, check: _Optional[str] = ..., result: _Optional[_Union[CheckResult, str]] = ..., examined: _Optional[int] = ..., faults: _Optional[_Iterable[str]] = ..., fault_count: _Optional[int] = ..., head_hash: _Optional[str] = ...) -> None: ...

class GetEarningsRequest(_message.Message):
    __slots__ = ("year", "currency_code")
    YEAR_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    year: int
    currency_code: str
    def __init__(self, year: _Optional[int] = ..., currency_code: _Optional[str] = ...) -> None: ...

class GetEarningsResponse(_message.Message):
    __slots__ = ("months", "courses", "supporters", "total")
    MONTHS_FIELD_NUMBER: _ClassVar[int]
    COURSES_FIELD_NUMBER: _ClassVar[int]
    SUPPORTERS_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    months: _containers.RepeatedCompositeFieldContainer[EarningsLine]
    courses: _containers.RepeatedCompositeFieldContainer[EarningsLine]
    supporters: _containers.RepeatedCompositeFieldContainer[EarningsLine]
    total: EarningsLine
    def __init__(self, months: _Optional[_Iterable[_Union[EarningsLine, _Mapping]]] = ..., courses: _Optional[_Iterable[_Union[EarningsLine, _Mapping]]] = ..., supporters: _Optional[_Iterable[_Union[EarningsLine, _Mapping]]] = ..., total: _Optional[_Union[EarningsLine, _Mapping]] = ...) -> None: ...

class EarningsLine(_message.Message):
    __slots__ = ("key", "tip_count", "gross", "fees", "refunded", "net")
    KEY_FIELD_NUMBER: _ClassVar[int]
    TIP_COUNT_FIELD_NUMBER: _ClassVar[int]
    GROSS_FIELD_NUMBER: _ClassVar[int]
    FEES_FIELD_NUMBER: _ClassVar[int]
    REFUNDED_FIELD_NUMBER: _ClassVar[int]
    NET_FIELD_NUMBER: _ClassVar[int]
    key: str
    tip_count: int
    gross: _money_pb2.Money
    fees: _money_pb2.Money
    refunded: _money_pb2.Money
    net: _money_pb2.Money
    def __init__(self, key: _Optional[str] = ..., tip_count: _Optional[int] = ..., gross: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., fees: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., refunded: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., net: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class GetSchoolReportRequest(_message.Message):
    __slots__ = ("currency_code", "start_time", "end_time", "reconcile")
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    RECONCILE_FIELD_NUMBER: _ClassVar[int]
    currency_code: str
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    reconcile: bool
    def __init__(self, currency_code: _Optional[str] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reconcile: _Optional[bool] = ...) -> None: ...

class GetSchoolReportResponse(_message.Message):
    __slots__ = ("balances", "totals", "reconciliation")
    BALANCES_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    RECONCILIATION_FIELD_NUMBER: _ClassVar[int]
    balances: _containers.RepeatedCompositeFieldContainer[_statement_pb2.AccountBalance]
    totals: _containers.RepeatedCompositeFieldContainer[TransactionTotal]
    reconciliation: Reconciliation
    def __init__(self, balances: _Optional[_Iterable[_Union[_statement_pb2.AccountBalance, _Mapping]]] = ..., totals: _Optional[_Iterable[_Union[TransactionTotal, _Mapping]]] = ..., reconciliation: _Optional[_Union[Reconciliation, _Mapping]] = ...) -> None: ...

class TransactionTotal(_message.Message):
    __slots__ = ("kind", "count", "amount")
    KIND_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_FIELD_NUMBER: _ClassVar[int]
    kind: _statement_pb2.TransactionKind
    count: int
    amount: _money_pb2.Money
    def __init__(self, kind: _Optional[_Union[_statement_pb2.TransactionKind, str]] = ..., count: _Optional[int] = ..., amount: _Optional[_Union[_money_pb2.Money, _Mapping]] = ...) -> None: ...

class Reconciliation(_message.Message):
    __slots__ = ("agrees", "ledger_net", "provider_net", "differences", "difference_count")
    AGREES_FIELD_NUMBER: _ClassVar[int]
    LEDGER_NET_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_NET_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCES_FIELD_NUMBER: _ClassVar[int]
    DIFFERENCE_COUNT_FIELD_NUMBER: _ClassVar[int]
    agrees: bool
    ledger_net: _money_pb2.Money
    provider_net: _money_pb2.Money
    differences: _containers.RepeatedScalarFieldContainer[str]
    difference_count: int
    def __init__(self, agrees: _Optional[bool] = ..., ledger_net: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., provider_net: _Optional[_Union[_money_pb2.Money, _Mapping]] = ..., differences: _Optional[_Iterable[str]] = ..., difference_count: _Optional[int] = ...) -> None: ...

class ExportEarningsRequest(_message.Message):
    __slots__ = ("year", "currency_code", "format", "language")
    YEAR_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_CODE_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    year: int
    currency_code: str
    format: _statement_pb2.DocumentFormat
    language: str
    def __init__(self, year: _Optional[int] = ..., currency_code: _Optional[str] = ..., format: _Optional[_Union[_statement_pb2.DocumentFormat, str]] = ..., language: _Optional[str] = ...) -> None: ...
