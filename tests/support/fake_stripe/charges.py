"""Charges: what a payment intent's attempts leave behind, and what their capture does to the books."""

from __future__ import annotations

from tests.support.fake_stripe.cards import Card, card_of
from tests.support.fake_stripe.clock import DAY_SECONDS
from tests.support.fake_stripe.forms import text
from tests.support.fake_stripe.store import PAGING_BY_TIME, Object, new_id
from tests.support.fake_stripe.world import Call, Route, World

AUTHORIZATION_DAYS = 7
"""How long the bank holds the money of a card payment that is captured by hand."""


def new_charge(world: World, account: str, intent: Object, method: Object) -> Object:
    """A charge that nobody has decided about yet."""
    card = card_of(method)
    charge = {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "captured": False,
        "created": world.clock.now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "outcome": {"network_status": "approved_by_network", "type": "authorized"},
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {
            "card": {"brand": card.brand, "last4": card.number[-4:], "country": "US", "funding": "credit"},
            "type": "card",
        },
        "receipt_email": intent["receipt_email"],
        "receipt_url": None,
        "refunded": False,
        "source_transfer": None,
        "status": "pending",
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
        "_card": card,
    }
    intent["latest_charge"] = charge["id"]
    return world.store.add(account, charge)


def fail(
    world: World, account: str, charge: Object, code: str, decline_code: str | None, message: str
) -> None:
    charge.update(
        status="failed",
        failure_code=code,
        failure_message=message,
        outcome={"network_status": "declined_by_network", "type": "issuer_declined", "reason": decline_code},
    )
    world.record("charge.failed", charge, account)


def authorize(world: World, account: str, charge: Object) -> None:
    """The bank holds the money, which has not moved yet."""
    charge.update(status="succeeded", paid=True)
    charge["payment_method_details"]["card"]["capture_before"] = (
        world.clock.now + AUTHORIZATION_DAYS * DAY_SECONDS
    )
    world.record("charge.succeeded", charge, account)


def take(world: World, account: str, charge: Object, *, later: bool) -> None:
    """Authorization and capture in one; with `later` the books hear of it only by `book`."""
    charge.update(status="succeeded", paid=True, captured=True, amount_captured=charge["amount"])
    if not later:
        _post(world, account, charge)
    world.record("charge.succeeded", charge, account)


def capture(world: World, account: str, charge: Object, amount: int) -> None:
    """Takes `amount` of what was authorized, and books that; the rest is free again and leaves no trace."""
    charge.update(captured=True, amount_captured=amount)
    _post(world, account, charge)
    world.record("charge.captured", charge, account)


def book(world: World, account: str) -> list[Object]:
    """Writes captured charges into the books that are not there yet, and returns them."""
    charges = [
        charge
        for charge in world.store.all(account, "charge")
        if charge["captured"] and charge["balance_transaction"] is None
    ]
    for charge in reversed(charges):
        _post(world, account, charge)
        world.record("charge.updated", charge, account)
    return charges


def _post(world: World, account: str, charge: Object) -> None:
    card: Card = charge["_card"]
    booked = world.ledger.post(
        account,
        "charge",
        charge["amount_captured"],
        charge["currency"],
        charge["id"],
        fee=world.terms.charge_fee(charge["amount_captured"]),
        description=charge["description"],
        available_on=world.clock.now + (0 if card.available_at_once else world.terms.settlement_seconds),
    )
    charge["balance_transaction"] = booked["id"]


def _list(world: World, call: Call) -> Object:
    keep = call.filter("customer", "payment_intent", "transfer_group")
    return world.store.page(call.account, "charge", call.params, "/v1/charges", keep)


ROUTES = (
    Route(
        "GET",
        "/v1/charges",
        _list,
        {**PAGING_BY_TIME, "customer": text, "payment_intent": text, "transfer_group": text},
    ),
    Route(
        "GET",
        "/v1/charges/{}",
        lambda world, call: world.store.get(call.account, "charge", call.ids[0], param="charge"),
    ),
)
