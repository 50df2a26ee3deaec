"""Payouts to the bank, of the platform and of connected accounts."""

from __future__ import annotations

from tests.support.fake_stripe.clock import DAY_SECONDS
from tests.support.fake_stripe.errors import balance_insufficient
from tests.support.fake_stripe.forms import amount, currency, metadata, one_of, text
from tests.support.fake_stripe.store import PAGING_BY_TIME, Object, new_id
from tests.support.fake_stripe.world import Call, Route, World


def pay_out(world: World, account: str, currency_: str, amount_: int | None = None) -> Object:
    """Sends money to the bank; whether it arrives is for `settle_payout`.

    Without an amount it is an automatic payout: of everything available, and it knows which balance
    transactions it consists of.
    """
    automatic = amount_ is None
    taken = world.ledger.available(account, currency_) if amount_ is None else amount_
    if not 0 < taken <= world.ledger.available(account, currency_):
        raise balance_insufficient("your Stripe account")
    payout: Object = {
        "id": new_id("po"),
        "object": "payout",
        "amount": taken,
        "arrival_date": world.clock.now + 2 * DAY_SECONDS,
        "automatic": automatic,
        "balance_transaction": None,
        "created": world.clock.now,
        "currency": currency_,
        "description": "STRIPE PAYOUT",
        "destination": None,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "reconciliation_status": "completed" if automatic else "not_applicable",
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit" if automatic else "pending",
        "type": "bank_account",
    }
    world.store.add(account, payout)
    booked = world.ledger.post(
        account, "payout", -taken, currency_, payout["id"], description="STRIPE PAYOUT"
    )
    payout["balance_transaction"] = booked["id"]
    if automatic:
        _collect(world, account, payout)
    world.record("payout.created", payout, account)
    return payout


def _collect(world: World, account: str, payout: Object) -> None:
    """Notes on every available balance transaction that it went with this payout, which itself is one."""
    for transaction in world.store.all(account, "balance_transaction"):
        mine = transaction["currency"] == payout["currency"] and transaction["status"] == "available"
        if mine and "_payout" not in transaction:
            transaction["_payout"] = payout["id"]


def settle_payout(world: World, account: str, payout: Object, *, paid: bool) -> None:
    """The bank took it, or sent it back."""
    if payout["status"] == "failed":
        raise ValueError(f"{payout['id']} has failed already")
    if paid:
        payout["status"] = "paid"
        world.record("payout.paid", payout, account)
        return
    returned = world.ledger.post(
        account,
        "payout_failure",
        payout["amount"],
        payout["currency"],
        payout["id"],
        category="payout_reversal",
        description="STRIPE PAYOUT FAILURE",
    )
    payout.update(
        status="failed",
        failure_balance_transaction=returned["id"],
        failure_code="account_closed",
        failure_message="The bank account has been closed.",
    )
    world.record("payout.failed", payout, account)


def _create(world: World, call: Call) -> Object:
    payout = pay_out(world, call.account, call.params["currency"], call.params["amount"])
    payout["metadata"] = call.metadata()
    payout["description"] = call.get("description")
    return payout


def _list(world: World, call: Call) -> Object:
    return world.store.page(call.account, "payout", call.params, "/v1/payouts", call.filter("status"))


ROUTES = (
    Route(
        "POST",
        "/v1/payouts",
        _create,
        {"amount": amount, "currency": currency, "description": text, "metadata": metadata},
        required=("amount", "currency"),
    ),
    Route(
        "GET",
        "/v1/payouts",
        _list,
        {**PAGING_BY_TIME, "status": one_of("pending", "in_transit", "paid", "failed", "canceled")},
    ),
    Route(
        "GET",
        "/v1/payouts/{}",
        lambda world, call: world.store.get(call.account, "payout", call.ids[0], param="payout"),
    ),
)
