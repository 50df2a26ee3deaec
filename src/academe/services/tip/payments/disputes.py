"""Disputes in the ledger: a payer's bank takes the money back first, and gives it again if we win."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from academe.db.pool import Queryable
from academe.ids import new_id
from academe.money import Money
from academe.services.tip.model import AccountKind, Movement, TransactionKind
from academe.services.tip.payments.giving_back import give_again, give_back_up_to
from academe.services.tip.payments.model import Payment, PaymentPurpose
from academe.services.tip.payments.movements import (
    OF_FEE,
    provider_fee,
    provider_fee_returned,
    take_back,
    top_up,
)
from academe.services.tip.payments.repository_back import Dispute, lock_dispute, put_dispute
from academe.services.tip.payments.repository_ledger import lock_balances, lock_tip
from academe.services.tip.ports import ProviderDispute
from academe.services.tip.repository_movements import add_movements

OPEN, WON, LOST = 1, 2, 3


async def book_dispute(
    connection: Queryable, payment: Payment, owner_id: UUID, seen: ProviderDispute, now: datetime
) -> bool:
    """Brings a dispute to where the provider says it is; returns whether it is still open.

    In a transaction in which the payment is locked. `owner_id` has the money: an educator, or a wallet.
    What was taken beyond what is left of a tip (a cardholder may dispute what was refunded, too) is lost to
    the school. Raises ProviderUnavailable as `give_back_up_to` does.
    """
    if not seen.amount.minor_units:
        return False  # only a question: no money has moved
    dispute = await lock_dispute(connection, payment.provider, seen.reference)
    state = {None: OPEN, True: WON, False: LOST}[seen.won]
    moved = []
    if dispute is None:
        dispute = Dispute(
            new_id(), payment.provider, seen.reference, payment.payment_id, seen.amount, OPEN, seen.reason
        )
        # Won before it was heard of, it takes nothing: what it took may have been refunded since.
        if state != WON:
            moved = await _taken(connection, dispute, payment, owner_id, now)
    elif dispute.state != OPEN:
        state = dispute.state  # an old reply, or nothing new but fees
    elif state == WON:
        moved = await _given_again(connection, dispute, payment, owner_id, now)
    told = replace(
        dispute,
        state=state,
        fee=max(dispute.fee, seen.fee),
        fee_returned=max(dispute.fee_returned, seen.fee_returned),
    )
    moved += _fees(dispute, told, now)
    if moved:
        await add_movements(connection, moved)
    await put_dispute(connection, told, now)
    return state == OPEN


def _fees(before: Dispute, told: Dispute, now: datetime) -> list[Movement]:
    """What the provider took, and what it gave again, since the dispute was last heard of.

    It tells sums, and takes further fees while a dispute lasts. Each sum is a cause of its own.
    """
    code = told.amount.currency_code
    taken, returned = Money(code, told.fee - before.fee), Money(code, told.fee_returned - before.fee_returned)
    return [
        *provider_fee(_fee_id(told.reference, before.fee), taken, now),
        *provider_fee_returned(_fee_id(told.reference, before.fee_returned), returned, now),
    ]


def _fee_id(reference: str, booked: int) -> UUID:
    """Of the first fee, or of one that comes on top of what is booked."""
    return uuid5(OF_FEE, f"{reference} {booked}" if booked else reference)


async def _taken(
    connection: Queryable, dispute: Dispute, payment: Payment, owner_id: UUID, now: datetime
) -> list[Movement]:
    amount = dispute.amount
    if payment.purpose is PaymentPurpose.TOP_UP:
        kinds = (AccountKind.WALLET, AccountKind.DEBT)
        balances = await lock_balances(connection, owner_id, amount.currency_code, *kinds)
        return take_back(dispute.dispute_id, amount, now, balances)
    tip = await lock_tip(connection, payment.payment_id)
    if tip is None:
        raise RuntimeError(f"payment {payment.payment_id} is for no tip")
    return await give_back_up_to(connection, TransactionKind.DISPUTE, dispute.dispute_id, tip, amount, now)


async def _given_again(
    connection: Queryable, dispute: Dispute, payment: Payment, owner_id: UUID, now: datetime
) -> list[Movement]:
    amount = dispute.amount
    if payment.purpose is PaymentPurpose.TOP_UP:
        kinds = (AccountKind.WALLET, AccountKind.DEBT)
        balances = await lock_balances(connection, owner_id, amount.currency_code, *kinds)
        return top_up(dispute.dispute_id, amount, AccountKind.PROVIDER, now, balances)
    await lock_tip(connection, payment.payment_id)
    taken, won = TransactionKind.DISPUTE, TransactionKind.DISPUTE_WON
    return await give_again(connection, taken, won, dispute.dispute_id, owner_id, now)
