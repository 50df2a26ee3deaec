"""A card's money all the way: over gRPC to Stripe, back by webhook, into the ledger, out to the educator."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from academe.api.tip.v1 import payout_pb2, statement_pb2, tip_pb2
from academe.api.tip.v1 import tip_service_pb2 as pb
from academe.api.type.v1.money_pb2 import Money
from tests.integration.tip.requests import tip_for
from tests.support.errors import expect_error
from tests.support.fake_stripe import FakeStripe
from tests.support.school import School


@pytest.fixture
async def stripe() -> AsyncIterator[FakeStripe]:
    fake = FakeStripe()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
async def paid_school(
    database: str, tmp_path_factory: pytest.TempPathFactory, stripe: FakeStripe
) -> AsyncIterator[School]:
    opened = School(
        database,
        tmp_path_factory.mktemp("paid"),
        http_addr="127.0.0.1:0",
        stripe_secret_key=stripe.api_key,
        stripe_webhook_secrets=("whsec_old", stripe.webhook_secret),
        stripe_api_url=stripe.url,
        tip_fee_basis_points=500,
    )
    await opened.start()
    yield opened
    await opened.stop()


async def test_a_card_pays_a_tip_and_the_educator_is_paid(paid_school: School, stripe: FakeStripe) -> None:
    """Every step over the wire; in the end the ledger and Stripe say the same to the cent."""
    school = paid_school
    webhook = f"http://{school.app.http_address}/webhooks/stripe"
    learner, educator, administrator = (
        await school.learner(),
        await school.educator(),
        await school.administrator(),
    )
    request = tip_for(
        educator.user_id,
        amount=Money(currency_code="EUR", minor_units=10_000),
        funding=tip_pb2.TIP_FUNDING_PAYMENT,
    )
    sent = (await learner.tips.SendTip(request)).tip
    again = await learner.tips.SendTip(request)
    assert again.replayed
    assert again.tip.payment.provider_reference == sent.payment.provider_reference
    assert (sent.state, sent.payment.provider) == (tip_pb2.TIP_STATE_PENDING, "stripe")
    assert sent.payment.client_secret
    with expect_error("TIP_NOT_FOUND"):
        await educator.tips.GetTip(pb.GetTipRequest(tip_id=sent.tip_id))
    seen = await administrator.tips.GetTip(pb.GetTipRequest(tip_id=sent.tip_id))
    assert not seen.HasField("payment")

    await stripe.client().v1.payment_intents.confirm_async(
        sent.payment.provider_reference, {"payment_method": "pm_card_visa"}
    )
    await stripe.deliver(webhook, copies=2, shuffle=random.Random(3))
    given = await learner.tips.GetTip(pb.GetTipRequest(tip_id=sent.tip_id))
    assert given.state == tip_pb2.TIP_STATE_GIVEN
    share = 10_000 - given.platform_fee.minor_units - given.payment_fee.minor_units
    assert given.platform_fee.minor_units == 500
    balances = await educator.tips.GetBalance(pb.GetBalanceRequest())
    assert [money.minor_units for money in balances.balances] == [share]

    payout = pb.CreatePayoutRequest(request_id=str(uuid4()), currency_code="EUR")
    with expect_error("PAYOUT_ACCOUNT_MISSING"):
        await educator.tips.CreatePayout(payout)
    account = await educator.tips.CreatePayoutAccount(
        pb.CreatePayoutAccountRequest(return_url="https://school.example/paid")
    )
    assert account.onboarding_url.startswith("http")
    stripe.accounts.onboard(account.account.provider_reference)
    await stripe.deliver(webhook)
    paid = await educator.tips.CreatePayout(payout)
    assert (paid.state, paid.amount.minor_units) == (payout_pb2.PAYOUT_STATE_PAID, share)

    report = await administrator.tips.GetSchoolReport(
        # Stripe counts in whole seconds, so its line may be a fraction older than the tip.
        pb.GetSchoolReportRequest(
            currency_code="EUR",
            start_time=Timestamp(seconds=sent.create_time.seconds - 60),
            reconcile=True,
        )
    )
    assert list(report.reconciliation.differences) == []
    assert report.reconciliation.agrees
    held = {line.account: line.balance.minor_units for line in report.balances}
    assert held[statement_pb2.ACCOUNT_KIND_PROVIDER] == -stripe.platform_balance("eur")
    checks = [check async for check in administrator.tips.VerifyLedger(pb.VerifyLedgerRequest())]
    assert [check.result for check in checks] == [pb.CHECK_RESULT_PASS] * len(checks)


async def test_a_webhook_that_is_not_stripes(paid_school: School, stripe: FakeStripe) -> None:
    """A forged signature is refused, whatever it says."""
    import httpx

    async with httpx.AsyncClient() as client:
        reply = await client.post(
            f"http://{paid_school.app.http_address}/webhooks/stripe",
            content=b'{"id": "evt_1"}',
            headers={"stripe-signature": "t=1,v1=00"},
        )

    assert reply.status_code == 400


async def test_without_a_provider_a_card_is_not_offered(school: School) -> None:
    """The refusal says so, and nothing is written."""
    learner, educator = await school.learner(), await school.educator()
    request = tip_for(educator.user_id, funding=tip_pb2.TIP_FUNDING_PAYMENT)

    with expect_error("FUNDING_NOT_OFFERED"):
        await learner.tips.SendTip(request)
    listed = await learner.tips.ListTips(pb.ListTipsRequest(direction=pb.TIP_DIRECTION_SENT))
    assert list(listed.tips) == []


async def test_a_batch_over_the_wire(school: School) -> None:
    """Each item has its own end: given, repeated, refused; the others are not touched."""
    learner, educator = await school.learner(), await school.educator()
    drafts = [
        tip_pb2.TipDraft(
            request_id=str(uuid4()),
            educator_id=educator.user_id,
            amount=Money(currency_code="EUR", minor_units=n),
        )
        for n in (100, 200, 300)
    ]
    drafts.append(drafts[0])
    drafts.append(
        tip_pb2.TipDraft(
            request_id=str(uuid4()),
            educator_id=learner.user_id,
            amount=Money(currency_code="EUR", minor_units=5),
        )
    )
    results = (await learner.tips.BatchSendTips(pb.BatchSendTipsRequest(tips=drafts))).results
    again = (await learner.tips.BatchSendTips(pb.BatchSendTipsRequest(tips=drafts))).results
    balances = await educator.tips.GetBalance(pb.GetBalanceRequest())

    assert [result.replayed for result in results] == [False, False, False, True, False]
    assert results[3].tip_id == results[0].tip_id
    assert results[4].error_reason == "SELF_TIP"
    assert [result.tip_id for result in again] == [result.tip_id for result in results]
    assert [money.minor_units for money in balances.balances] == [600]


async def test_sixty_cards_at_once_with_one_request_id(paid_school: School, stripe: FakeStripe) -> None:
    """One tip, one payment."""
    learner, educator = await paid_school.learner(), await paid_school.educator()
    request = tip_for(educator.user_id, funding=tip_pb2.TIP_FUNDING_PAYMENT)
    replies = await asyncio.gather(*(learner.tips.SendTip(request) for _ in range(60)))

    assert len({reply.tip.tip_id for reply in replies}) == 1
    assert (
        len(
            {
                reply.tip.payment.provider_reference
                for reply in replies
                if reply.tip.payment.provider_reference
            }
        )
        == 1
    )
    assert len(stripe.all("payment_intent")) == 1
