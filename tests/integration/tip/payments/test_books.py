"""The school's report holds the ledger against Stripe's own books, line by line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from academe.db.pool import Pool
from academe.money import Money
from academe.services.tip.model import Tip
from academe.services.tip.payments.model import TopUpDraft, TopUpSource
from academe.services.tip.reports.repository_school import SchoolRepository
from academe.services.tip.reports.school import SchoolReportService
from academe.services.tip.statements.repository import StatementRepository
from tests.integration.tip.payments.stage import Stage, opened
from tests.integration.tip.payments.test_disputes import pay_out
from tests.support.fake_stripe import Terms
from tests.support.ledger import caller


@pytest.fixture
async def stage(pool: Pool) -> AsyncIterator[Stage]:
    async with opened(pool, Terms(dispute_fee_returned=True)) as stage:
        yield stage


async def test_they_agree_on_everything(stage: Stage) -> None:
    """Charges, refunds of both kinds, failed ones, disputes open, won and heard of too late, and top-ups."""

    async def charged(amount: int = 1_000, card: str = "pm_card_visa") -> tuple[Tip, str]:
        tip = await stage.pay(amount, card=card)
        reference = (await stage.payment(tip)).reference
        return tip, stage.fake.get("payment_intent", reference)["latest_charge"]

    refunded, _ = await charged()
    await stage.refund(refunded, 333)
    await stage.make_refund_at_stripe(refunded, 100)
    failing, _ = await charged(card="pm_card_refundFail")
    await stage.refund(failing, 500)
    stage.fake.finish_refund(stage.fake.all("refund")[-1]["id"])
    paid_out, charge = await charged()
    await pay_out(stage, paid_out.educator_id)
    stage.fake.open_dispute(charge)
    _, charge = await charged()
    dispute = stage.fake.open_dispute(charge)
    await stage.deliver()
    stage.fake.close_dispute(dispute["id"], won=True)
    _, charge = await charged()
    stage.fake.close_dispute(stage.fake.open_dispute(charge)["id"], won=True)
    me = stage.people.add()
    asked = TopUpDraft(uuid4(), b"", me, Money("EUR", 5_000), TopUpSource.PAYMENT)
    made = await stage.top_ups.top_up(caller(me), asked)
    assert made.payment is not None
    await stage.confirm(made.payment)
    await stage.deliver()
    stage.fake.open_dispute(
        stage.fake.get("payment_intent", made.payment.reference)["latest_charge"], amount=900
    )
    await stage.deliver()
    reports = SchoolReportService(SchoolRepository(stage.pool), StatementRepository(stage.pool), stage.stripe)
    start, end = stage.time.now - timedelta(days=1), stage.time.now + timedelta(days=2)
    report = await reports.get_school_report("EUR", start, end, reconcile=True)

    assert report.reconciliation is not None
    assert list(report.reconciliation.differences) == []
    assert report.reconciliation.agrees
    assert report.reconciliation.provider_net == stage.fake.platform_balance("eur")
    await stage.assert_books_agree()


async def test_what_stripe_took_for_itself(stage: Stage) -> None:
    """A fee for an account is about nothing of ours: a difference that the report names."""
    await stage.pay()
    stage.fake.take_fee(200, "eur")
    reports = SchoolReportService(SchoolRepository(stage.pool), StatementRepository(stage.pool), stage.stripe)
    start, end = stage.time.now - timedelta(days=1), stage.time.now + timedelta(days=2)
    report = await reports.get_school_report("EUR", start, end, reconcile=True)

    assert report.reconciliation is not None
    assert not report.reconciliation.agrees
    assert "-2.00 EUR" in " ".join(report.reconciliation.differences)
