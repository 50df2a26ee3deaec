"""Asking the provider to carry out a refund, as often as it takes to know what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from academe.clock import utcnow
from academe.db.pool import Pool
from academe.errors import InvalidArgument
from academe.money import Money
from academe.services.tip.errors import ProviderRefused
from academe.services.tip.payments.model import Payment
from academe.services.tip.payments.repository import PaymentRepository, lock_payment
from academe.services.tip.payments.repository_ledger import lock_tip
from academe.services.tip.payments.repository_top_ups import owner_of_payment
from academe.services.tip.ports import PaymentProvider, ProviderRefund
from academe.services.tip.refunds.booking import settle_refund
from academe.services.tip.refunds.model import Refund
from academe.services.tip.refunds.repository import RefundRepository, lock_refund


class RefundAsking:
    """Brings refunds of payments to their end; any number of processes may ask about the same one."""

    def __init__(
        self, pool: Pool, provider: PaymentProvider, *, clock: Callable[[], datetime] = utcnow
    ) -> None:
        self._pool = pool
        self._provider = provider
        self._refunds = RefundRepository(pool)
        self._payments = PaymentRepository(pool)
        self._clock = clock

    def check_amount(self, amount: Money) -> None:
        """Raises CurrencyUnknown or InvalidArgument for what the provider cannot give back exactly."""
        self._provider.check_amount(amount)

    async def ask(self, refund: Refund, *, first: bool = False) -> Refund:
        """Has a refund carried out, or sees what became of it. Raises ProviderUnavailable when nobody knows.

        `first` says that the provider was certainly not asked before.
        """
        payment = await self._payment_of(refund)
        seen = None if first else await self._find(refund, payment.reference)
        if seen is None:
            try:
                seen = await self._provider.create_refund(refund.refund_id, payment.reference, refund.amount)
            except (ProviderRefused, InvalidArgument):
                seen = None  # the latter is a request that cannot even be made
        return await self._settle(refund, payment.payment_id, seen)

    async def ask_pending(self, payment_id: UUID) -> None:
        """The same for every refund of a payment that is not confirmed."""
        for refund in await self._refunds.find_pending(payment_id):
            await self.ask(refund)

    async def _payment_of(self, refund: Refund) -> Payment:
        found = await self._payments.get_payments([refund.payment_id] if refund.payment_id else [])
        for payment in found.values():
            return payment
        raise RuntimeError(f"refund {refund.refund_id} is of no payment")

    async def _find(self, refund: Refund, reference: str) -> ProviderRefund | None:
        """The provider forgets the key of a request in time, but not the refund that it made."""
        made = await self._provider.list_refunds(reference)
        return next((each for each in made if each.refund_id == refund.refund_id), None)

    async def _settle(self, refund: Refund, payment_id: UUID, seen: ProviderRefund | None) -> Refund:
        async with self._pool.transaction() as connection:
            await lock_payment(connection, payment_id)
            if refund.tip_id is not None:
                await lock_tip(connection, refund.tip_id)
            owner_id = await owner_of_payment(connection, payment_id)
            locked = await lock_refund(connection, refund.refund_id)
            return await settle_refund(connection, locked or refund, owner_id, seen, self._clock())
