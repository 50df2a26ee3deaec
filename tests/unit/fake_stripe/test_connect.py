"""Connected accounts: made, onboarded, paid, taken back from, paid out."""

from __future__ import annotations

import pytest
import stripe

from tests.support.fake_stripe import FakeStripe, Terms
from tests.unit.fake_stripe.steps import educator, nets, pay


async def test_from_nothing_to_enabled(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """A new account can do nothing until its owner went through the link."""
    account = await client.v1.accounts.create_async(
        {"type": "express", "capabilities": {"transfers": {"requested": True}}, "metadata": {"educator": "1"}}
    )
    link = await client.v1.account_links.create_async(
        {
            "account": account.id,
            "type": "account_onboarding",
            "refresh_url": "https://example.org/again",
            "return_url": "https://example.org/done",
        }
    )
    fake.accounts.onboard(account.id)
    after = await client.v1.accounts.retrieve_async(account.id)

    assert (account.payouts_enabled, account.charges_enabled) == (False, False)
    assert account.requirements is not None
    assert account.requirements.currently_due
    assert link.url.startswith("https://connect.stripe.com/")
    assert link.expires_at > link.created
    assert (after.payouts_enabled, after.charges_enabled, after.details_submitted) == (True, True, True)
    event = fake.events.of("account.updated")[0]
    assert event["account"] == account.id
    assert event["data"]["object"]["requirements"]["currently_due"] == []


async def test_switched_off_again(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """Stripe may want more papers, and then nothing can be transferred."""
    account = await educator(fake, client)
    await pay(client)
    fake.accounts.switch(
        account,
        payouts_enabled=False,
        transfers="inactive",
        currently_due=("individual.id_number",),
        disabled_reason="requirements.past_due",
    )
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await client.v1.transfers.create_async({"amount": 1, "currency": "usd", "destination": account})

    assert refusal.value.code == "insufficient_capabilities_for_transfer"
    assert fake.accounts.get(account)["requirements"]["disabled_reason"] == "requirements.past_due"


async def test_transferred_and_reversed(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """What leaves the platform arrives there; parts come back until nothing is left."""
    account = await educator(fake, client)
    await pay(client)
    transfer = await client.v1.transfers.create_async(
        {"amount": 800, "currency": "usd", "destination": account, "transfer_group": "tip_1"}
    )
    part = await client.v1.transfers.reversals.create_async(transfer.id, {"amount": 300})
    with pytest.raises(stripe.InvalidRequestError) as too_much:
        await client.v1.transfers.reversals.create_async(transfer.id, {"amount": 501})
    await client.v1.transfers.reversals.create_async(transfer.id)
    after = await client.v1.transfers.retrieve_async(transfer.id)
    types = [each["type"] for each in fake.all("balance_transaction")]

    assert (part.amount, part.transfer) == (300, transfer.id)
    assert too_much.value.param == "amount"
    assert (after.amount_reversed, after.reversed) == (800, True)
    assert sorted(reversal.amount for reversal in after.reversals.data) == [300, 500]
    assert types == ["charge", "transfer", "transfer_refund", "transfer_refund"]
    assert (fake.platform_balance("usd"), nets(fake)) == (941, 941)
    assert (fake.account_balance(account, "usd"), nets(fake, account)) == (0, 0)
    assert fake.events.types()[-3:] == ["transfer.created", "transfer.reversed", "transfer.reversed"]


async def test_more_than_there_is(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """A transfer needs the available balance."""
    account = await educator(fake, client)
    await pay(client)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await client.v1.transfers.create_async({"amount": 942, "currency": "usd", "destination": account})

    assert refusal.value.code == "balance_insufficient"
    assert fake.account_balance(account, "usd") == 0


async def test_paid_out_before_the_reversal(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """What the educator has in the bank cannot be taken back."""
    account = await educator(fake, client)
    await pay(client)
    transfer = await client.v1.transfers.create_async(
        {"amount": 800, "currency": "usd", "destination": account}
    )
    fake.pay_out("usd", 500, account=account)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await client.v1.transfers.reversals.create_async(transfer.id)
    part = await client.v1.transfers.reversals.create_async(transfer.id, {"amount": 300})

    assert refusal.value.code == "balance_insufficient"
    assert part.amount == 300
    assert fake.account_balance(account, "usd") == 0
    assert fake.events.of("payout.paid")[0]["account"] == account


async def test_taken_from_one_charge() -> None:
    """A transfer from a charge needs no balance yet, is bounded by the charge, and joins its group."""
    fake = FakeStripe(Terms(settlement_seconds=172_800))
    await fake.start()
    client = fake.client()
    account = await educator(fake, client)
    intent = await pay(client)
    with pytest.raises(stripe.InvalidRequestError) as too_early:
        await client.v1.transfers.create_async({"amount": 100, "currency": "usd", "destination": account})
    params = {"currency": "usd", "destination": account, "source_transaction": intent.latest_charge}
    transfer = await client.v1.transfers.create_async({**params, "amount": 900})
    with pytest.raises(stripe.InvalidRequestError, match="must not exceed the source amount"):
        await client.v1.transfers.create_async({**params, "amount": 101})
    pending = fake.accounts.available(account, "usd")
    fake.clock.advance(days=2)
    await fake.stop()

    assert too_early.value.code == "balance_insufficient"
    assert transfer.transfer_group == f"group_{intent.id}"
    assert (pending, fake.accounts.available(account, "usd")) == (0, 900)


async def test_payouts_and_what_they_consist_of(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """An automatic payout names its balance transactions, and their nets are its amount."""
    await pay(client, 1_000)
    await pay(client, 2_000)
    payout = fake.pay_out("usd")
    await pay(client, 4_000)
    inside = (await client.v1.balance_transactions.list_async({"payout": payout["id"]})).data
    second = fake.pay_out("usd")
    inside_second = (await client.v1.balance_transactions.list_async({"payout": second["id"]})).data
    await pay(client)
    manual = await client.v1.payouts.create_async({"amount": 5, "currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError, match="only be filtered on automatic"):
        await client.v1.balance_transactions.list_async({"payout": manual.id})
    listed = await client.v1.payouts.list_async({"status": "paid"})

    assert [each.id for each in listed.data] == [second["id"], payout["id"]]
    assert [each.type for each in inside] == ["payout", "charge", "charge"]
    assert sum(each.net for each in inside if each.type != "payout") == payout["amount"] == 941 + 1_912
    assert sum(each.net for each in inside) == 0
    assert [each.amount for each in inside_second] == [-3_854, 4_000]
    assert (manual.status, manual.automatic) == ("pending", False)


async def test_a_payout_comes_back(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """The bank did not know the account: the money is in the balance again."""
    await pay(client)
    payout = fake.pay_out("usd", paid=False)
    after = await client.v1.payouts.retrieve_async(payout["id"])

    assert (after.status, after.failure_code) == ("failed", "account_closed")
    assert fake.platform_balance("usd") == 941 == nets(fake)
    assert fake.events.types()[-1] == "payout.failed"


async def test_on_behalf_of_a_connected_account(fake: FakeStripe, client: stripe.StripeClient) -> None:
    """Its balance and transactions are its own, and nobody else's account is open to us."""
    account = await educator(fake, client)
    await pay(client)
    transfer = await client.v1.transfers.create_async(
        {"amount": 800, "currency": "usd", "destination": account}
    )
    balance = await client.v1.balance.retrieve_async(options={"stripe_account": account})
    booked = await client.v1.balance_transactions.list_async(options={"stripe_account": account})
    with pytest.raises(stripe.PermissionError) as refusal:
        await client.v1.balance.retrieve_async(options={"stripe_account": "acct_of_somebody_else"})

    assert [(line.amount, line.currency) for line in balance.available] == [(800, "usd")]
    assert [(each.type, each.source) for each in booked.data] == [("payment", transfer.destination_payment)]
    assert refusal.value.http_status == 403
