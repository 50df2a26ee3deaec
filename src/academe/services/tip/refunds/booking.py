"""Refunds at the provider in the ledger: what was asked for here, and what was made there.

Everything here is done in a transaction in which the payment is locked.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from academe.db.pool import Queryable
from academe.services.tip.model import SCHOOL, AccountKind, TransactionKind
from academe.services.tip.payments.giving_back import give_again, give_back_up_to
from academe.services.tip.payments.model import Payment, PaymentPurpose, next_ask
from academe.services.tip.payments.movements import take_back, top_up
from academe.services.tip.payments.repository_ledger import lock_balances, lock_tip
from academe.services.tip.ports import ProviderRefund
from academe.services.tip.refunds.model import Refund, RefundState
from academe.services.tip.refunds.repository import add_refund, lock_refund, update_refund
from academe.services.tip.repository_movements import add_movements

OF_REFERENCE = UUID("4f3c1d52-8a55-4f0b-9a3e-5f8a3b4d6c03")
"""Namespace of ids for refunds that were made at the provider."""


async def book_refund(
    connection: Queryable, payment: Payment, owner_id: UUID, seen: ProviderRefund, now: datetime
) -> None:
    """Brings a refund to where the provider says it is. `owner_id` has the money: an educator, or a wallet.

    One that is not ours takes it from them, and what they do not have is a debt: it is gone already. What
    was given back beyond what is left of a tip is lost to the school. Raises ProviderUnavailable as
    `give_back_up_to` does.
    """
    refund_id = seen.refund_id or uuid5(OF_REFERENCE, seen.reference)
    tip = await lock_tip(connection, payment.payment_id) if payment.purpose is PaymentPurpose.TIP else None
    refund = await lock_refund(connection, refund_id)
    if refund is not None:
        await settle_refund(connection, refund, owner_id, seen, now)
    elif seen.succeeded is not False:
        refund = Refund(
            refund_id=refund_id,
            requester_id=SCHOOL,
            request_hash=b"",
            tip_id=None if tip is None else tip.tip_id,
            payment_id=payment.payment_id,
            amount=seen.amount,
            reason="",
            state=RefundState.PENDING,
            create_time=now,
        )
        await add_refund(connection, refund)
        if tip is None:
            balances = await lock_balances(
                connection, owner_id, seen.amount.currency_code, AccountKind.WALLET, AccountKind.DEBT
            )
            moved = take_back(refund_id, seen.amount, now, balances)
        else:
            moved = await give_back_up_to(
                connection, TransactionKind.REFUND, refund_id, tip, seen.amount, now
            )
        await add_movements(connection, moved)
        await settle_refund(connection, refund, owner_id, seen, now)


async def settle_refund(
    connection: Queryable, refund: Refund, owner_id: UUID, seen: ProviderRefund | None, now: datetime
) -> Refund:
    """Writes where a locked refund stands; None for one that the provider refused to make.

    One that failed is given again, even after it had succeeded; nothing follows after that.
    """
    if refund.state is RefundState.FAILED:
        return refund
    state: RefundState = refund.state
    reference = refund.reference
    if seen is None or seen.succeeded is False:
        state = RefundState.FAILED
        await _give_again(connection, refund, owner_id, now)
    elif seen.succeeded:
        state = RefundState.SUCCEEDED
    if seen is not None:
        reference = seen.reference
    open_ = state is RefundState.PENDING
    ask_time = next_ask(now, refund.create_time) if open_ else None
    settled = replace(refund, state=state, reference=reference, ask_time=ask_time)
    if settled != refund:
        await update_refund(connection, settled, now)
    return settled


async def _give_again(connection: Queryable, refund: Refund, owner_id: UUID, now: datetime) -> None:
    code = refund.amount.currency_code
    if refund.tip_id is None:
        kinds = (AccountKind.WALLET, AccountKind.DEBT)
        balances = await lock_balances(connection, owner_id, code, *kinds)
        moved = top_up(refund.refund_id, refund.amount, AccountKind.PROVIDER, now, balances)
    else:
        given_back, failed = TransactionKind.REFUND, TransactionKind.REFUND_FAILED
        moved = await give_again(connection, given_back, failed, refund.refund_id, owner_id, now)
    await add_movements(connection, moved)
