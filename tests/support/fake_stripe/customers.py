"""Customers and the payment methods that they keep."""

from __future__ import annotations

import re
from typing import Any

from tests.support.fake_stripe.cards import BY_NUMBER, CARDS, Card, card_error, card_of
from tests.support.fake_stripe.errors import StripeError, invalid, missing_parameter, no_such
from tests.support.fake_stripe.forms import integer, metadata, one_of, text
from tests.support.fake_stripe.store import PAGING, PAGING_BY_TIME, Object, new_id
from tests.support.fake_stripe.world import Call, Route, World

_CUSTOMER = {"email": text, "name": text, "description": text, "metadata": metadata}
_CARD = {"number": text, "exp_month": integer, "exp_year": integer, "cvc": text}


def _create_customer(world: World, call: Call) -> Object:
    customer = {
        "id": new_id("cus"),
        "object": "customer",
        "balance": 0,
        "created": world.clock.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": call.get("description"),
        "email": call.get("email"),
        "invoice_settings": {"default_payment_method": None},
        "livemode": False,
        "metadata": call.metadata(),
        "name": call.get("name"),
        "phone": None,
    }
    if "payment_method" in call.params:
        attach(world, call.account, call.params["payment_method"], customer)
    world.store.add(call.account, customer)
    world.record("customer.created", customer, call.account)
    return customer


def _customer(world: World, call: Call) -> Object:
    return world.store.get(call.account, "customer", call.ids[0], param="customer")


def _update_customer(world: World, call: Call) -> Object:
    customer = _customer(world, call)
    for name, value in call.params.items():
        customer[name] = call.metadata(customer[name]) if name == "metadata" else value
    world.record("customer.updated", customer, call.account)
    return customer


def _list_customers(world: World, call: Call) -> Object:
    return world.store.page(call.account, "customer", call.params, "/v1/customers", call.filter("email"))


def _methods_of(world: World, call: Call) -> Object:
    customer = _customer(world, call)
    url = f"/v1/customers/{customer['id']}/payment_methods"
    return world.store.page(
        call.account,
        "payment_method",
        call.params,
        url,
        lambda method: bool(method["customer"] == customer["id"]),
    )


def _create_method(world: World, call: Call) -> Object:
    number = call.get("card", {}).get("number")
    if number is None:
        raise missing_parameter("card[number]")
    card = BY_NUMBER.get(number)
    if card is None:
        raise StripeError(
            402, "card_error", "Your card number is incorrect.", code="incorrect_number", param="number"
        )
    return _new_method(world, call.account, card, call.params["card"], call.metadata())


def _new_method(
    world: World, account: str, card: Card, details: dict[str, Any], notes: dict[str, str]
) -> Object:
    method = {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {"address": None, "email": None, "name": None, "phone": None},
        "card": {
            "brand": card.brand,
            "country": "US",
            "exp_month": details.get("exp_month", 12),
            "exp_year": details.get("exp_year", 2034),
            "fingerprint": f"fingerprint{card.number[-4:]}",
            "funding": "credit",
            "last4": card.number[-4:],
            "three_d_secure_usage": {"supported": True},
        },
        "created": world.clock.now,
        "customer": None,
        "livemode": False,
        "metadata": notes,
        "type": "card",
        "_card": card,
        "_authenticated": False,  # saved for later while its owner was present
        "_spent": False,  # paid without being kept: it cannot pay again
    }
    return world.store.add(account, method)


def payment_method(world: World, account: str, identifier: str, *, in_path: bool = False) -> Object:
    """The payment method of this id; the name of a test card becomes a new one each time it is used."""
    if identifier in CARDS:
        return _new_method(world, account, CARDS[identifier], {}, {})
    if re.fullmatch("pm_card_[a-zA-Z0-9_]+", identifier):
        raise no_such("PaymentMethod", identifier, param="payment_method", in_path=in_path)
    return world.store.get(account, "payment_method", identifier, param="payment_method", in_path=in_path)


def attach(world: World, account: str, identifier: str, customer: Object, *, in_path: bool = False) -> Object:
    """Keeps a payment method with a customer; raises the bank's refusal, or that it cannot be kept."""
    method = payment_method(world, account, identifier, in_path=in_path)
    if method["customer"] not in {None, customer["id"]}:
        raise invalid("The payment method you provided has already been attached to a customer.")
    if method["_spent"]:
        raise spent_method()
    card = card_of(method)
    if card.decline is not None and card.declines_attaching and card.authentication is None:
        raise card_error(*card.refusal())
    method["customer"] = customer["id"]
    world.record("payment_method.attached", method, account)
    return method


def spent_method() -> StripeError:
    return invalid(
        "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, "
        "or was detached from a Customer. It may not be used again.",
        param="payment_method",
    )


def _attach(world: World, call: Call) -> Object:
    customer = world.store.get(
        call.account, "customer", call.params["customer"], param="customer", in_path=False
    )
    return attach(world, call.account, call.ids[0], customer, in_path=True)


def _detach(world: World, call: Call) -> Object:
    method = payment_method(world, call.account, call.ids[0], in_path=True)
    if method["customer"] is None:
        raise invalid("The payment method you provided is not attached to a customer.")
    method.update(customer=None, _spent=True)
    world.record("payment_method.detached", method, call.account)
    return method


ROUTES = (
    Route("POST", "/v1/customers", _create_customer, {**_CUSTOMER, "payment_method": text}),
    Route("GET", "/v1/customers", _list_customers, {**PAGING_BY_TIME, "email": text}),
    Route("GET", "/v1/customers/{}", _customer),
    Route("POST", "/v1/customers/{}", _update_customer, _CUSTOMER),
    Route("GET", "/v1/customers/{}/payment_methods", _methods_of, {**PAGING, "type": one_of("card")}),
    Route(
        "POST",
        "/v1/payment_methods",
        _create_method,
        {"type": one_of("card"), "card": _CARD, "metadata": metadata},
        required=("type", "card"),
    ),
    Route(
        "GET",
        "/v1/payment_methods/{}",
        lambda world, call: payment_method(world, call.account, call.ids[0], in_path=True),
    ),
    Route("POST", "/v1/payment_methods/{}/attach", _attach, {"customer": text}, required=("customer",)),
    Route("POST", "/v1/payment_methods/{}/detach", _detach),
)
