"""Balance transactions: complete, in pages, and adding up to the balance."""

from __future__ import annotations

import pytest
import stripe

from tests.support.fake_stripe import FakeStripe, Terms
from tests.unit.fake_stripe.steps import educator, nets, pay


@pytest.mark.parametrize(
    ("amount", "fee"),
    [
        (1, 30),
        (17, 30),
        (18, 31),
        (50, 31),
        (51, 31),
        (52, 32),
        (100, 33),
        (1_000, 59),
        (99_999_999, 2_900_030),
    ],
)
async def test_the_fee(amount: int, fee: int) -> None:
    """2.9 % and 30, rounded half up, in whole numbers."""
    assert Terms().charge_fee(amount) == fee


async def test_everything_adds_up(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """After one of everything, each net is amount less fee, and their sum is the balance."""
    account = await educator(fake, client)
    intent = await pay(client, 5_000)
    disputed = await pay(client, 700, card="pm_card_createDispute")
    await client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 123})
    transfer = await client.v1.transfers.create_async(
        {"amount": 999, "currency": "usd", "destination": account}
    )
    await client.v1.transfers.reversals.create_async(transfer.id, {"amount": 98})
    fake.close_dispute(fake.all("dispute")[0]["id"], won=True)
    fake.take_fee(77, "usd")
    fake.pay_out("usd", 50, paid=False)
    fake.pay_out("usd", 60)
    await pay(client, 400, currency="jpy")
    listed = [
        each
        async for each in (await client.v1.balance_transactions.list_async({"limit": 3})).auto_paging_iter()
    ]
    balance = await client.v1.balance.retrieve_async()

    assert disputed.status == "succeeded"
    assert {each.type for each in listed} == {
        "charge",
        "refund",
        "transfer",
        "transfer_refund",
        "adjustment",
        "stripe_fee",
        "payout",
        "payout_failure",
    }
    assert len(listed) == len({each.id for each in listed}) == 12
    assert all(each.net == each.amount - each.fee for each in listed)
    assert all(each.fee == sum(detail.amount for detail in each.fee_details) for each in listed)
    in_usd = sum(each.net for each in listed if each.currency == "usd")
    assert in_usd == fake.platform_balance("usd")
    assert sum(each.net for each in listed) == nets(fake)
    assert {(line.currency, line.amount) for line in balance.available} == {("usd", in_usd), ("jpy", 358)}


async def test_pages(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """The newest first, forward from one and back again, without gaps or repetitions."""
    for amount in range(101, 108):
        await pay(client, amount)
    service = client.v1.balance_transactions
    first = await service.list_async({"limit": 3})
    second = await service.list_async({"limit": 3, "starting_after": first.data[-1].id})
    third = await service.list_async({"limit": 3, "starting_after": second.data[-1].id})
    back = await service.list_async({"limit": 3, "ending_before": third.data[0].id})

    assert [[each.amount for each in page.data] for page in (first, second, third)] == [
        [107, 106, 105],
        [104, 103, 102],
        [101],
    ]
    assert [page.has_more for page in (first, second, third)] == [True, True, False]
    assert ([each.id for each in back.data], back.has_more) == ([each.id for each in second.data], True)


async def test_of_one_time_and_type(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """Filters by creation, type and source, as a reconciliation asks for a day."""
    intent = await pay(client, 1_000)
    start = fake.clock.now
    fake.clock.advance(days=1)
    refund = await client.v1.refunds.create_async({"payment_intent": intent.id})
    await pay(client, 2_000)
    service = client.v1.balance_transactions
    yesterday = await service.list_async({"created": {"gte": start, "lt": start + 86_400}})
    today = await service.list_async({"created": {"gt": start}, "type": "charge"})
    of_refund = await service.list_async({"source": refund.id})

    assert [each.amount for each in yesterday.data] == [1_000]
    assert [each.amount for each in today.data] == [2_000]
    assert [each.id for each in of_refund.data] == [refund.balance_transaction]


async def test_pending_first() -> None:
    """With a settlement time the money of a charge is pending, then available."""
    fake = FakeStripe(Terms(settlement_seconds=3_600))
    await fake.start()
    client = fake.client()
    await pay(client)
    await pay(client, 500, card="pm_card_bypassPending")
    before = await client.v1.balance.retrieve_async()
    fake.clock.advance(hours=1)
    after = await client.v1.balance.retrieve_async()
    await fake.stop()

    assert (before.available[0].amount, before.pending[0].amount) == (455, 941)
    assert (after.available[0].amount, after.pending[0].amount) == (1_396, 0)
    assert fake.platform_balance("usd") == 1_396


async def test_booked_later() -> None:
    """With books that follow later, a paid charge has no balance transaction until charge.updated."""
    fake = FakeStripe(Terms(books_later=True))
    await fake.start()
    client = fake.client()
    intent = await pay(client, expand=["latest_charge.balance_transaction"])
    at_once = await pay(client, 500, capture_method="automatic")
    balance = fake.platform_balance("usd")
    booked = fake.book_charges()
    charge = await client.v1.charges.retrieve_async(intent.latest_charge.id)
    await fake.stop()

    assert intent.latest_charge.balance_transaction is None
    assert fake.get("charge", at_once.latest_charge)["balance_transaction"] is not None
    assert (balance, booked) == (455, 1)
    assert charge.balance_transaction is not None
    assert fake.platform_balance("usd") == 1_396
    assert fake.events.types()[-1] == "charge.updated"
