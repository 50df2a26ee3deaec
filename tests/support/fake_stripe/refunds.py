"""Refunds: never more than the charge took, whole or in parts; some fail after they had succeeded."""

from __future__ import annotations

from tests.support.fake_stripe.cards import Card
from tests.support.fake_stripe.errors import bad_parameter, invalid
from tests.support.fake_stripe.forms import amount, metadata, one_of, text
from tests.support.fake_stripe.store import PAGING_BY_TIME, Object, new_id
from tests.support.fake_stripe.world import Call, Route, World


def _create(world: World, call: Call) -> Object:
    charge = _charge(world, call)
    if charge["disputed"] and not charge["_refundable"]:
        raise invalid(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    wanted = call.get("amount", left)
    if wanted > left:  # Stripe gives this one no code
        raise invalid(
            f"Refund amount ({wanted}) is greater than unrefunded amount on charge ({left})", param="amount"
        )
    refund = world.store.add(call.account, _new_refund(world, call, charge, wanted))
    booked = world.ledger.post(
        call.account, "refund", -wanted, refund["currency"], refund["id"], description="REFUND FOR CHARGE"
    )
    refund["balance_transaction"] = booked["id"]
    charge["amount_refunded"] += wanted
    charge["refunded"] = wanted == left
    world.record("refund.created", refund, call.account)
    world.record("charge.refunded", charge, call.account)
    return refund


def _new_refund(world: World, call: Call, charge: Object, amount_: int) -> Object:
    card: Card = charge["_card"]
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount_,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": world.clock.now,
        "currency": charge["currency"],
        "destination_details": {"type": "card", "card": {"type": "refund"}},
        "metadata": call.metadata(),
        "payment_intent": charge["payment_intent"],
        "reason": call.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if card.refund == "pending" else "succeeded",
        "transfer_reversal": None,
        "_ends": card.refund,
    }


def _charge(world: World, call: Call) -> Object:
    """The charge that is to be refunded, named itself or by its payment intent."""
    if ("charge" in call.params) == ("payment_intent" in call.params):
        raise bad_parameter(
            "One of the following params should be provided for this request: payment_intent or charge.",
            code="parameter_missing",
        )
    identifier = call.get("charge")
    if identifier is None:
        intent = world.store.get(
            call.account,
            "payment_intent",
            call.params["payment_intent"],
            param="payment_intent",
            in_path=False,
        )
        if intent["status"] != "succeeded":
            raise invalid(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                code="payment_intent_unexpected_state",
                param="payment_intent",
            )
        identifier = intent["latest_charge"]
    charge = world.store.get(call.account, "charge", identifier, param="charge", in_path=False)
    if not charge["captured"]:
        raise invalid(f"Charge {charge['id']} has taken nothing to refund.", code="charge_not_refundable")
    return charge


def finish(world: World, account: str, refund: Object, *, succeeds: bool | None = None) -> None:
    """What the bank says in the end; by default what the card is made for.

    A refund that fails gives its money back to the account, and the charge is open to refunds again.
    """
    if refund["status"] == "failed":
        raise ValueError(f"{refund['id']} has failed already")
    if succeeds is None:
        succeeds = refund["_ends"] != "failed"
    if succeeds:
        refund["status"] = "succeeded"
        world.record("refund.updated", refund, account)
        return
    charge = world.store.get(account, "charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    returned = world.ledger.post(
        account,
        "refund_failure",
        refund["amount"],
        refund["currency"],
        refund["id"],
        description="REFUND FAILURE",
    )
    refund.update(
        status="failed",
        failure_reason="lost_or_stolen_card",
        failure_balance_transaction=returned["id"],
    )
    world.record("refund.updated", refund, account)
    world.record("refund.failed", refund, account)


def _list(world: World, call: Call) -> Object:
    keep = call.filter("charge", "payment_intent")
    return world.store.page(call.account, "refund", call.params, "/v1/refunds", keep)


def _update(world: World, call: Call) -> Object:
    refund = world.store.get(call.account, "refund", call.ids[0], param="refund")
    refund["metadata"] = call.metadata(refund["metadata"])
    world.record("refund.updated", refund, call.account)
    return refund


ROUTES = (
    Route(
        "POST",
        "/v1/refunds",
        _create,
        {
            "amount": amount,
            "charge": text,
            "payment_intent": text,
            "metadata": metadata,
            "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
        },
    ),
    Route("GET", "/v1/refunds", _list, {**PAGING_BY_TIME, "charge": text, "payment_intent": text}),
    Route(
        "GET",
        "/v1/refunds/{}",
        lambda world, call: world.store.get(call.account, "refund", call.ids[0], param="refund"),
    ),
    Route("POST", "/v1/refunds/{}", _update, {"metadata": metadata}),
)
