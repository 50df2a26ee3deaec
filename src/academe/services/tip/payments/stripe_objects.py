"""Stripe's objects, as the JSON that they are, as values of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from academe.money import Money
from academe.services.tip.payments.stripe_units import from_stripe
from academe.services.tip.ports import (
    BookLine,
    GoneBack,
    PaymentState,
    ProviderAccount,
    ProviderDispute,
    ProviderPayment,
    ProviderRefund,
    ProviderTransfer,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_STATES = {
    # Also after a card was declined: the payer may choose another one.
    "requires_payment_method": PaymentState.REQUIRES_ACTION,
    "requires_confirmation": PaymentState.REQUIRES_ACTION,
    "requires_action": PaymentState.REQUIRES_ACTION,
    "processing": PaymentState.PROCESSING,
    "requires_capture": PaymentState.PROCESSING,
    "succeeded": PaymentState.SUCCEEDED,
    "canceled": PaymentState.CANCELED,
}

EXPAND_PAYMENT = ["latest_charge.balance_transaction", "payment_method"]
"""What `payment_of` wants to see of a payment intent."""


def id_in(metadata: Mapping[str, str] | None, name: str) -> UUID | None:
    """An id of ours among the metadata; None for an object that is not ours."""
    try:
        return UUID((metadata or {}).get(name, ""))
    except ValueError:
        return None


def payment_of(intent: Any) -> ProviderPayment:
    """Of a payment intent, its charge and the charge's balance transaction (see EXPAND_PAYMENT)."""
    charge = _expanded(intent, "latest_charge")
    booked = _expanded(charge, "balance_transaction") if charge else None
    fee = None
    if booked is not None and booked["currency"] == intent["currency"]:
        fee = _minor_units(booked["currency"], booked["fee"])
    error = intent.get("last_payment_error")
    return ProviderPayment(
        reference=intent["id"],
        payment_id=id_in(intent.get("metadata"), "payment_id"),
        state=_STATES[intent["status"]],
        amount=_money(intent["currency"], intent["amount"]),
        fee=fee,
        booked=booked is not None,
        gone_back=charge is not None and bool(charge.get("amount_refunded") or charge.get("disputed")),
        client_secret=intent.get("client_secret") or "",
        failure=(error or {}).get("message") or intent.get("cancellation_reason") or "",
        fingerprint=_fingerprint(charge) or _fingerprint(_expanded(intent, "payment_method")),
    )


def refund_of(refund: Any) -> ProviderRefund:
    state = {"succeeded": True, "failed": False, "canceled": False}.get(refund["status"])
    return ProviderRefund(
        reference=refund["id"],
        refund_id=id_in(refund.get("metadata"), "refund_id"),
        amount=_money(refund["currency"], refund["amount"]),
        succeeded=state,
        failure=refund.get("failure_reason") or "",
    )


def dispute_of(dispute: Any) -> ProviderDispute:
    """Of a dispute with its balance transactions, which are what it did to the platform's balance."""
    currency = dispute["currency"]
    booked = [line for line in dispute["balance_transactions"] if line["currency"] == currency]
    foreign = len(dispute["balance_transactions"]) > len(booked)
    # Settled in another currency, the fee is not one of this currency's either.
    taken = dispute["amount"] if foreign else -sum(min(line["amount"], 0) for line in booked)
    return ProviderDispute(
        reference=dispute["id"],
        amount=_money(currency, taken),
        fee=_minor_units(currency, sum(max(line["fee"], 0) for line in booked)) or 0,
        fee_returned=_minor_units(currency, -sum(min(line["fee"], 0) for line in booked)) or 0,
        won={"won": True, "lost": False, "warning_closed": True}.get(dispute["status"]),
        reason=dispute.get("reason") or "",
    )


def transfer_of(transfer: Any) -> ProviderTransfer:
    """Stripe moves the money at once or not at all; a transfer that was reversed as a whole moved nothing."""
    reversed_ = bool(transfer.get("reversed"))
    return ProviderTransfer(
        reference=transfer["id"],
        source_id=id_in(transfer.get("metadata"), "payout_id"),
        succeeded=not reversed_,
        failure="reversed" if reversed_ else "",
    )


GONE_BACK = (
    "adjustment",
    "payment_failure_refund",
    "payment_refund",
    "payment_reversal",
    "refund",
    "refund_failure",
)
"""Types of balance transactions about refunds and disputes; adjustments are about other things, too."""


def gone_back_of(line: Any) -> GoneBack | None:
    """Of a balance transaction whose source is expanded; None when that is of no payment intent."""
    payment = (_expanded(line, "source") or {}).get("payment_intent")
    return GoneBack(line["id"], _time(line["created"]), payment) if payment else None


def account_of(account: Any) -> ProviderAccount:
    requirements: Sequence[str] = (account.get("requirements") or {}).get("currently_due") or ()
    return ProviderAccount(
        reference=account["id"],
        payouts_enabled=bool(account.get("payouts_enabled"))
        and (account.get("capabilities") or {}).get("transfers") == "active",
        requirements=tuple(requirements),
    )


def book_line_of(line: Any) -> BookLine:
    """Of a balance transaction whose source is expanded."""
    source = line.get("source")
    known: Mapping[str, Any] = source if isinstance(source, Mapping) else {}
    metadata = known.get("metadata")
    ids = (id_in(metadata, name) for name in ("refund_id", "payout_id", "payment_id"))
    reference = source if isinstance(source, str) else known.get("id") or ""
    if known.get("object") == "charge":
        reference = known.get("payment_intent") or reference
    currency = line["currency"]
    return BookLine(
        reference=line["id"],
        kind=line.get("reporting_category") or line["type"],
        amount=_money(currency, line["amount"]).minor_units,
        fee=_money(currency, line["fee"]).minor_units,
        net=_money(currency, line["net"]).minor_units,
        time=_time(line["created"]),
        source_reference=reference,
        source_id=next((each for each in ids if each is not None), None),
    )


def second(moment: datetime) -> int:
    """Stripe's times are whole seconds: the first that is not before this moment."""
    return -((_EPOCH - moment) // timedelta(seconds=1))


def _time(seconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)


def _expanded(holder: Any, name: str) -> Any:
    """The object under a name; None when there is none, or only its id."""
    found = holder.get(name) if holder is not None else None
    return None if isinstance(found, str) else found


def _fingerprint(holder: Any) -> str:
    """Of the card in a charge, or in a payment method."""
    if holder is None:
        return ""
    details = holder.get("payment_method_details") or holder
    return (details.get("card") or {}).get("fingerprint") or ""


def _money(currency: str, units: int) -> Money:
    amount = from_stripe(currency, units)
    if amount is None:
        raise ValueError(f"{units} of Stripe's {currency} is no whole number of minor units")
    return amount


def _minor_units(currency: str, units: int) -> int | None:
    amount = from_stripe(currency, units)
    return None if amount is None else amount.minor_units
