"""Asking the provider about everything that nobody has told the end of, until it is known.

Replies get lost, webhooks come late or never, and processes are killed between any two steps. What was begun
is written down with the time at which to ask about it, and this asks; any number of processes may at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from academe.clock import utcnow
from academe.db.pool import Pool
from academe.services.tip.errors import ProviderRefused, ProviderUnavailable
from academe.services.tip.model import AccountKind
from academe.services.tip.payments.model import PAYMENT_LASTS, Payment, Story, next_ask
from academe.services.tip.payments.movements import repay
from academe.services.tip.payments.repository import PaymentRepository
from academe.services.tip.payments.repository_ledger import fail_tip, find_debtors, lock_balances, lock_tip
from academe.services.tip.payments.service import PaymentService
from academe.services.tip.payments.settlement import Settlement
from academe.services.tip.ports import PaymentProvider, PaymentState
from academe.services.tip.refunds.asking import RefundAsking
from academe.services.tip.refunds.model import Refund
from academe.services.tip.refunds.repository import RefundRepository
from academe.services.tip.repository_movements import add_movements

STEP_SECONDS = 5
"""How often to look for something to ask about, which is one read of an index."""

STEP_ITEMS = 32
"""Taken in one step; what is left is taken by the next, or by another process."""

AT_ONCE = 8
"""Requests to the provider at the same time."""

UNWRITTEN_LASTS = timedelta(minutes=10)
"""After which a tip of which no payment was written will get none: whoever sends it again begins one."""


class Reconciler:
    """Brings payments and refunds that stand open to their end, and has debts repaid."""

    def __init__(
        self,
        pool: Pool,
        provider: PaymentProvider,
        payments: PaymentService,
        settlement: Settlement,
        refunds: RefundAsking,
        *,
        log: Any,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        self._pool = pool
        self._provider = provider
        self._payments = payments
        self._settlement = settlement
        self._asking = refunds
        self._log = log
        self._clock = clock
        self._payment_rows = PaymentRepository(pool)
        self._refund_rows = RefundRepository(pool)
        self._left: list[datetime] = []

    async def work(self) -> datetime | None:
        """Asks about all that is due: a job, to be run every STEP_SECONDS.

        Answers when the oldest of what the provider gave no answer about was made, None when it answered all.
        """
        self._left.clear()
        while await self.step(self._clock()) >= STEP_ITEMS:
            pass
        return min(self._left, default=None)

    async def step(self, now: datetime) -> int:
        """Asks about what is due at that time and nobody else asks about; returns how much that was."""
        payments = await self._payment_rows.claim(self._provider.name, now, STEP_ITEMS)
        refunds = await self._refund_rows.claim(now, STEP_ITEMS)
        turn = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(
            *(
                self._taken(turn, "payment", each.payment_id, self._ask_payment(each, now))
                for each in payments
            ),
            *(self._taken(turn, "refund", each.refund_id, self._ask_refund(each, now)) for each in refunds),
        )
        await self._fail_unwritten(now)
        await self.repay_debts(now)
        return max(len(payments), len(refunds))

    async def _taken(self, turn: asyncio.Semaphore, what: str, id_: UUID, asking: Awaitable[None]) -> None:
        """One that cannot be dealt with does not keep the others from it, and comes again after its lease."""
        async with turn:
            try:
                await asking
            except ProviderUnavailable:
                pass  # put off already
            except Exception as fault:
                self._log.error("could not reconcile", what=what, id=str(id_), exc_info=fault)

    async def _ask_payment(self, payment: Payment, now: datetime) -> None:
        """Creates what the provider may not have, cancels what nobody confirmed, and books what it tells."""
        try:
            await self._hear(payment, now)
        except ProviderRefused:
            if payment.reference:
                raise  # it does not know its own payment: an operator has to look
        except ProviderUnavailable:
            self._left.append(payment.create_time)
            await self._payment_rows.ask_later(payment.payment_id, next_ask(now, payment.create_time))
            raise

    async def _hear(self, payment: Payment, now: datetime) -> None:
        if not payment.reference:
            payment = await self._payments.go_on(payment.payment_id)
            if not payment.reference:
                raise ProviderUnavailable
            return
        story = await self._settlement.look(payment.reference)
        if story.payment.state is PaymentState.REQUIRES_ACTION and now - payment.create_time >= PAYMENT_LASTS:
            story = Story(await self._provider.cancel_payment(payment.reference))
        await self._settlement.settle(story)

    async def _ask_refund(self, refund: Refund, now: datetime) -> None:
        try:
            await self._asking.ask(refund)
        except ProviderUnavailable:
            self._left.append(refund.create_time)
            await self._refund_rows.ask_later(refund.refund_id, next_ask(now, refund.create_time))
            raise

    async def _fail_unwritten(self, now: datetime) -> None:
        for tip_id in await self._payment_rows.find_unasked_tips(now - UNWRITTEN_LASTS, STEP_ITEMS):
            async with self._pool.transaction() as connection:
                tip = await lock_tip(connection, tip_id)
                await fail_tip(connection, tip_id, now)
            if tip is not None:
                self._settlement.announce((tip.educator_id, tip_id))

    async def repay_debts(self, now: datetime) -> None:
        """From what debtors received in other ways than by payments, which repay in their own transaction."""
        for owner_id, currency_code in await find_debtors(self._pool, STEP_ITEMS):
            async with self._pool.transaction() as connection:
                kinds = (AccountKind.WALLET, AccountKind.EDUCATOR, AccountKind.DEBT)
                balances = await lock_balances(connection, owner_id, currency_code, *kinds)
                moved = repay(balances, AccountKind.EDUCATOR, now)
                moved += repay(balances, AccountKind.WALLET, now)
                if moved:
                    await add_movements(connection, moved)
