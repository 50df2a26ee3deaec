"""What an educator owes after a dispute is repaid from what they are given next."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from academe.money import Money
from academe.services.tip.model import AccountKind, Movement, TransactionKind
from academe.services.tip.repository_movements import add_movements
from tests.integration.tip.holds.held import Held
from tests.support.ledger import faults, fill_wallets


async def test_a_capture_repays_a_debt(held: Held) -> None:
    """All of it, and the rest stays with the educator."""
    await held.owe(200)
    owed = await held.educator_has()
    await held.service.capture_tip(held.sender, (await held.hold(500)).tip_id)

    assert owed == (0, -180)
    assert await held.educator_has() == (270, 0)
    assert await faults(held.pool) == []


async def test_a_capture_repays_as_much_as_it_can(held: Held) -> None:
    """A debt that is larger than what came in takes it all; the next tips go on."""
    await held.owe(1_000)
    balances = []
    for amount in (500, 300, 400):
        await held.service.capture_tip(held.sender, (await held.hold(amount)).tip_id)
        balances.append(await held.educator_has())

    assert balances == [(0, -450), (0, -180), (180, 0)]
    assert await faults(held.pool) == []


async def test_a_voided_tip_repays_nothing(held: Held) -> None:
    """The educator was given nothing."""
    await held.owe(200)
    await held.service.void_tip(held.sender, (await held.hold(500)).tip_id)

    assert await held.educator_has() == (0, -180)
    assert await held.sender_has() == (500, 0)


async def test_many_captures_for_one_who_owes(held: Held) -> None:
    """At once they repay no more than the debt."""
    await held.owe(1_000)
    tips = [await held.hold(200) for _ in range(10)]
    await asyncio.gather(*(held.service.capture_tip(held.sender, tip.tip_id) for tip in tips))

    assert await held.educator_has() == (10 * 180 - 900, 0)
    assert await faults(held.pool) == []


async def test_a_debt_that_is_being_repaid_already(held: Held) -> None:
    """A capture waits for whoever repays it from elsewhere, and then leaves the educator what it brings."""
    educator = held.educator.user_id
    await held.owe(200)
    await fill_wallets(held.pool, [educator], 180)
    tip = await held.hold(500)
    repayment = Movement(
        TransactionKind.DEBT_REPAID, uuid4(), AccountKind.WALLET, educator, AccountKind.DEBT, educator,
        Money("EUR", 180), held.clock(),
    )  # fmt: skip
    async with held.pool.transaction() as connection:
        await add_movements(connection, [repayment])
        capture = asyncio.create_task(held.service.capture_tip(held.sender, tip.tip_id))
        waited, _ = await asyncio.wait([capture], timeout=0.2)
    await capture

    assert waited == set()
    assert await held.educator_has() == (450, 0)
    assert await faults(held.pool) == []
