"""Expansions: an id in a reply is replaced with the object behind it, as `expand[]` asks.

What can be expanded is known before an endpoint runs, so that a wrong path is refused and changes nothing.
"""

from __future__ import annotations

from typing import Any

from tests.support.fake_stripe.errors import bad_parameter
from tests.support.fake_stripe.store import PAGE_SIZE, Object, Store, list_object

LEVELS_MAX = 4

KINDS = {
    "account_links": "account_link",
    "accounts": "account",
    "balance": "balance",
    "balance_transactions": "balance_transaction",
    "charges": "charge",
    "customers": "customer",
    "disputes": "dispute",
    "events": "event",
    "payment_intents": "payment_intent",
    "payment_methods": "payment_method",
    "payouts": "payout",
    "refunds": "refund",
    "reversals": "transfer_reversal",
    "transfers": "transfer",
}
"""What an endpoint shows, by the last noun of its path."""

_ANY = "any"

EXPANDABLE: dict[str, dict[str, str]] = {
    "balance_transaction": {"source": _ANY},
    "charge": {
        "balance_transaction": "balance_transaction",
        "customer": "customer",
        "failure_balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
        "refunds": "list of refund",
        "source_transfer": "transfer",
    },
    "dispute": {"charge": "charge", "payment_intent": "payment_intent"},
    "payment_intent": {
        "customer": "customer",
        "latest_charge": "charge",
        "payment_method": "payment_method",
    },
    "payment_method": {"customer": "customer"},
    "payout": {
        "balance_transaction": "balance_transaction",
        "failure_balance_transaction": "balance_transaction",
    },
    "refund": {
        "balance_transaction": "balance_transaction",
        "charge": "charge",
        "failure_balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
    },
    "transfer": {
        "balance_transaction": "balance_transaction",
        "destination": "account",
        "destination_payment": "charge",
        "source_transaction": "charge",
    },
    "transfer_reversal": {"balance_transaction": "balance_transaction", "transfer": "transfer"},
}


def shown_by(method: str, path: str) -> str:
    """The kind of object that an endpoint shows, or `list of` it."""
    parts = path.split("/")
    noun = next(part for part in reversed(parts) if part in KINDS)
    is_list = method == "GET" and parts[-1] == noun and noun != "balance"
    return f"list of {KINDS[noun]}" if is_list else KINDS[noun]


def check_expansions(kind: str, paths: list[str]) -> None:
    """Raises for a path that does not lead from an object of this kind to others."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > LEVELS_MAX:
            raise bad_parameter("You cannot expand more than 4 levels of a property", param="expand")
        here = kind
        for part in parts:
            if here == _ANY:
                break
            listed = here.removeprefix("list of ")
            there = listed if listed != here and part == "data" else EXPANDABLE.get(here, {}).get(part)
            if there is None:
                raise bad_parameter(f"This property cannot be expanded ({path}).", param="expand")
            here = there


def expand(store: Store, shown: Object, paths: list[str]) -> Object:
    """`shown` with the objects that the paths lead to, as far as they exist."""
    for path in paths:
        _follow(store, shown, path.split("."))
    return shown


def _follow(store: Store, shown: Any, parts: list[str]) -> None:
    if isinstance(shown, list):
        for each in shown:
            _follow(store, each, parts)
        return
    field, *rest = parts
    if field == "refunds" and shown["object"] == "charge":
        shown.setdefault(field, _refunds_of(store, shown["id"]))
    value = shown.get(field)
    if isinstance(value, str):
        value = shown[field] = store.find(value)
    if rest and value is not None:
        _follow(store, value, rest)


def _refunds_of(store: Store, charge: str) -> Object:
    refunds = store.all(store.account_of(charge), "refund")
    rows = [store.show(refund) for refund in refunds if refund["charge"] == charge]
    return list_object(rows[:PAGE_SIZE], f"/v1/charges/{charge}/refunds", has_more=len(rows) > PAGE_SIZE)
