"""What the provider says, does not say, and says too late."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta

import asyncpg
import pytest

from academe.db.pool import Pool
from academe.services.tip.errors import PayoutSettled
from academe.services.tip.model import SCHOOL
from academe.services.tip.payouts.model import PayoutState
from academe.services.tip.ports import ProviderTransfer
from tests.integration.tip.payouts.bank import Bank
from tests.integration.tip.payouts.office import Office
from tests.support.ledger import caller, faults
from tests.support.pools import patient_pool

TAKEN, PAID, FAILED = 10, 11, 12


@pytest.mark.parametrize("lost", ["lost_replies", "lost_requests"])
async def test_a_reply_that_is_lost(pool: Pool, lost: str) -> None:
    """Whether or not it was done, the payout stays pending and is asked about: one transfer, paid once."""
    office = Office(pool, bank := Bank())
    educator = await office.educator(500)
    setattr(bank, lost, 3)
    payout = await office.create(educator)
    assert payout.state is PayoutState.PENDING
    assert await office.holds(educator) == (0, 500)
    bank.forget()
    states = []
    while payout.state is PayoutState.PENDING:
        await office.step()
        payout = await office.payouts.get_payout(educator, payout.payout_id)
        states.append(payout.state)

    assert states == [PayoutState.PENDING, PayoutState.PENDING, PayoutState.PAID]
    assert bank.made == 1
    assert await office.movements(payout) == [TAKEN, PAID]
    assert await office.holds(educator) == (0, 0)
    assert await office.step() == 0
    assert await faults(pool) == []


async def test_a_payout_that_fails_returns_the_money(pool: Pool) -> None:
    """The provider's words are kept, and the money is a line of the next payout."""
    office = Office(pool, bank := Bank())
    educator = await office.educator(500)
    bank.refusal = "The account is closed."
    failed = await office.create(educator)
    assert (failed.state, failed.reason) == (PayoutState.FAILED, "The account is closed.")
    assert await office.holds(educator) == (500, 0)
    assert await office.movements(failed) == [TAKEN, FAILED]
    bank.refusal = ""
    await office.tip(educator, 20)
    paid = await office.create(educator)
    lines = await office.lines(educator, paid)

    assert (paid.state, paid.amount.minor_units) == (PayoutState.PAID, 520)
    assert [(line.amount.minor_units, line.source_id) for line in lines] == [
        (20, None),
        (500, failed.payout_id),
    ]
    assert await faults(pool) == []


async def test_several_processes_ask_about_different_payouts(pool: Pool, database: str) -> None:
    """What one has claimed the other leaves alone; nothing is done twice."""
    other_pool = await patient_pool(database, size=4)
    bank = Bank()
    offices = [Office(pool, bank), Office(other_pool, bank)]
    educators = [await offices[0].educator(100) for _ in range(24)]
    bank.lost_requests = 24
    payouts = [await offices[0].create(educator) for educator in educators]
    bank.asked, bank.slow = 0, 0.002
    moment = offices[0].now() + timedelta(minutes=2)
    jobs = [office.payouts.transfers for office in offices if office.payouts.transfers is not None]
    due = await asyncio.gather(*(job.step(moment) for job in jobs for _ in range(2)))
    await other_pool.close()

    assert sum(due) == bank.made == len(bank.transfers) == 24
    assert bank.asked == 48  # looked for, and then made
    assert all([await offices[0].movements(payout) == [TAKEN, PAID] for payout in payouts])
    assert await faults(pool) == []


async def test_the_provider_is_left_alone_longer_each_time(pool: Pool) -> None:
    """A minute, then two, four …; an hour at most. Before that nobody asks."""
    office = Office(pool, bank := Bank())
    educator = await office.educator(100)
    bank.lost_requests = 20
    start = office.now()
    await office.create(educator)
    waits = []
    for _ in range(9):
        due = await pool.fetchval("select ask_time from tip.payout where educator_id = $1", educator.user_id)
        waits.append(round((due - start).total_seconds() / 60))
        assert office.payouts.transfers is not None
        start = due
        assert await office.payouts.transfers.step(due) == 1

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_the_job_says_since_when_it_does_not_know(pool: Pool) -> None:
    """Nothing waits, or the oldest payout that is not decided."""
    office = Office(pool, bank := Bank("other bank"))
    educator = await office.educator(100)
    assert office.payouts.transfers is not None
    assert await office.payouts.transfers.work() is None
    bank.lost_replies = 2
    payout = await office.create(educator)
    office.later = 100
    assert await office.payouts.transfers.work() == payout.create_time
    office.later = 100_000

    assert await office.payouts.transfers.work() is None


async def test_news_of_a_transfer_in_any_order(pool: Pool) -> None:
    """Every order of five pieces of news, each one to three times at once: the first decision counts.

    So payouts end in one state each, with one movement that says so, whichever webhook comes when.
    """
    office = Office(pool, bank := Bank())
    pieces = [None, None, True, True, False]
    orders = sorted(set(itertools.permutations(pieces)), key=str)
    assert office.payouts.transfers is not None
    contradicted = 0
    for times, order in zip(itertools.cycle((1, 2, 3)), orders):
        educator = await office.educator(100)
        bank.lost_requests = 1
        payout = await office.create(educator)
        news = [ProviderTransfer("tr_" + payout.payout_id.hex, payout.payout_id, piece) for piece in order]
        for told in news:
            await asyncio.gather(*(office.payouts.transfers.hear(told) for _ in range(times)))
        await office.step()
        settled = await office.payouts.get_payout(educator, payout.payout_id)
        first = next(piece for piece in order if piece is not None)
        contradicted += times * (2 if first is False else 1)

        assert settled.state is (PayoutState.PAID if first else PayoutState.FAILED)
        assert await office.movements(payout) == [TAKEN, PAID if first else FAILED]
        assert await office.holds(educator) == (0 if first else 100, 0)
    assert len(office.log.errors) == contradicted
    assert await faults(pool) == []


async def test_a_webhook_and_a_reply_and_an_administrator_at_once(pool: Pool) -> None:
    """All of them settle the same payout at the same moment: it is settled once, and nothing is lost."""
    office = Office(pool, bank := Bank())
    assert office.payouts.transfers is not None
    for _ in range(20):
        educator = await office.educator(100)
        bank.lost_requests = 1
        payout = await office.create(educator)
        told = ProviderTransfer("tr_" + payout.payout_id.hex, payout.payout_id, True)
        outcomes = await asyncio.gather(
            office.payouts.transfers.hear(told),
            office.payouts.transfers.pay(payout),
            office.settle(payout.payout_id, False, "no"),
            office.payouts.transfers.hear(told),
            office.step(),
            return_exceptions=True,
        )

        assert isinstance(outcomes[2], PayoutSettled)
        assert await office.movements(payout) == [TAKEN, PAID]
    assert office.log.errors == []
    assert await faults(pool) == []


async def test_news_of_something_that_is_not_ours(pool: Pool) -> None:
    """A transfer made by somebody else at the provider, or one for a payout by hand, changes nothing."""
    office, by_hand = Office(pool, Bank()), Office(pool)
    assert office.payouts.transfers is not None
    educator = await by_hand.educator(100)
    payout = await by_hand.create(educator)

    assert await office.payouts.transfers.hear(ProviderTransfer("tr_1", None, True)) is None
    assert await office.payouts.transfers.hear(ProviderTransfer("tr_2", educator.user_id, True)) is None
    assert await office.payouts.transfers.hear(ProviderTransfer("tr_3", payout.payout_id, True)) is None
    assert await office.holds(educator) == (0, 100)


@pytest.mark.parametrize(
    ("kind", "to_kind", "amount", "constraint"),
    [
        (PAID, 9, 100, "movement_settles_once"),
        (FAILED, 2, 100, "movement_settles_once"),
        (FAILED, 2, 99, "movement_fits_payout"),
    ],
)
async def test_the_database_settles_a_payout_once(
    pool: Pool, kind: int, to_kind: int, amount: int, constraint: str
) -> None:
    """By raw SQL: neither twice, nor both ways, nor with another amount, though other money is on its way."""
    office = Office(pool)
    educator = await office.educator(100)
    payout = await office.create(educator)
    await office.tip(educator, 1_000)
    await office.create(educator)
    if constraint == "movement_settles_once":
        # The other way than what is tried, so that it is not simply the same movement again.
        await office.settle(payout.payout_id, kind == FAILED, "")
    owner = educator.user_id if to_kind == 2 else SCHOOL
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await pool.execute(
            """
            insert into tip.movement (
                movement_id, kind, source_id, from_kind, from_owner, to_kind, to_owner, currency, amount,
                platform_fee, payment_fee, debt, create_time
            )
            values (gen_random_uuid(), $1, $2, 4, $3, $4, $5, 'EUR', $6, 0, 0, 0, now())
            """,
            kind,
            payout.payout_id,
            educator.user_id,
            to_kind,
            owner,
            amount,
        )

    assert refused.value.constraint_name == constraint


@pytest.mark.parametrize(
    "change",
    ["state = 1, settle_time = null", "state = 3", "reason = 'x'", "amount = 1", "educator_id = payout_id"],
)
async def test_a_settled_payout_stays_as_it_is(pool: Pool, change: str) -> None:
    """By raw SQL too; nor is one deleted."""
    office = Office(pool, Bank())
    payout = await office.create(await office.educator(100))
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await pool.execute(f"update tip.payout set {change} where payout_id = $1", payout.payout_id)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await pool.execute("delete from tip.payout where payout_id = $1", payout.payout_id)

    assert await office.payouts.get_payout(caller(payout.educator_id), payout.payout_id) == payout
