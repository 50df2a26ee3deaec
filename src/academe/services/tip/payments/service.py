"""Beginning payments: the intent is written down first, and then the provider hears of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from academe.clock import utcnow
from academe.db.pool import Pool
from academe.money import Money
from academe.services.tip.errors import (
    FundingNotOffered,
    ProviderRefused,
    ProviderUnavailable,
    TipLimitReached,
)
from academe.services.tip.model import Tip
from academe.services.tip.payments.model import ASK_FIRST, Payment, PaymentPurpose, Story
from academe.services.tip.payments.repository import PaymentRepository, add_payment
from academe.services.tip.payments.settlement import Settlement
from academe.services.tip.ports import PaymentProvider, PaymentState

CARD_WINDOW = timedelta(days=7)
"""In which the payments of one card are counted."""


class PaymentService:
    """Payments from outside, for tips and top-ups. Without a provider nothing can be begun."""

    def __init__(
        self,
        pool: Pool,
        provider: PaymentProvider | None,
        settlement: Settlement | None,
        *,
        card_limit: int = 15,
        clock: Callable[[], datetime] = utcnow,
    ) -> None:
        """`card_limit` is how many payments one card makes in CARD_WINDOW; its payers begin no more then."""
        self._pool = pool
        self._provider = provider
        self._settlement = settlement
        self._repository = PaymentRepository(pool)
        self._card_limit = card_limit
        self._clock = clock

    async def admit(self, payer_id: UUID, amount: Money) -> None:
        """To be asked before a tip that is paid from outside is written.

        Raises FundingNotOffered, CurrencyUnknown or InvalidArgument for what the provider cannot charge
        exactly, and TipLimitReached. A card is known only when it has paid, so this counts what it did.
        """
        if self._provider is None:
            raise FundingNotOffered("This school has no payment provider: its wallets are filled by hand.")
        self._provider.check_amount(amount)
        since = self._clock() - CARD_WINDOW
        if await self._repository.count_on_card(payer_id, since) >= self._card_limit:
            raise TipLimitReached(limit=self._card_limit, seconds=CARD_WINDOW // timedelta(seconds=1))

    async def start_tip(self, tip: Tip) -> Payment:
        """Begins the payment of a tip that was written, or answers how the one begun before stands.

        Raises ProviderRefused, each time, when the provider does not take it: then the tip has failed. When
        nobody knows whether the provider has it, the payment is CREATED, and the reconciler finds out.
        """
        if tip.sender_id is None:
            raise ValueError("a tip is paid by its sender")
        return await self.start(
            PaymentPurpose.TIP, tip.tip_id, tip.sender_id, tip.amount, create_time=tip.create_time
        )

    async def start(
        self,
        purpose: PaymentPurpose,
        payment_id: UUID,
        payer_id: UUID,
        amount: Money,
        *,
        create_time: datetime,
    ) -> Payment:
        if self._provider is None:
            raise FundingNotOffered
        intent = self.intent(purpose, payment_id, payer_id, amount, create_time=create_time)
        await add_payment(self._pool, intent)
        return await self.go_on(payment_id)

    def intent(
        self,
        purpose: PaymentPurpose,
        payment_id: UUID,
        payer_id: UUID,
        amount: Money,
        *,
        create_time: datetime,
    ) -> Payment:
        """A payment that the provider does not know of, to be written down."""
        if self._provider is None:
            raise FundingNotOffered
        return Payment(
            payment_id=payment_id,
            purpose=purpose,
            payer_id=payer_id,
            provider=self._provider.name,
            state=PaymentState.CREATED,
            amount=amount,
            create_time=create_time,
            ask_time=self._clock() + ASK_FIRST,
        )

    async def go_on(self, payment_id: UUID) -> Payment:
        """Tells the provider of a payment that is written down, unless it is known to have it."""
        payment = await self._get(payment_id)
        if payment.refused:
            raise ProviderRefused(provider_message=payment.failure)
        if payment.reference or self._provider is None or self._settlement is None:
            return payment
        try:
            seen = await self._provider.create_payment(payment_id, payment.amount, payer_id=payment.payer_id)
        except ProviderUnavailable:
            return payment
        except ProviderRefused as refusal:
            await self._settlement.refuse(payment_id, refusal.metadata["provider_message"])
            raise
        await self._settlement.settle(Story(seen))
        return await self._get(payment_id)

    async def get_payments(self, payment_ids: Sequence[UUID]) -> Mapping[UUID, Payment]:
        """The payments of tips (by tip_id) and top-ups that have one."""
        return await self._repository.get_payments(payment_ids) if payment_ids else {}

    async def _get(self, payment_id: UUID) -> Payment:
        return (await self._repository.get_payments([payment_id]))[payment_id]
