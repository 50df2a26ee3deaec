"""How the fake takes requests: who may ask, what is understood, and that it knows what the library knows."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import stripe

from tests.support.fake_stripe import FakeStripe
from tests.support.fake_stripe.dispatch import ROUTES
from tests.unit.fake_stripe.steps import educator, hold, pay


async def test_several_at_once() -> None:
    """Each is there on a port of its own, and gone without waiting for anybody."""
    fakes = [FakeStripe() for _ in range(5)]
    await asyncio.gather(*(fake.start() for fake in fakes))
    await asyncio.gather(*(fake.stop() for fake in fakes))

    assert len({fake.url for fake in fakes}) == 5


@pytest.mark.parametrize("key", ["sk_test_of_somebody_else", "pk_test_1"])
async def test_another_key(fake: FakeStripe, key: str) -> None:
    """Only the fake's own secret key opens it."""
    stranger = stripe.StripeClient(
        key, base_addresses={"api": fake.url}, http_client=stripe.HTTPXClient(verify_ssl_certs=False)
    )
    with pytest.raises(stripe.AuthenticationError) as refusal:
        await pay(stranger)

    assert refusal.value.http_status == 401
    assert fake.all("payment_intent") == []


async def test_no_key_at_all(fake: FakeStripe) -> None:
    """The body is an error as Stripe writes it."""
    async with httpx.AsyncClient() as http:
        reply = await http.get(f"{fake.url}/v1/balance")

    assert reply.status_code == 401
    assert reply.json()["error"]["type"] == "invalid_request_error"
    assert reply.headers["request-id"].startswith("req_")


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"tip": 1}, "parameter_unknown", "tip"),
        (
            {"automatic_payment_methods": {"enabled": True, "tip": 1}},
            "parameter_unknown",
            "automatic_payment_methods[tip]",
        ),
        (
            {"payment_method_types": ["card"]},
            "payment_method_types_no_longer_supported",
            "payment_method_types",
        ),
        ({"application_fee_amount": 1}, "parameter_unknown", "application_fee_amount"),
        ({"amount": "12.5"}, "parameter_invalid_integer", "amount"),
        ({"amount": -5}, "parameter_invalid_integer", "amount"),
        ({"amount": 100_000_000}, "amount_too_large", "amount"),
        ({"description": ""}, "parameter_invalid_empty", "description"),
        ({"currency": "dollars"}, None, "currency"),
        ({"customer": "cus_nobody"}, "resource_missing", "customer"),
        ({"metadata": {"k": "v" * 501}}, None, "metadata[k]"),
        ({"expand": ["latest_tip"]}, None, "expand"),
    ],
)
async def test_parameters_that_do_not_hold(
    fake: FakeStripe, client: stripe.StripeClient, params: dict[str, Any], code: str | None, param: str
) -> None:
    """The error names the parameter and its code, and nothing was done."""
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await pay(client, **params)

    assert (refusal.value.http_status, refusal.value.code, refusal.value.param) == (400, code, param)
    assert fake.all("payment_intent") == []
    assert fake.requests.executed("*") == 0


async def test_what_is_missing(client: stripe.StripeClient) -> None:
    """A required parameter is asked for, an unknown id and an unknown address are a 404."""
    with pytest.raises(stripe.InvalidRequestError) as missing:
        await client.v1.payment_intents.create_async({"amount": 5})
    with pytest.raises(stripe.InvalidRequestError) as nobody:
        await client.v1.payment_intents.retrieve_async("pi_nobody")
    with pytest.raises(stripe.InvalidRequestError) as nowhere:
        await client.v1.coupons.list_async()

    assert (missing.value.code, missing.value.param) == ("parameter_missing", "currency")
    assert (nobody.value.http_status, nobody.value.code) == (404, "resource_missing")
    assert nowhere.value.http_status == 404


async def test_customers_and_their_cards(client: stripe.StripeClient) -> None:
    """Made, found by address, changed; a bad card is refused when it is to be kept."""
    customer = await client.v1.customers.create_async(
        {"email": "a@example.org", "metadata": {"user": "1", "school": "3"}}
    )
    await client.v1.customers.update_async(customer.id, {"metadata": {"plan": "2", "school": ""}})
    found = await client.v1.customers.list_async({"email": "a@example.org"})
    with pytest.raises(stripe.CardError):
        await client.v1.payment_methods.attach_async("pm_card_chargeDeclined", {"customer": customer.id})
    method = await client.v1.payment_methods.attach_async(
        "pm_card_chargeCustomerFail", {"customer": customer.id}
    )
    detached = await client.v1.payment_methods.detach_async(method.id)

    assert [each.id for each in found.data] == [customer.id]
    assert found.data[0].metadata.to_dict() == {"user": "1", "plan": "2"}
    assert (method.customer, detached.customer) == (customer.id, None)


async def test_many_at_once(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """A hundred payments at the same time are a hundred charges."""
    await asyncio.gather(*(pay(client, 100 + n) for n in range(100)))

    assert sorted(charge["amount"] for charge in fake.charged()) == list(range(100, 200))
    assert len(fake.requests) == 100


LIBRARY_PARAMS = {
    "POST /v1/accounts": "AccountCreateParams",
    "GET /v1/accounts": "AccountListParams",
    "POST /v1/account_links": "AccountLinkCreateParams",
    "GET /v1/balance_transactions": "BalanceTransactionListParams",
    "GET /v1/charges": "ChargeListParams",
    "POST /v1/customers": "CustomerCreateParams",
    "GET /v1/customers": "CustomerListParams",
    "POST /v1/customers/{}": "CustomerUpdateParams",
    "GET /v1/customers/{}/payment_methods": "CustomerPaymentMethodListParams",
    "GET /v1/disputes": "DisputeListParams",
    "GET /v1/events": "EventListParams",
    "POST /v1/payment_intents": "PaymentIntentCreateParams",
    "GET /v1/payment_intents": "PaymentIntentListParams",
    "POST /v1/payment_intents/{}": "PaymentIntentUpdateParams",
    "POST /v1/payment_intents/{}/confirm": "PaymentIntentConfirmParams",
    "POST /v1/payment_intents/{}/capture": "PaymentIntentCaptureParams",
    "POST /v1/payment_intents/{}/cancel": "PaymentIntentCancelParams",
    "POST /v1/payment_methods": "PaymentMethodCreateParams",
    "POST /v1/payment_methods/{}/attach": "PaymentMethodAttachParams",
    "POST /v1/payouts": "PayoutCreateParams",
    "GET /v1/payouts": "PayoutListParams",
    "POST /v1/refunds": "RefundCreateParams",
    "GET /v1/refunds": "RefundListParams",
    "POST /v1/refunds/{}": "RefundUpdateParams",
    "POST /v1/transfers": "TransferCreateParams",
    "GET /v1/transfers": "TransferListParams",
    "POST /v1/transfers/{}/reversals": "TransferReversalCreateParams",
    "GET /v1/transfers/{}/reversals": "TransferReversalListParams",
}


def test_no_parameter_of_our_own_invention() -> None:
    """Whatever an endpoint takes, the official library's types know too."""
    for route in ROUTES:
        name = LIBRARY_PARAMS.get(f"{route.method} {route.path}")
        if name is None:
            assert route.shape == {}, route
            continue
        known = set(getattr(stripe.params, name).__annotations__)
        known |= {"payment_method_types"} if name == "PaymentIntentCreateParams" else set()  # to refuse it

        assert set(route.shape) <= known, (route.method, route.path)
        assert set(route.required) <= set(route.shape)


async def test_no_field_of_our_own_invention(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """Whatever an object shows, the official library's types know too."""
    account = await educator(fake, client)
    customer = await client.v1.customers.create_async({})
    intent = await pay(client, card="pm_card_pendingRefund", customer=customer.id)
    await client.v1.payment_intents.cancel_async((await hold(client)).id)
    refund = await client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 5})
    fake.finish_refund(refund.id, succeeds=False)
    fake.open_dispute(intent.latest_charge)
    await pay(client, 9_000)
    transfer = await client.v1.transfers.create_async(
        {"amount": 9, "currency": "usd", "destination": account}
    )
    await client.v1.transfers.reversals.create_async(transfer.id)
    fake.pay_out("usd", paid=False)
    kinds = {
        "account": stripe.Account,
        "balance_transaction": stripe.BalanceTransaction,
        "charge": stripe.Charge,
        "customer": stripe.Customer,
        "dispute": stripe.Dispute,
        "event": stripe.Event,
        "payment_intent": stripe.PaymentIntent,
        "payment_method": stripe.PaymentMethod,
        "payout": stripe.Payout,
        "refund": stripe.Refund,
        "transfer": stripe.Transfer,
        "transfer_reversal": stripe.TransferReversal,
    }

    for kind, library in kinds.items():
        shown = fake.all(kind)
        assert shown, kind
        for obj in shown:
            assert set(obj) <= set(library.__annotations__), kind
