"""Refunds and disputes at the provider, of payments that are settled here, of which no webhook ever tells."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from academe.db.pool import Pool
from academe.services.tip.jobs import Job, JobRunner
from academe.services.tip.payments.book_watch import NAME, STEP_SECONDS, BookWatch
from academe.services.tip.repository_jobs import JobRepository
from tests.integration.tip.payments.stage import PAYMENT_FEE, Stage
from tests.support.fake_stripe import Fault
from tests.support.postgres import quiet_log


@pytest.fixture
async def read_on(stage: Stage, pool: Pool) -> Callable[[], Awaitable[None]]:
    """Reads the provider's books once more, as a job of its own that was set up just now."""
    await pool.execute("delete from tip.job where name = $1", NAME)
    return runner(stage)


def runner(stage: Stage) -> Callable[[], Awaitable[None]]:
    watch = BookWatch(stage.pool, stage.provider, stage.settlement, log=quiet_log(), clock=stage.time)
    repository = JobRepository(stage.pool)
    jobs = JobRunner(repository, [Job(NAME, STEP_SECONDS, watch.work)], log=quiet_log(), clock=stage.time)

    async def once() -> None:
        await repository.add_jobs([NAME], stage.time.now)
        await jobs.run_once(NAME)

    return once


def lose(stage: Stage) -> None:
    """No webhook of what happened until now ever comes."""
    for event in stage.fake.events.pending:
        stage.fake.events.settle(event)


async def test_everything_that_no_webhook_tells(stage: Stage, read_on: Any) -> None:
    """A refund in the dashboard, one that fails in the end, a dispute, its end, and a fee after that."""
    refunded, disputed = await stage.pay(card="pm_card_refundFail"), await stage.pay()
    charge = stage.fake.charged()[-1]["id"]
    made = await stage.make_refund_at_stripe(refunded, 300)
    dispute = stage.fake.open_dispute(charge)["id"]
    lose(stage)
    await read_on()
    seen = (await stage.tip(refunded)).refunded, (await stage.tip(disputed)).refunded
    await stage.assert_books_agree()
    stage.fake.finish_refund(made.id)
    stage.fake.close_dispute(dispute, won=True)
    stage.fake.charge_dispute_fee(dispute, 100)
    lose(stage)
    await read_on()

    assert seen == (300, 1_000)
    assert (await stage.tip(refunded)).refunded == (await stage.tip(disputed)).refunded == 0
    assert await stage.balance(PAYMENT_FEE) == -1_600
    await stage.assert_books_agree()


async def test_it_reads_on_from_where_it_was(stage: Stage, read_on: Any) -> None:
    """After an outage of two days too; and what was dealt with is not asked about again."""
    tip = await stage.pay()
    await read_on()
    stage.fake.clock.advance(hours=1)
    await stage.make_refund_at_stripe(tip, 300)
    lose(stage)
    stage.time.pass_(days=2)
    await read_on()
    assert (await stage.tip(tip)).refunded == 300
    asked = len(stage.fake.requests.of("GET /v1/refunds"))
    await read_on()

    assert len(stage.fake.requests.of("GET /v1/refunds")) == asked
    await stage.assert_books_agree()


async def test_what_could_not_be_dealt_with_is_read_again(stage: Stage, read_on: Any) -> None:
    """However long the provider says nothing of that payment: the watermark waits for it."""
    tip = await stage.pay()
    stage.fake.faults.add(Fault.FAILED_BEFORE, "GET /v1/refunds", times=2)
    await stage.make_refund_at_stripe(tip, 300)
    lose(stage)
    await read_on()
    stage.time.pass_(hours=5)
    await read_on()
    before = (await stage.tip(tip)).refunded
    stage.time.pass_(days=3)
    await runner(stage)()

    assert before == 0
    assert (await stage.tip(tip)).refunded == 300
    await stage.assert_books_agree()


async def test_what_is_not_ours(stage: Stage, read_on: Any) -> None:
    """Something else that is sold through the account is refunded: nobody asks about it."""
    intent = await stage.payer.v1.payment_intents.create_async(
        {"amount": 500, "currency": "eur", "payment_method": "pm_card_visa", "confirm": True}
        | {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    )
    await stage.payer.v1.refunds.create_async({"payment_intent": intent.id})
    await read_on()

    assert stage.fake.requests.of("GET /v1/refunds") == []
