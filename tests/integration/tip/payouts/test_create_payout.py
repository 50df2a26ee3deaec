"""CreatePayout: the whole balance, once."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from academe.caller import Role
from academe.db.pool import Pool
from academe.errors import RequestIdReused
from academe.ids import new_id
from academe.services.tip.errors import (
    CurrencyUnknown,
    NothingToPay,
    PayoutAccountMissing,
    ProviderUnavailable,
)
from academe.services.tip.payouts.model import HAND, Payout, PayoutState
from tests.integration.tip.payouts.bank import Bank
from tests.integration.tip.payouts.office import RETURN_URL, Office
from tests.support.ledger import caller, faults
from tests.support.pools import patient_pool

TAKEN, PAID, FAILED = 10, 11, 12


async def test_the_whole_balance_is_paid_at_once(pool: Pool) -> None:
    """The provider is asked in the call itself, and the ledger says that its money became less."""
    office = Office(pool, bank := Bank())
    educator = await office.educator(300, 200)
    payout = await office.create(educator)

    assert (payout.state, payout.amount.minor_units) == (PayoutState.PAID, 500)
    assert payout.provider_reference == f"tr_{payout.payout_id.hex}"
    assert bank.transfers[payout.payout_id][2] == payout.amount
    assert await office.holds(educator) == (0, 0)
    assert await office.movements(payout) == [TAKEN, PAID]
    assert await faults(pool) == []


async def test_a_payout_of_nothing(pool: Pool) -> None:
    """Neither somebody who never got anything nor somebody who was paid gets a payout, nor a transfer."""
    office = Office(pool, bank := Bank())
    nobody, paid = await office.educator(), await office.educator(100)
    payout = await office.create(paid)
    for educator in (nobody, paid):
        with pytest.raises(NothingToPay):
            await office.create(educator)
    with pytest.raises(NothingToPay):
        await office.create(paid, currency="JPY")

    assert list(bank.transfers) == [payout.payout_id]
    assert await pool.fetchval("select count(*) from tip.payout where educator_id = $1", nobody.user_id) == 0


async def test_one_currency_at_a_time(pool: Pool) -> None:
    """A payout of euros leaves the yen where they are."""
    office = Office(pool, Bank())
    educator = await office.educator(100)
    await office.tip(educator, 7, currency="JPY")
    await office.create(educator)

    assert await office.holds(educator, "JPY") == (7, 0)
    assert (await office.create(educator, currency="JPY")).amount.minor_units == 7
    with pytest.raises(CurrencyUnknown):
        await office.create(educator, currency="ABC")


async def test_the_same_request_again_answers_the_same_payout(pool: Pool) -> None:
    """Also when there is money again, and when the account is gone; another body is refused."""
    office = Office(pool, bank := Bank())
    educator = await office.educator(100)
    payout = await office.create(educator, request_id := uuid4())
    await office.tip(educator, 50)
    bank.enabled.clear()

    assert await office.create(educator, request_id) == payout
    with pytest.raises(RequestIdReused):
        await office.create(educator, request_id, digest=b"2")
    assert await office.holds(educator) == (50, 0)
    assert len(bank.transfers) == 1


@pytest.mark.parametrize("same_request", [True, False])
async def test_two_at_once_take_the_money_once(pool: Pool, database: str, same_request: bool) -> None:
    """In two processes, five times each: one payout; the others the same reply, or nothing to pay."""
    other_pool = await patient_pool(database, size=5)
    bank = Bank()
    offices = [Office(pool, bank), Office(other_pool, bank)]
    educator = await offices[0].educator(700)
    request_id = uuid4()
    outcomes = await asyncio.gather(
        *(
            office.create(educator, request_id if same_request else uuid4())
            for office in offices
            for _ in range(5)
        ),
        return_exceptions=True,
    )
    await other_pool.close()
    payouts = [outcome for outcome in outcomes if isinstance(outcome, Payout)]

    assert len({payout.payout_id for payout in payouts}) == 1
    assert len(payouts) == (10 if same_request else 1)
    assert all(isinstance(outcome, Payout | NothingToPay) for outcome in outcomes)
    assert [amount.minor_units for _, _, amount in bank.transfers.values()] == [700]
    assert await offices[0].holds(educator) == (0, 0)
    assert await faults(pool) == []


async def test_tips_while_payouts_are_made(pool: Pool, database: str) -> None:
    """Whatever the order, each unit is in one payout or still there, and the lines of all add up."""
    other_pool = await patient_pool(database, size=5)
    office, other = Office(pool, Bank()), Office(other_pool, Bank())
    other.bank = office.bank
    educator = await office.educator(1)

    async def tip_on() -> None:
        for amount in range(1, 21):
            await other.tip(educator, amount)

    async def pay_on() -> list[Payout]:
        payouts = []
        for _ in range(12):
            try:
                payouts.append(await office.create(educator))
            except NothingToPay:
                await asyncio.sleep(0.002)
        return payouts

    _, payouts = await asyncio.gather(tip_on(), pay_on())
    await other_pool.close()
    paid = [payout.amount.minor_units for payout in payouts]
    lines = [[line.amount.minor_units for line in await office.lines(educator, one)] for one in payouts]

    assert sum(paid) + sum(await office.holds(educator)) == 1 + sum(range(1, 21))
    assert [sum(amounts) for amounts in lines] == paid
    assert await faults(pool) == []


async def test_without_an_account_that_is_ready(pool: Pool) -> None:
    """Nothing is taken; as soon as the provider says that it pays, it goes."""
    office = Office(pool, bank := Bank())
    stranger = caller(new_id(), Role.EDUCATOR)
    await office.tip(stranger, 100)
    with pytest.raises(PayoutAccountMissing):
        await office.create(stranger)
    account, _ = await office.payouts.accounts.create_payout_account(stranger, RETURN_URL)
    with pytest.raises(PayoutAccountMissing):
        await office.create(stranger)
    bank.lost_requests = 1
    with pytest.raises(ProviderUnavailable):
        await office.create(stranger)
    assert await office.holds(stranger) == (100, 0)
    assert account.reference is not None
    bank.enabled.add(account.reference)

    assert (await office.create(stranger)).state is PayoutState.PAID


async def test_without_a_provider_it_is_by_hand(pool: Pool) -> None:
    """Taken out of the balance, and pending until an administrator says what became of it."""
    office = Office(pool)
    educator = await office.educator(100)
    payout = await office.create(educator)

    assert (payout.provider, payout.state) == (HAND, PayoutState.PENDING)
    assert await office.holds(educator) == (0, 100)


async def test_what_somebody_owes_is_paid_first(pool: Pool) -> None:
    """After a dispute that the balance could not bear; nothing is paid out while nothing would be left."""
    office = Office(pool, Bank())
    educator = await office.educator(100)
    await owe(pool, educator.user_id, 60)
    payout = await office.create(educator)
    lines = await office.lines(educator, payout)

    assert payout.amount.minor_units == 40
    assert [line.amount.minor_units for line in lines] == [-60, 100]
    await office.tip(educator, 50)
    await owe(pool, educator.user_id, 50)
    with pytest.raises(NothingToPay):
        await office.create(educator)
    assert await office.holds(educator) == (50, 0)
    assert await faults(pool) == []


async def owe(pool: Pool, educator_id: object, amount: int) -> None:
    """A top-up of theirs was taken back after they had spent it."""
    await pool.execute(
        """
        insert into tip.movement (
            movement_id, kind, source_id, from_kind, from_owner, to_kind, to_owner, currency, amount,
            platform_fee, payment_fee, debt, create_time
        )
        values (gen_random_uuid(), 15, gen_random_uuid(), 5, $1, 8, tip.school(), 'EUR', $2, 0, 0, 0, now())
        """,
        educator_id,
        amount,
    )
