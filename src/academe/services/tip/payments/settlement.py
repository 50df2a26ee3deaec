"""Where what a provider tells of a payment becomes what the ledger says.

News come as replies, as webhooks in any order and number, and as answers of the reconciler. All of them are
dealt with in the same way: the provider is asked for the whole story of the payment, and one transaction
brings the payment, its refunds, its disputes and the ledger to it. Doing that twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from academe.clock import utcnow
from academe.db.pool import Pool, Queryable
from academe.money import Money
from academe.services.tip.model import AccountKind
from academe.services.tip.payments.disputes import book_dispute
from academe.services.tip.payments.model import (
    ASK_LATEST,
    Payment,
    PaymentPurpose,
    Story,
    next_ask,
    state_after,
)
from academe.services.tip.payments.movements import charge, provider_fee, top_up
from academe.services.tip.payments.repository import lock_payment, update_payment
from academe.services.tip.payments.repository_ledger import fail_tip, lock_balances, lock_tip
from academe.services.tip.payments.repository_top_ups import owner_of_payment
from academe.services.tip.ports import PaymentProvider, PaymentState
from academe.services.tip.refunds.asking import RefundAsking
from academe.services.tip.refunds.booking import book_refund
from academe.services.tip.repository_movements import add_movements

ENDED = (PaymentState.SUCCEEDED, PaymentState.FAILED, PaymentState.CANCELED)


class Settlement:
    """Brings payments to where the provider says they are.

    `announce(educator_id, tip_id)` is told of every tip that has changed, after the commit.
    """

    def __init__(
        self,
        pool: Pool,
        provider: PaymentProvider,
        refunds: RefundAsking,
        *,
        clock: Callable[[], datetime] = utcnow,
        announce: Callable[[UUID, UUID], None] | None = None,
    ) -> None:
        self._pool = pool
        self._provider = provider
        self._refunds = refunds
        self._clock = clock
        self._announce = announce

    async def look(self, reference: str, *, whole: bool = False) -> Story:
        """Asks the provider. `whole` also looks for refunds and disputes that the payment itself does not
        tell of, such as a refund that has failed. Raises ProviderUnavailable.

        Refunds of ours that are under way are brought to their end first: only then is it certain how much of
        the payment is left for what was made there.
        """
        payment = await self._provider.get_payment(reference)
        if not (whole or payment.gone_back):
            return Story(payment)
        if payment.payment_id is not None:
            await self._refunds.ask_pending(payment.payment_id)
        refunds = await self._provider.list_refunds(reference)
        return Story(payment, refunds, await self._provider.list_disputes(reference))

    async def settle(self, story: Story) -> None:
        """One transaction, then whoever watches is told."""
        async with self._pool.transaction() as connection:
            changed = await self.apply(connection, story)
        self.announce(changed)

    def announce(self, changed: tuple[UUID, UUID] | None) -> None:
        if changed is not None and self._announce is not None:
            self._announce(*changed)

    async def apply(self, connection: Queryable, story: Story) -> tuple[UUID, UUID] | None:
        """In the connection's transaction. Returns the educator and the tip, if one may have changed.

        A payment that is not ours changes nothing, nor does another of the provider's for the same of ours.
        """
        seen, now = story.payment, self._clock()
        payment = await lock_payment(connection, seen.payment_id) if seen.payment_id else None
        if payment is None or payment.reference not in ("", seen.reference):
            return None
        if payment.amount != seen.amount or payment.provider != self._provider.name:
            raise RuntimeError(f"{seen.reference} is {seen.amount}, but payment {payment.payment_id} is not")
        state = state_after(payment.state, seen)
        known = replace(
            payment,
            reference=seen.reference,
            state=state,
            client_secret="" if state in ENDED else seen.client_secret or payment.client_secret,
            fee=seen.fee if seen.booked else payment.fee,
            failure="" if state is PaymentState.SUCCEEDED else seen.failure or payment.failure,
            fingerprint=seen.fingerprint or payment.fingerprint,
        )
        owner_id = await owner_of_payment(connection, payment.payment_id)
        is_open = state not in ENDED
        if state is PaymentState.SUCCEEDED:
            if payment.state is not PaymentState.SUCCEEDED:
                await self._arrive(connection, known, owner_id, seen.fee or 0, now)
            is_open = await self._go_back(connection, known, owner_id, story, now)
        elif not is_open:
            await fail_tip(connection, payment.payment_id, now)
        await update_payment(connection, replace(known, ask_time=_ask_time(known, is_open, now)), now)
        return (owner_id, payment.payment_id) if payment.purpose is PaymentPurpose.TIP else None

    async def _arrive(
        self, connection: Queryable, payment: Payment, owner_id: UUID, fee: int, now: datetime
    ) -> None:
        code = payment.amount.currency_code
        if payment.purpose is PaymentPurpose.TIP:
            tip = await lock_tip(connection, payment.payment_id)
            if tip is None:
                raise RuntimeError(f"payment {payment.payment_id} is for no tip")
            balances = await lock_balances(connection, owner_id, code, AccountKind.EDUCATOR, AccountKind.DEBT)
            moved = charge(tip, fee, now, balances)
        else:
            balances = await lock_balances(connection, owner_id, code, AccountKind.WALLET, AccountKind.DEBT)
            moved = [
                *top_up(payment.payment_id, payment.amount, AccountKind.PROVIDER, now, balances),
                *provider_fee(payment.payment_id, Money(code, fee), now),
            ]
        await add_movements(connection, moved)

    async def _go_back(
        self, connection: Queryable, payment: Payment, owner_id: UUID, story: Story, now: datetime
    ) -> bool:
        """Refunds and disputes; returns whether any dispute is open."""
        for refund in story.refunds:
            await book_refund(connection, payment, owner_id, refund, now)
        is_open = False
        for dispute in story.disputes:
            is_open |= await book_dispute(connection, payment, owner_id, dispute, now)
        return is_open

    async def refuse(self, payment_id: UUID, failure: str) -> None:
        """The provider did not take a payment: there is nothing of it to hear any more."""
        now = self._clock()
        async with self._pool.transaction() as connection:
            payment = await lock_payment(connection, payment_id)
            if payment is None or payment.reference:
                return
            refused = replace(payment, state=PaymentState.FAILED, failure=failure, ask_time=None)
            await update_payment(connection, refused, now)
            await fail_tip(connection, payment_id, now)
            owner_id = await owner_of_payment(connection, payment_id)
        if payment.purpose is PaymentPurpose.TIP:
            self.announce((owner_id, payment_id))


def _ask_time(payment: Payment, is_open: bool, now: datetime) -> datetime | None:
    """Of a payment that has succeeded only a dispute can be open, which takes weeks."""
    if not is_open:
        return None
    return now + ASK_LATEST if payment.state is PaymentState.SUCCEEDED else next_ask(now, payment.create_time)
