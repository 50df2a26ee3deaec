"""The test cards, by the names and numbers that Stripe gives them, and what each of them does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from tests.support.fake_stripe.errors import StripeError
from tests.support.fake_stripe.store import Object


@dataclass(frozen=True, slots=True)
class Card:
    """How a card behaves.

    `decline` is the code and decline code that every charge of it ends with; `declines_attaching` says
    whether it cannot even be kept with a customer. `authentication` is "always", or "once": until it was
    saved for later use with its owner present. `dispute` is the reason of the dispute that follows a charge
    at once, and `inquiry` makes that a mere question. `refund` is how a refund of it ends.
    """

    number: str
    brand: str = "visa"
    decline: tuple[str, str] | None = None
    declines_attaching: bool = True
    authentication: Literal["always", "once"] | None = None
    dispute: str | None = None
    inquiry: bool = False
    refund: Literal["succeeded", "pending", "failed"] = "succeeded"
    available_at_once: bool = False

    def refusal(self) -> tuple[str, str, str]:
        """Code, decline code and message of the 402 that its charges end with."""
        assert self.decline is not None
        code, decline_code = self.decline
        return code, decline_code, MESSAGES.get(code, "Your card was declined.")


def card_error(code: str, decline_code: str | None, message: str, **more: Any) -> StripeError:
    """The 402 of a declined card; saved under the key, since the bank was asked."""
    return StripeError(402, "card_error", message, code=code, decline_code=decline_code, **more)


MESSAGES = {
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}

_GENERIC = Card("4000000000000002", decline=("card_declined", "generic_decline"))
_NO_FUNDS = Card("4000000000009995", decline=("card_declined", "insufficient_funds"))

CARDS: dict[str, Card] = {
    "pm_card_visa": Card("4242424242424242"),
    "pm_card_visa_debit": Card("4000056655665556"),
    "pm_card_mastercard": Card("5555555555554444", brand="mastercard"),
    "pm_card_amex": Card("378282246310005", brand="amex"),
    "pm_card_bypassPending": Card("4000000000000077", available_at_once=True),
    "pm_card_chargeDeclined": _GENERIC,
    "pm_card_visa_chargeDeclined": _GENERIC,
    "pm_card_chargeDeclinedInsufficientFunds": _NO_FUNDS,
    "pm_card_visa_chargeDeclinedInsufficientFunds": _NO_FUNDS,
    "pm_card_visa_chargeDeclinedLostCard": Card("4000000000009987", decline=("card_declined", "lost_card")),
    "pm_card_visa_chargeDeclinedStolenCard": Card(
        "4000000000009979", decline=("card_declined", "stolen_card")
    ),
    "pm_card_chargeDeclinedFraudulent": Card("4100000000000019", decline=("card_declined", "fraudulent")),
    "pm_card_chargeDeclinedExpiredCard": Card("4000000000000069", decline=("expired_card", "expired_card")),
    "pm_card_chargeDeclinedIncorrectCvc": Card(
        "4000000000000127", decline=("incorrect_cvc", "incorrect_cvc")
    ),
    "pm_card_chargeDeclinedProcessingError": Card(
        "4000000000000119", decline=("processing_error", "processing_error")
    ),
    "pm_card_chargeCustomerFail": Card(
        "4000000000000341", decline=("card_declined", "generic_decline"), declines_attaching=False
    ),
    "pm_card_authenticationRequired": Card("4000002760003184", authentication="always"),
    "pm_card_threeDSecure2Required": Card("4000000000003220", authentication="always"),
    "pm_card_authenticationRequiredOnSetup": Card("4000002500003155", authentication="once"),
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": Card(
        "4000008260003178", authentication="always", decline=("card_declined", "insufficient_funds")
    ),
    "pm_card_createDispute": Card("4000000000000259", dispute="fraudulent"),
    "pm_card_createDisputeProductNotReceived": Card("4000000000002685", dispute="product_not_received"),
    "pm_card_createDisputeInquiry": Card("4000000000001976", dispute="fraudulent", inquiry=True),
    "pm_card_pendingRefund": Card("4000000000007726", refund="pending"),
    "pm_card_refundFail": Card("4000000000005126", refund="failed"),
}

BY_NUMBER = {card.number: card for card in CARDS.values()}


def card_of(payment_method: Object) -> Card:
    """How this payment method behaves."""
    card: Card = payment_method["_card"]
    return card
