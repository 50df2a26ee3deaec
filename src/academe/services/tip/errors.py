"""Every way in which the tip slice says no."""

from __future__ import annotations

from academe.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unavailable,
)


class TipNotFound(NotFound):
    """No such tip, or not one that the caller may see."""

    reason = "TIP_NOT_FOUND"


class SelfTip(InvalidArgument):
    """educator_id: nobody tips themselves."""

    reason = "SELF_TIP"


class EducatorNotFound(NotFound):
    """educator_id: no educator has this id."""

    reason = "EDUCATOR_NOT_FOUND"


class CurrencyUnknown(InvalidArgument):
    """amount.currency_code: not a currency of ISO 4217 that is in use."""

    reason = "CURRENCY_UNKNOWN"


class InsufficientFunds(FailedPrecondition):
    """The account does not hold this much; top it up, or ask for less."""

    reason = "INSUFFICIENT_FUNDS"


class TipLimitReached(ResourceExhausted):
    """Too many tips lately; wait, and repeat with the same request_id."""

    reason = "TIP_LIMIT_REACHED"


class ProviderUnavailable(Unavailable):
    """The payment provider does not answer; repeat the call with the same request_id."""

    reason = "PROVIDER_UNAVAILABLE"


class FundingNotOffered(FailedPrecondition):
    """This school has no payment provider; pay from the wallet."""

    reason = "FUNDING_NOT_OFFERED"


class RefundTooLarge(FailedPrecondition):
    """amount: more than is left of the tip."""

    reason = "REFUND_TOO_LARGE"


class TipNotGiven(FailedPrecondition):
    """Only a tip that was given can be refunded."""

    reason = "TIP_NOT_GIVEN"


class NotYourTip(PermissionDenied):
    """Only the educator who has the tip, or an administrator, gives it back."""

    reason = "NOT_YOUR_TIP"


class TipNotHeld(FailedPrecondition):
    """The tip is not held (any more)."""

    reason = "TIP_NOT_HELD"


class TipCoolingDown(FailedPrecondition):
    """A tip in review is let go only some minutes after it was sent; try again later."""

    reason = "TIP_COOLING_DOWN"


class RecurringTipExists(AlreadyExists):
    """There is a recurring tip to this educator already; cancel it first."""

    reason = "RECURRING_TIP_EXISTS"


class RecurringTipNotFound(NotFound):
    """No such recurring tip, or not one that the caller may see."""

    reason = "RECURRING_TIP_NOT_FOUND"


class RecurringTipCanceled(FailedPrecondition):
    """A canceled recurring tip stays so; create a new one."""

    reason = "RECURRING_TIP_CANCELED"


class TopUpNotAllowed(PermissionDenied):
    """Here administrators fill wallets, or payments do."""

    reason = "TOP_UP_NOT_ALLOWED"


class StatementTooLong(FailedPrecondition):
    """Too many lines for one document; ask for a shorter span."""

    reason = "STATEMENT_TOO_LONG"


class NothingToPay(FailedPrecondition):
    """The balance in this currency is zero."""

    reason = "NOTHING_TO_PAY"


class PayoutAccountMissing(FailedPrecondition):
    """The provider does not pay you yet; call CreatePayoutAccount first."""

    reason = "PAYOUT_ACCOUNT_MISSING"


class PayoutNotFound(NotFound):
    """No such payout, or not one that the caller may see."""

    reason = "PAYOUT_NOT_FOUND"


class PayoutSettled(FailedPrecondition):
    """The payout is not in the expected state any more, or is not one that is settled by hand."""

    reason = "PAYOUT_SETTLED"


class ProviderRefused(FailedPrecondition):
    """The payment provider refused; its own words are in the metadata."""

    reason = "PROVIDER_REFUSED"
