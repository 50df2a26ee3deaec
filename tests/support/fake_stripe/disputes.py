"""Disputes: the bank takes the money and a fee when one is opened, and gives the money back if it is won."""

from __future__ import annotations

from tests.support.fake_stripe.clock import DAY_SECONDS
from tests.support.fake_stripe.errors import invalid
from tests.support.fake_stripe.forms import text
from tests.support.fake_stripe.store import PAGING_BY_TIME, Object, new_id
from tests.support.fake_stripe.world import Call, Route, World

OPEN = {"needs_response", "warning_needs_response"}


def open_dispute(
    world: World,
    account: str,
    charge: Object,
    *,
    amount: int | None = None,
    reason: str = "fraudulent",
    inquiry: bool = False,
) -> Object:
    """A cardholder disputes `amount` of a charge, by default all that was not refunded.

    Their bank need not know of refunds: what is disputed may be more than is left, and is taken all the same.
    An inquiry is only a question: no money moves, and the charge can still be refunded.
    """
    left = charge["amount_captured"] - charge["amount_refunded"]
    disputed = left if amount is None else amount
    if charge["disputed"] or not 0 < disputed <= charge["amount_captured"]:
        raise ValueError(f"{charge['id']} cannot be disputed for {disputed}")
    dispute = {
        "id": new_id("du"),
        "object": "dispute",
        "amount": disputed,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": world.clock.now,
        "currency": charge["currency"],
        "evidence": {},
        "evidence_details": {
            "due_by": world.clock.now + 14 * DAY_SECONDS,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    charge.update(disputed=True, _refundable=inquiry)
    world.store.add(account, dispute)
    if not inquiry:
        _book(
            world,
            account,
            dispute,
            -disputed,
            world.terms.dispute_fee,
            "dispute",
            f"Chargeback withdrawal for {charge['id']}",
        )
    world.record("charge.dispute.created", dispute, account)
    if not inquiry:
        world.record("charge.dispute.funds_withdrawn", dispute, account)
    return dispute


def close_dispute(world: World, account: str, dispute: Object, *, won: bool) -> None:
    """The bank's decision; what was taken comes back when it was won, the fee only by the terms."""
    if dispute["status"] not in OPEN:
        raise ValueError(f"{dispute['id']} is closed: {dispute['status']}")
    if dispute["status"] == "warning_needs_response":
        dispute["status"] = "warning_closed"
        world.record("charge.dispute.closed", dispute, account)
        return
    dispute["status"] = "won" if won else "lost"
    if won:
        fee = -world.terms.dispute_fee if world.terms.dispute_fee_returned else 0
        _book(
            world,
            account,
            dispute,
            dispute["amount"],
            fee,
            "dispute_reversal",
            f"Chargeback reversal for {dispute['charge']}",
        )
    world.record("charge.dispute.closed", dispute, account)
    if won:
        world.record("charge.dispute.funds_reinstated", dispute, account)


def charge_fee(world: World, account: str, dispute: Object, amount: int) -> None:
    """A further fee, open or closed; less than nothing is one that is given again."""
    _book(world, account, dispute, 0, amount, "fee", f"Dispute fee for {dispute['charge']}")
    world.record("charge.dispute.updated", dispute, account)


def _book(
    world: World, account: str, dispute: Object, amount: int, fee: int, category: str, description: str
) -> None:
    booked = world.ledger.post(
        account,
        "adjustment",
        amount,
        dispute["currency"],
        dispute["id"],
        fee=fee,
        fee_description="Dispute fee",
        category=category,
        description=description,
    )
    dispute["balance_transactions"].append(booked)


def _dispute(world: World, call: Call) -> Object:
    return world.store.get(call.account, "dispute", call.ids[0], param="dispute")


def _list(world: World, call: Call) -> Object:
    keep = call.filter("charge", "payment_intent")
    return world.store.page(call.account, "dispute", call.params, "/v1/disputes", keep)


def _close(world: World, call: Call) -> Object:
    """Whoever closes a dispute accepts that it is lost."""
    dispute = _dispute(world, call)
    if dispute["status"] not in OPEN:
        raise invalid("This dispute is already closed.")
    close_dispute(world, call.account, dispute, won=False)
    return dispute


ROUTES = (
    Route("GET", "/v1/disputes", _list, {**PAGING_BY_TIME, "charge": text, "payment_intent": text}),
    Route("GET", "/v1/disputes/{}", _dispute),
    Route("POST", "/v1/disputes/{}/close", _close),
)
