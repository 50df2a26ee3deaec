"""What the job makes of promises, day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from academe.db.pool import Pool
from academe.errors import DatabaseUnavailable
from academe.services.tip.model import SentTip, TipDraft, TipLimit
from academe.services.tip.recurring.model import Claim
from academe.services.tip.recurring.repository_charges import ChargeRepository
from tests.integration.tip.recurring.promises import (
    EACH,
    LATEST,
    MONTH,
    NONE,
    CatchUpPolicy,
    Promises,
)
from tests.support.ledger import balances_of, caller, faults, fill_wallets


async def test_a_period_is_charged_when_it_begins(promises: Promises) -> None:
    """Once however often the job runs, and again after a week; the tip says what it belongs to."""
    made = await promises.promise(amount=500)
    job = promises.job()
    for _ in range(3):
        assert await job.run() is None
    first = await promises.again(made)
    promises.clock.forward(days=7)
    await job.run()

    assert [one.start_date for one in first.recent_periods] == [date(2026, 3, 3)]
    assert first.next_period == date(2026, 3, 10)
    assert await promises.charged_days(made) == [date(2026, 3, 3), date(2026, 3, 10)]
    assert await promises.tip_count(made) == 2
    (tip_id,) = [one.tip_id for one in first.recent_periods]
    assert tip_id is not None
    tip = await promises.tips.get_tip(caller(made.sender_id), tip_id)
    assert (tip.amount, tip.message, tip.visibility) == (made.amount, made.message, made.visibility)
    assert tip.recurring_tip_id == made.recurring_tip_id
    assert await promises.repository.recurring_tips_of([tip_id]) == {tip_id: made.recurring_tip_id}
    assert (await balances_of(promises.pool, [promises.educator]))[promises.educator, 2, "EUR"] == 1000
    assert await faults(promises.pool) == []


async def test_a_promise_for_later_waits(promises: Promises) -> None:
    """Until its first day begins, in UTC."""
    made = await promises.promise(start_date=date(2026, 3, 5))
    promises.clock.now = datetime(2026, 3, 4, 23, 59, 59, tzinfo=UTC)
    await promises.job().run()
    before = await promises.tip_count(made)
    promises.clock.forward(seconds=1)
    await promises.job().run()

    assert (before, await promises.tip_count(made)) == (0, 1)


async def test_the_end_of_a_month_is_not_charged_twice(promises: Promises) -> None:
    """Run every six hours from January to April, a promise of the 31st makes one tip a month."""
    promises.clock.now = datetime(2026, 1, 30, 18, tzinfo=UTC)
    made = await promises.promise(interval=MONTH, start_date=date(2026, 1, 31))
    job = promises.job()
    while promises.clock.now < datetime(2026, 4, 2, tzinfo=UTC):
        await job.run()
        promises.clock.forward(hours=6)

    assert await promises.charged_days(made) == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    assert await promises.tip_count(made) == 3


@pytest.mark.parametrize(
    ("catch_up", "charged"),
    [(EACH, [3, 10, 17]), (LATEST, [3, 17]), (NONE, [3])],
    ids=["each", "latest", "none"],
)
async def test_fourteen_days_without_a_server(
    promises: Promises, catch_up: CatchUpPolicy, charged: list[int]
) -> None:
    """The missed periods are caught up with as the policy says, once; the others are recorded as skipped."""
    made = await promises.promise(catch_up=catch_up)
    await promises.job().run()
    promises.clock.forward(days=15)
    for _ in range(2):
        assert await promises.job().run() is None

    assert await promises.charged_days(made) == [date(2026, 3, day) for day in charged]
    assert await promises.tip_count(made) == len(charged)
    assert {one.failure_reason for one in await promises.periods(made)} <= {"", "SKIPPED"}
    assert len(await promises.periods(made)) == 3
    assert (await promises.again(made)).next_period == date(2026, 3, 24)


async def test_years_without_a_server(promises: Promises) -> None:
    """More periods than one claim takes: all of them all the same, and the wallet pays the oldest."""
    made = await promises.promise(funds=1_500, catch_up=EACH)
    promises.clock.forward(weeks=10)
    await promises.job().run()

    assert await promises.charged_days(made) == [date(2026, 3, 3), date(2026, 3, 10), date(2026, 3, 17)]
    assert [one.failure_reason for one in await promises.periods(made)][:8] == ["INSUFFICIENT_FUNDS"] * 8


async def test_a_period_that_was_refused_is_not_charged_later(promises: Promises) -> None:
    """An empty wallet on the day; filled the day after, it pays from the next period on."""
    made = await promises.promise(funds=0)
    await promises.job().run()
    await fill_wallets(promises.pool, [made.sender_id], 5_000)
    promises.clock.forward(days=1)
    await promises.job().run()
    refused = await promises.periods(made)
    promises.clock.forward(days=6)
    await promises.job().run()

    assert [(one.tip_id, one.failure_reason) for one in refused] == [(None, "INSUFFICIENT_FUNDS")]
    assert await promises.charged_days(made) == [date(2026, 3, 10)]


async def test_an_educator_who_left(promises: Promises) -> None:
    """The period is recorded as refused, with the reason."""
    made = await promises.promise()
    del promises.people.accounts[promises.educator]
    await promises.job().run()

    assert [one.failure_reason for one in await promises.periods(made)] == ["EDUCATOR_NOT_FOUND"]


async def test_more_periods_than_somebody_may_tip(pool: Pool) -> None:
    """Limits hold for what is promised too; what is beyond them waits, and is charged once they allow it."""
    promises = Promises(pool, limits=[TipLimit(2, 3_600)])
    made = await promises.promise()
    promises.clock.forward(weeks=3)
    due_since = promises.clock()
    waiting = await promises.job().run()
    first = await promises.charged_days(made)
    refused = [one for one in await promises.periods(made) if one.failure_reason]
    promises.clock.forward(minutes=10)
    still_waiting = await promises.job().run()
    too_early = await promises.tip_count(made)
    promises.clock.forward(minutes=55)
    at_last = await promises.job().run()

    assert waiting == still_waiting == due_since
    assert (len(first), refused, too_early) == (2, [], 2)
    assert at_last is None
    assert await promises.charged_days(made) == [date(2026, 3, day) for day in (3, 10, 17, 24)]
    assert await promises.tip_count(made) == 4
    assert promises.log.errors() == []
    await promises.close()


async def test_paused_and_resumed(promises: Promises) -> None:
    """What began meanwhile is not charged later; the period after is."""
    made = await promises.promise()
    sender = caller(made.sender_id)
    await promises.job().run()
    await promises.service.pause_recurring_tip(sender, made.recurring_tip_id)
    promises.clock.forward(days=14)
    await promises.job().run()
    resumed = await promises.service.resume_recurring_tip(sender, made.recurring_tip_id)
    await promises.job().run()
    promises.clock.forward(days=7)
    await promises.job().run()

    assert resumed.next_period == date(2026, 3, 24)
    assert await promises.charged_days(made) == [date(2026, 3, 3), date(2026, 3, 24)]


async def test_missed_then_paused(promises: Promises) -> None:
    """Periods that were missed before a pause are not caught up with after it."""
    made = await promises.promise()
    sender = caller(made.sender_id)
    promises.clock.forward(days=15)
    await promises.service.pause_recurring_tip(sender, made.recurring_tip_id)
    await promises.service.resume_recurring_tip(sender, made.recurring_tip_id)
    await promises.job().run()

    assert await promises.tip_count(made) == 0


async def test_canceled(promises: Promises) -> None:
    """Nothing is charged any more."""
    made = await promises.promise()
    await promises.service.cancel_recurring_tip(caller(made.sender_id), made.recurring_tip_id)
    promises.clock.forward(days=30)
    await promises.job().run()

    assert await promises.tip_count(made) == 0


async def test_nobody_knows_whether_there_is_a_tip(promises: Promises) -> None:
    """The reply is lost after the tip was made: the period waits, and after the lease finds its tip."""
    made = await promises.promise()

    async def lost(sender_id: UUID, draft: TipDraft) -> SentTip:
        await promises.tips.send_for(sender_id, draft)
        raise DatabaseUnavailable

    waits = await promises.job(lost).run()
    promises.clock.forward(minutes=1)
    await promises.job().run()
    too_early = await promises.charged_days(made)
    promises.clock.forward(minutes=5)

    assert waits is not None
    assert promises.log.errors() == ["a period of a recurring tip could not be charged and is taken up again"]
    assert too_early == []
    assert await promises.job().run() is None
    assert await promises.charged_days(made) == [date(2026, 3, 3)]
    assert await promises.tip_count(made) == 1


async def test_money_that_moved_counts_more_than_a_refusal(promises: Promises) -> None:
    """A process that was thought dead sends its tip after all: the period shows it."""
    made = await promises.promise(funds=0)
    charges = ChargeRepository(promises.pool)
    claims = await charges.claim_due(promises.clock(), at_most=10, periods_each=1)
    assert claims is not None
    promises.clock.forward(minutes=6)
    await promises.job().run()
    refused = await promises.periods(made)
    await fill_wallets(promises.pool, [made.sender_id], 500)
    sent = await promises.tips.send_for(made.sender_id, made.draft_of(made.start_date))
    await charges.record_charged({claims[0]: sent.tip.tip_id}, promises.clock())

    assert [one.failure_reason for one in refused] == ["INSUFFICIENT_FUNDS"]
    assert [(one.tip_id, one.failure_reason) for one in await promises.periods(made)] == [
        (sent.tip.tip_id, "")
    ]


async def test_a_refusal_that_comes_too_late(promises: Promises) -> None:
    """Whoever lost the claim to another process has nothing to say any more."""
    made = await promises.promise()
    charges = ChargeRepository(promises.pool)
    claims = await charges.claim_due(promises.clock(), at_most=10, periods_each=1)
    assert claims is not None
    promises.clock.forward(minutes=6)
    taken_over = await charges.retake(
        promises.clock(), lease=promises.clock() - claims[0].claim_time, at_most=9
    )
    await charges.record_refused({claims[0]: "INSUFFICIENT_FUNDS"}, promises.clock())

    assert taken_over == [Claim(await promises.again(made), made.start_date, promises.clock())]
    assert await promises.periods(made) == ()
