"""What can only be read: the balance, its transactions, and events."""

from __future__ import annotations

from tests.support.fake_stripe.errors import invalid
from tests.support.fake_stripe.forms import currency, text, texts
from tests.support.fake_stripe.store import PAGING_BY_TIME, Object
from tests.support.fake_stripe.world import Call, Route, World


def _balance(world: World, call: Call) -> Object:
    held = world.ledger.currencies(call.account)
    return {
        "object": "balance",
        "available": [_line(world.ledger.available(call.account, each), each) for each in held],
        "connect_reserved": [_line(0, each) for each in held],
        "livemode": False,
        "pending": [_line(world.ledger.pending(call.account, each), each) for each in held],
    }


def _line(amount: int, currency_: str) -> Object:
    return {"amount": amount, "currency": currency_, "source_types": {"card": amount}}


def _transactions(world: World, call: Call) -> Object:
    if "payout" in call.params:
        payout = world.store.get(call.account, "payout", call.params["payout"], param="payout", in_path=False)
        if not payout["automatic"]:
            raise invalid(
                "Balance transaction history can only be filtered on automatic payouts, not manual.",
                param="payout",
            )
    names = {"type": "type", "currency": "currency", "source": "source", "payout": "_payout"}
    filters = {names[name]: value for name, value in call.params.items() if name in names}
    return world.store.page(
        call.account,
        "balance_transaction",
        call.params,
        "/v1/balance_transactions",
        lambda transaction: all(transaction.get(name) == value for name, value in filters.items()),
    )


def _events(world: World, call: Call) -> Object:
    wanted = {call.params["type"]} if "type" in call.params else set(call.get("types", []))
    return world.store.page(
        call.account,
        "event",
        call.params,
        "/v1/events",
        lambda event: not wanted or event["type"] in wanted,
    )


ROUTES = (
    Route("GET", "/v1/balance", _balance),
    Route(
        "GET",
        "/v1/balance_transactions",
        _transactions,
        {**PAGING_BY_TIME, "type": text, "currency": currency, "source": text, "payout": text},
    ),
    Route(
        "GET",
        "/v1/balance_transactions/{}",
        lambda world, call: world.store.get(call.account, "balance_transaction", call.ids[0]),
    ),
    Route("GET", "/v1/events", _events, {**PAGING_BY_TIME, "type": text, "types": texts}),
    Route(
        "GET",
        "/v1/events/{}",
        lambda world, call: world.store.get(call.account, "event", call.ids[0]),
    ),
)
