"""Transfers from the platform to a connected account, and their reversals."""

from __future__ import annotations

from tests.support.fake_stripe.errors import bad_parameter, balance_insufficient, invalid
from tests.support.fake_stripe.forms import amount, currency, metadata, text
from tests.support.fake_stripe.store import PAGING, PAGING_BY_TIME, Object, new_id
from tests.support.fake_stripe.world import Call, Route, World


def _create(world: World, call: Call) -> Object:
    destination = world.store.get(
        call.account, "account", call.params["destination"], param="destination", in_path=False
    )
    if destination["capabilities"].get("transfers") != "active":
        raise invalid(
            "Your destination account needs to have at least one of the following capabilities enabled: "
            "transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    source = None
    available_on = None
    if "source_transaction" in call.params:
        source = _source(world, call)
        if source["balance_transaction"] is not None:
            booked = world.store.get(call.account, "balance_transaction", source["balance_transaction"])
            available_on = booked["available_on"]
        else:
            available_on = world.clock.now + world.terms.settlement_seconds
    elif world.ledger.available(call.account, call.params["currency"]) < call.params["amount"]:
        raise balance_insufficient("your Stripe account")
    transfer = world.store.add(call.account, _new_transfer(world, call, source))
    _move(world, call.account, transfer, available_on)
    world.record("transfer.created", transfer, call.account)
    return transfer


def _source(world: World, call: Call) -> Object:
    """The charge that a transfer is taken from, which bounds it and has to be in its currency."""
    charge = world.store.get(
        call.account, "charge", call.params["source_transaction"], param="source_transaction", in_path=False
    )
    if not charge["captured"]:
        raise invalid("The source_transaction has not been captured.", param="source_transaction")
    if charge["currency"] != call.params["currency"]:
        raise bad_parameter("The currency has to be the one of the source_transaction.", param="currency")
    used = sum(
        transfer["amount"]
        for transfer in world.store.all(call.account, "transfer")
        if transfer["source_transaction"] == charge["id"]
    )
    if used + call.params["amount"] > charge["amount_captured"]:
        raise invalid(
            "Transfers using this transaction as a source must not exceed the source amount of "
            f"{charge['amount_captured']}. (Transfers using this source already amount to {used}.)"
        )
    charge["transfer_group"] = (
        call.get("transfer_group") or charge["transfer_group"] or f"group_{charge['payment_intent']}"
    )
    return charge


def _new_transfer(world: World, call: Call, source: Object | None) -> Object:
    identifier = new_id("tr")
    group = call.get("transfer_group")
    return {
        "id": identifier,
        "object": "transfer",
        "amount": call.params["amount"],
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": world.clock.now,
        "currency": call.params["currency"],
        "description": call.get("description"),
        "destination": call.params["destination"],
        "destination_payment": new_id("py"),
        "livemode": False,
        "metadata": call.metadata(),
        "reversals": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/transfers/{identifier}/reversals",
        },
        "reversed": False,
        "source_transaction": source and source["id"],
        "source_type": "card",
        "transfer_group": group or (source and source["transfer_group"]),
    }


def _move(world: World, platform: str, transfer: Object, available_on: int | None) -> None:
    """Out of the platform's balance, into the connected account's, as a payment there."""
    amount_, currency_ = transfer["amount"], transfer["currency"]
    out = world.ledger.post(
        platform, "transfer", -amount_, currency_, transfer["id"], available_on=available_on
    )
    transfer["balance_transaction"] = out["id"]
    payment = {
        "id": transfer["destination_payment"],
        "object": "charge",
        "amount": amount_,
        "amount_captured": amount_,
        "amount_refunded": 0,
        "captured": True,
        "created": world.clock.now,
        "currency": currency_,
        "customer": None,
        "paid": True,
        "payment_intent": None,
        "source_transfer": transfer["id"],
        "status": "succeeded",
        "transfer_group": transfer["transfer_group"],
    }
    world.store.add(transfer["destination"], payment)
    booked = world.ledger.post(
        transfer["destination"], "payment", amount_, currency_, payment["id"], available_on=available_on
    )
    payment["balance_transaction"] = booked["id"]


def _transfer(world: World, call: Call) -> Object:
    return world.store.get(call.account, "transfer", call.ids[0], param="transfer")


def _reverse(world: World, call: Call) -> Object:
    transfer = _transfer(world, call)
    left = transfer["amount"] - transfer["amount_reversed"]
    if left == 0:
        raise invalid(f"Transfer {transfer['id']} has already been fully reversed.")
    wanted = call.get("amount", left)
    if wanted > left:
        raise invalid(
            f"Reversal amount ({wanted}) is greater than unreversed amount on transfer ({left})",
            param="amount",
        )
    currency_, destination = transfer["currency"], transfer["destination"]
    if world.ledger.total(destination, currency_) < wanted:
        raise balance_insufficient("the connected account")
    reversal = {
        "id": new_id("trr"),
        "object": "transfer_reversal",
        "amount": wanted,
        "balance_transaction": None,
        "created": world.clock.now,
        "currency": currency_,
        "destination_payment_refund": new_id("pyr"),
        "metadata": call.metadata(),
        "source_refund": None,
        "transfer": transfer["id"],
    }
    world.store.add(call.account, reversal)
    world.ledger.post(
        destination, "payment_refund", -wanted, currency_, reversal["destination_payment_refund"]
    )
    booked = world.ledger.post(
        call.account, "transfer_refund", wanted, currency_, reversal["id"], category="transfer_reversal"
    )
    reversal["balance_transaction"] = booked["id"]
    transfer["amount_reversed"] += wanted
    transfer["reversed"] = wanted == left
    transfer["reversals"]["data"].insert(0, reversal)
    world.record("transfer.reversed", transfer, call.account)
    return reversal


def _reversal(world: World, call: Call) -> Object:
    return world.store.get(call.account, "transfer_reversal", call.ids[1], param="id")


def _list_reversals(world: World, call: Call) -> Object:
    transfer = _transfer(world, call)
    return world.store.page(
        call.account,
        "transfer_reversal",
        call.params,
        transfer["reversals"]["url"],
        lambda reversal: bool(reversal["transfer"] == transfer["id"]),
    )


def _list(world: World, call: Call) -> Object:
    keep = call.filter("destination", "transfer_group")
    return world.store.page(call.account, "transfer", call.params, "/v1/transfers", keep)


_CREATE = {
    "amount": amount,
    "currency": currency,
    "destination": text,
    "description": text,
    "metadata": metadata,
    "source_transaction": text,
    "transfer_group": text,
}
_REVERSE = {"amount": amount, "description": text, "metadata": metadata}

ROUTES = (
    Route("POST", "/v1/transfers", _create, _CREATE, required=("amount", "currency", "destination")),
    Route("GET", "/v1/transfers", _list, {**PAGING_BY_TIME, "destination": text, "transfer_group": text}),
    Route("GET", "/v1/transfers/{}", _transfer),
    Route("POST", "/v1/transfers/{}/reversals", _reverse, _REVERSE),
    Route("GET", "/v1/transfers/{}/reversals", _list_reversals, PAGING),
    Route("GET", "/v1/transfers/{}/reversals/{}", _reversal),
)
