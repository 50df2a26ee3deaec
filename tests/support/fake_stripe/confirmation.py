"""Confirming a payment intent: the checks before the bank is asked, and every way that it can end."""

from __future__ import annotations

from tests.support.fake_stripe import charges, disputes
from tests.support.fake_stripe.cards import MESSAGES, Card, card_error, card_of
from tests.support.fake_stripe.charges import AUTHORIZATION_DAYS
from tests.support.fake_stripe.clock import DAY_SECONDS
from tests.support.fake_stripe.customers import attach, spent_method
from tests.support.fake_stripe.errors import StripeError, bad_parameter, invalid
from tests.support.fake_stripe.store import Object
from tests.support.fake_stripe.world import Call, World


def unexpected_state(world: World, intent: Object, verb: str) -> StripeError:
    return invalid(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        payment_intent=world.store.show(intent),
    )


def check(method: Object | None, customer: str | None, automatic: Object | None, call: Call) -> None:
    """Raises what Stripe would say before it asks the bank."""
    if method is None:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
            saved=False,
        )
    redirects = automatic is not None and automatic["enabled"] and automatic["allow_redirects"] == "always"
    if redirects and "return_url" not in call.params:
        raise bad_parameter(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Some of "
            "them might redirect your customer, so that you must provide a `return_url`, or set "
            "`automatic_payment_methods[allow_redirects]` to `never`."
        )
    if method["customer"] is not None and method["customer"] != customer:
        raise bad_parameter(
            f"The `payment_method` parameter supplied {method['id']} belongs to the Customer "
            f"{method['customer']}. Please include the Customer in the `customer` parameter.",
            param="payment_method",
        )
    if method["_spent"]:
        raise spent_method()


def attempt(world: World, account: str, intent: Object, method: Object, call: Call) -> None:
    """Asks the bank. Ends in succeeded, requires_capture or requires_action, or raises the decline."""
    card = card_of(method)
    intent.update(payment_method=method["id"], last_payment_error=None, next_action=None)
    off_session = call.get("off_session", False)
    asks = card.authentication == "always" or (
        card.authentication == "once" and not (off_session and method["_authenticated"])
    )
    if asks and (off_session or call.get("error_on_requires_action", False)):
        code = "authentication_required"
        raise _declined(world, account, intent, method, code, code, MESSAGES[code])
    if asks:
        intent["status"] = "requires_action"
        intent["next_action"] = {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "three_d_secure_redirect"},
        }
        world.record("payment_intent.requires_action", intent, account)
        return
    pay(world, account, intent, method)


def pay(world: World, account: str, intent: Object, method: Object) -> None:
    """The bank decides; whoever had to prove who they are has done so."""
    card = card_of(method)
    if card.decline is not None:
        raise _declined(world, account, intent, method, *card.refusal())
    charge = charges.new_charge(world, account, intent, method)
    if intent["setup_future_usage"] is not None and intent["customer"] is not None:
        method["_authenticated"] = True
        if method["customer"] is None:
            customer = world.store.get(account, "customer", intent["customer"])
            attach(world, account, method["id"], customer)
    method["_spent"] = method["customer"] is None
    if intent["capture_method"] == "manual":
        charges.authorize(world, account, charge)
        intent.update(status="requires_capture", amount_capturable=intent["amount"])
        world.record("payment_intent.amount_capturable_updated", intent, account)
    else:
        later = world.terms.books_later and intent["capture_method"] == "automatic_async"
        charges.take(world, account, charge, later=later)
        intent.update(status="succeeded", amount_received=intent["amount"])
        world.record("payment_intent.succeeded", intent, account)
        dispute_if_the_card_does(world, account, charge)


def dispute_if_the_card_does(world: World, account: str, charge: Object) -> None:
    card: Card = charge["_card"]
    if card.dispute is not None:
        disputes.open_dispute(world, account, charge, reason=card.dispute, inquiry=card.inquiry)


def _declined(
    world: World, account: str, intent: Object, method: Object, code: str, decline_code: str, message: str
) -> StripeError:
    """Leaves the failed charge and the intent behind, waiting for another card; returns the 402 to raise."""
    charge = charges.new_charge(world, account, intent, method)
    charges.fail(world, account, charge, code, decline_code, message)
    intent.update(status="requires_payment_method", payment_method=None)
    intent["last_payment_error"] = {
        "charge": charge["id"],
        "code": code,
        "decline_code": decline_code,
        "message": message,
        "payment_method": world.store.show(method),
        "type": "card_error",
    }
    world.record("payment_intent.payment_failed", intent, account)
    return card_error(
        code,
        decline_code,
        message,
        charge=charge["id"],
        payment_intent=world.store.show(intent),
        payment_method=world.store.show(method),
    )


def authenticate(world: World, account: str, intent: Object, *, succeeds: bool) -> None:
    """The owner of the card answers their bank; what that decides then is on the intent and its events."""
    method = world.store.get(account, "payment_method", intent["payment_method"])
    intent["next_action"] = None
    if succeeds:
        try:
            pay(world, account, intent, method)
        except StripeError:
            return
    else:
        message = "We are unable to authenticate your payment method. Please choose another and try again."
        code = "payment_intent_authentication_failure"
        intent.update(status="requires_payment_method", payment_method=None)
        intent["last_payment_error"] = {"code": code, "message": message, "type": "invalid_request_error"}
        world.record("payment_intent.payment_failed", intent, account)


def cancel(world: World, account: str, intent: Object, reason: str | None) -> None:
    """Ends an intent that took nothing; what was authorized is free again."""
    intent.update(
        status="canceled",
        canceled_at=world.clock.now,
        cancellation_reason=reason,
        amount_capturable=0,
        next_action=None,
    )
    world.record("payment_intent.canceled", intent, account)


def cancel_expired(world: World, account: str) -> None:
    """Cancels what was authorized longer ago than banks hold money."""
    for intent in list(world.store.all(account, "payment_intent")):
        if intent["status"] == "requires_capture":
            charge = world.store.get(account, "charge", intent["latest_charge"])
            if charge["created"] + AUTHORIZATION_DAYS * DAY_SECONDS <= world.clock.now:
                world.record("charge.expired", charge, account)
                cancel(world, account, intent, "expired")
