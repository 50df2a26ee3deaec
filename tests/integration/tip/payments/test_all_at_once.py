"""Everything that payments do, at the same time, in two processes: nobody deadlocks, and the books agree."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable

from academe.errors import AcademeError
from academe.ids import new_id
from academe.services.tip import TipRepository
from tests.integration.tip.payments.stage import Stage
from tests.support.ledger import fill_wallets, new_tip


async def test_nobody_waits_in_a_circle(stage: Stage) -> None:
    """Wallet tips and their refunds, charges, refunds of them, disputes, webhooks and debts, all crossing."""
    choice = random.Random(3)
    people = [new_id() for _ in range(4)]
    await fill_wallets(stage.pool, people, 1_000_000)
    processes = [stage, stage.another()]
    writers = [TipRepository(stage.pool) for _ in processes]

    async def wallet_tip() -> None:
        payer, payee = choice.sample(people, 2)
        tip = (await choice.choice(writers).add_tip(new_tip(payer, payee, choice.randint(10, 500)))).tip
        await asyncio.gather(*(server.refund(tip, 3) for server in processes))

    async def paid_tip() -> None:
        server = choice.choice(processes)
        tip = await server.write_tip(choice.randint(100, 2_000), educator=choice.choice(people))
        await server.confirm(await server.payments.start_tip(tip))
        reference = (await server.payment(tip)).reference
        await asyncio.gather(
            *[each.settlement.settle(await each.settlement.look(reference)) for each in processes]
        )
        await asyncio.gather(*(each.refund(tip, 30) for each in processes))
        charge = stage.fake.get("payment_intent", reference)["latest_charge"]
        if choice.random() < 0.5:
            stage.fake.open_dispute(charge)

    async def news() -> None:
        await asyncio.sleep(choice.random() / 10)
        server = choice.choice(processes)
        await server.deliver()
        await server.reconciler.repay_debts(stage.time.now)

    work: list[Awaitable[None]] = []
    for _ in range(20):
        work += [wallet_tip(), wallet_tip(), paid_tip(), news()]
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    await stage.deliver()
    await stage.reconcile(hours=2)
    faults = [each for each in outcomes if each is not None and not isinstance(each, AcademeError)]

    assert faults == []
    assert [each for each in outcomes if each is None] != []
    await stage.assert_books_agree()
