"""Disputes in the ledger: a payer's bank takes the money back first, and gives it again if we win."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from academe.db.pool import Queryable
from academe.ids import new_id
from academe.money import Money
from academe.services.tip.errors import ProviderUnavailable
from academe.services.tip.model import AccountKind, Movement, TransactionKind
from academe.services.tip.payments.model import Payment, PaymentPurpose
from academe.services.tip.payments.movements import (
    OF_FEE,
    give_back,
    provider_fee,
    provider_fee_returned,
    take_back,
    top_up,
    undone,
)
from academe.services.tip.payments.repository_back import Dispute, lock_dispute, put_dispute
from academe.services.tip.payments.repository_ledger import find_movement, lock_balances, lock_tip
from academe.services.tip.ports import ProviderDispute
from academe.services.tip.repository_movements import add_movements

OPEN, WON, LOST = 1, 2, 3


async def book_dispute(
    connection: Queryable, payment: Payment, owner_id: UUID, seen: ProviderDispute, now: datetime
) -> bool:
    """Brings a dispute to where the provider says it is; returns whether it is still open.

    In a transaction in which the payment is locked. `owner_id` has the money: an educator, or a wallet.
    Raises ProviderUnavailable when more was taken than is left here, which is so for a moment when a refund
    of ours, not carried out yet, was overtaken.
    """
    if not seen.amount.minor_units:
        return False  # only a question: no money has moved
    dispute = await lock_dispute(connection, payment.provider, seen.reference)
    state = {None: OPEN, True: WON, False: LOST}[seen.won]
    if dispute is not None and dispute.state != OPEN:
        return False  # an old reply, or nothing new
    if dispute is None:
        dispute = Dispute(
            new_id(), payment.provider, seen.reference, payment.payment_id, seen.amount, OPEN, seen.reason
        )
        moved = _fee_taken(dispute, seen, now)
        if state == WON:
            # Over before it was heard of. What it took may have been refunded since, so it is not taken here.
            moved += _fee_returned(dispute, seen, now)
        else:
            moved += await _taken(connection, dispute, payment, owner_id, now)
        await add_movements(connection, moved)
    elif state == WON:
        moved = await _given_again(connection, dispute, payment, owner_id, now)
        await add_movements(connection, [*moved, *_fee_returned(dispute, seen, now)])
    await put_dispute(connection, replace(dispute, state=state), now)
    return state == OPEN


def _fee_taken(dispute: Dispute, seen: ProviderDispute, now: datetime) -> list[Movement]:
    fee = Money(dispute.amount.currency_code, seen.fee)
    return provider_fee(uuid5(OF_FEE, dispute.reference), fee, now)


def _fee_returned(dispute: Dispute, seen: ProviderDispute, now: datetime) -> list[Movement]:
    fee = Money(dispute.amount.currency_code, seen.fee_returned)
    return provider_fee_returned(uuid5(OF_FEE, dispute.reference), fee, now)


async def _taken(
    connection: Queryable, dispute: Dispute, payment: Payment, owner_id: UUID, now: datetime
) -> list[Movement]:
    amount = dispute.amount
    if payment.purpose is PaymentPurpose.TOP_UP:
        kinds = (AccountKind.WALLET, AccountKind.DEBT)
        balances = await lock_balances(connection, owner_id, amount.currency_code, *kinds)
        return take_back(dispute.dispute_id, amount, now, balances)
    tip = await lock_tip(connection, payment.payment_id)
    if tip is None or amount.minor_units > sum(tip.left):
        raise ProviderUnavailable
    kinds = (AccountKind.EDUCATOR, AccountKind.DEBT)
    balances = await lock_balances(connection, owner_id, amount.currency_code, *kinds)
    return [give_back(TransactionKind.DISPUTE, dispute.dispute_id, tip, amount, now, balances)]


async def _given_again(
    connection: Queryable, dispute: Dispute, payment: Payment, owner_id: UUID, now: datetime
) -> list[Movement]:
    amount = dispute.amount
    if payment.purpose is PaymentPurpose.TOP_UP:
        kinds = (AccountKind.WALLET, AccountKind.DEBT)
        balances = await lock_balances(connection, owner_id, amount.currency_code, *kinds)
        return top_up(dispute.dispute_id, amount, AccountKind.PROVIDER, now, balances)
    await lock_tip(connection, payment.payment_id)
    taken = await find_movement(connection, TransactionKind.DISPUTE, dispute.dispute_id)
    if taken is None:
        raise RuntimeError(f"dispute {dispute.dispute_id} has taken nothing")
    kinds = (AccountKind.EDUCATOR, AccountKind.DEBT)
    balances = await lock_balances(connection, owner_id, amount.currency_code, *kinds)
    return undone(taken, TransactionKind.DISPUTE_WON, now, balances)
